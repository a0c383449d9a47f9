#include "core/surface/template.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <mutex>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/surface/internal/template_files.h"

namespace corticast {
namespace {

/// |thickness| below this is medial wall, where no label says so: FreeSurfer's surfaces touch there.
constexpr float kThinMm = 0.6f;

[[noreturn]] void failOpening(const std::filesystem::path& folder, const std::string& why, const std::string& remedy) {
  throw Error({.what = "open surface template", .where = folder.string(), .why = why, .remedy = remedy});
}

std::string fetchRemedy(const std::string& command) {
  return "run `./bootstrap " + command + "`, or set CORTICAST_DEPS to the folder that holds the templates";
}

/// All but the largest connected part of the thin vertices.
std::vector<bool> cortexByThickness(const std::vector<float>& thickness, const Neighbours& neighbours) {
  std::vector<bool> isThin(thickness.size());
  for (size_t v = 0; v < isThin.size(); ++v) isThin[v] = std::abs(thickness[v]) < kThinMm;
  const Components parts = connectedComponents(neighbours, isThin);
  std::vector<size_t> sizes(parts.count, 0);
  for (const uint32_t part : parts.of)
    if (part != Components::kOutside) ++sizes[part];
  const auto largest = std::max_element(sizes.begin(), sizes.end()) - sizes.begin();
  std::vector<bool> isCortex(thickness.size());
  for (size_t v = 0; v < isCortex.size(); ++v)
    isCortex[v] = parts.of[v] == Components::kOutside || parts.of[v] != static_cast<uint32_t>(largest);
  return isCortex;
}

}  // namespace

std::string toString(SurfaceKind kind) {
  switch (kind) {
    case SurfaceKind::White:
      return "white";
    case SurfaceKind::Pial:
      return "pial";
    case SurfaceKind::Inflated:
      return "inflated";
    case SurfaceKind::Sphere:
      return "sphere";
    case SurfaceKind::Flat:
      break;
  }
  return "flat";
}

SurfaceKind parseSurfaceKind(std::string_view text, const std::string& where) {
  for (const SurfaceKind kind : kSurfaceKinds)
    if (text == toString(kind)) return kind;
  throw Error({.what = "read surface kind",
               .where = where,
               .why = "\"" + std::string(text) + "\" is no surface",
               .remedy = "write white, pial, inflated, sphere or flat"});
}

struct Template::State {
  std::filesystem::path folder;
  std::unique_ptr<TemplateFiles> files;
  SurfaceLevel fileLevel = SurfaceLevel::Fsaverage;
  SurfaceLevel level = SurfaceLevel::Fsaverage;

  // Recursive: what is loaded may need what else is loaded. Nothing is ever removed from the maps, whose entries do
  // not move, so the references handed out stay.
  std::recursive_mutex mutex;
  std::map<std::pair<Hemisphere, SurfaceKind>, Mesh> meshes;
  std::map<Hemisphere, Neighbours> neighbours;
  std::map<std::pair<Hemisphere, TemplateValues>, std::vector<float>> values;
  std::map<Hemisphere, std::vector<bool>> cortex;

  template <typename Map, typename Make>
  const typename Map::mapped_type& get(Map& map, const typename Map::key_type& key, Make make) {
    const std::scoped_lock lock(mutex);
    const auto found = map.find(key);
    return found != map.end() ? found->second : map.emplace(key, make()).first->second;
  }

  void checkSize(size_t size, const std::string& things) const {
    if (size != vertexCountOf(fileLevel))
      failOpening(
          folder,
          things + " are of " + thousands(size) + " vertices, the sphere has " + thousands(vertexCountOf(fileLevel)),
          "fetch the template again");
  }

  const Mesh& mesh(Hemisphere hemisphere, SurfaceKind kind) {
    return get(meshes, {hemisphere, kind}, [&] {
      Mesh whole = files->surface(hemisphere, kind);
      checkSize(whole.vertexCount(), "the " + toString(kind) + " surfaces");
      if (level == fileLevel) return whole;
      if (kind != SurfaceKind::Flat) return atLevel(whole, level);
      return coarseFlat(std::move(whole), files->surface(hemisphere, SurfaceKind::Sphere));
    });
  }

  /// `flat` brought down to `level`, with the triangles that lie in it wholly.
  [[nodiscard]] Mesh coarseFlat(Mesh flat, Mesh whole) const {
    while (flat.vertexCount() > vertexCountOf(level)) {
      const size_t coarser = (flat.vertexCount() + 6) / 4;
      flat.triangles = coarserPart(flat.triangles, whole.triangles, flat.vertexCount());
      whole.triangles = coarserTriangles(whole.triangles, flat.vertexCount());
      flat.positions.resize(coarser);
    }
    std::vector<bool> isUsed(flat.vertexCount(), false);
    for (const Triangle& triangle : flat.triangles)
      for (const int32_t vertex : triangle) isUsed[static_cast<size_t>(vertex)] = true;
    for (size_t v = 0; v < isUsed.size(); ++v)
      if (!isUsed[v]) flat.positions[v] = {};
    return flat;
  }

  const std::vector<float>& valuesOf(Hemisphere hemisphere, TemplateValues which) {
    return get(values, {hemisphere, which}, [&] {
      auto all = files->values(hemisphere, which);
      checkSize(all.size(), "values");
      all.resize(vertexCountOf(level));
      return all;
    });
  }
};

Template::Template(std::shared_ptr<State> state) : m_state(std::move(state)) {}

std::filesystem::path Template::dataFolder() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::filesystem::path(value ? value : "");
  };
  if (auto folder = variable("CORTICAST_DEPS"); !folder.empty()) return folder;
  if (auto cache = variable("XDG_CACHE_HOME"); !cache.empty()) return cache / "corticast" / "deps";
  return variable("HOME") / ".cache" / "corticast" / "deps";
}

Template Template::open(SurfaceLevel level) {
  const auto small = dataFolder() / "fsaverage5";
  const auto full = dataFolder() / "fsaverage";
  const bool fitsSmall = level <= SurfaceLevel::Fsaverage5;
  if (fitsSmall && openTemplateFiles(small)) return openFrom(small, level);
  if (openTemplateFiles(full)) return openFrom(full, level);
  failOpening(fitsSmall ? small : full, toString(level) + "'s surfaces are not there",
              fetchRemedy(fitsSmall ? "deps" : "fsaverage"));
}

Template Template::openFrom(const std::filesystem::path& folder) {
  auto state = std::make_shared<State>();
  state->folder = folder;
  state->files = openTemplateFiles(folder);
  if (!state->files)
    failOpening(folder, "there are no surfaces of fsaverage (neither surf/lh.sphere nor sphere_left.gii.gz)",
                fetchRemedy("fsaverage"));
  const Mesh sphere = state->files->surface(Hemisphere::Left, SurfaceKind::Sphere);
  const auto level = levelOf(sphere.vertexCount());
  if (!level)
    failOpening(folder, "its sphere has " + thousands(sphere.vertexCount()) + " vertices, which no fsaverage level has",
                "choose a folder of fsaverage, or fsaverage3 to fsaverage6");
  state->fileLevel = state->level = *level;
  return Template(std::move(state));
}

Template Template::openFrom(const std::filesystem::path& folder, SurfaceLevel level) {
  Template opened = openFrom(folder);
  if (level > opened.m_state->fileLevel)
    failOpening(folder,
                "it holds " + toString(opened.m_state->fileLevel) + ", which is coarser than " + toString(level),
                fetchRemedy("fsaverage"));
  opened.m_state->level = level;
  return opened;
}

SurfaceLevel Template::level() const {
  return m_state->level;
}
size_t Template::vertexCount() const {
  return vertexCountOf(m_state->level);
}
const std::filesystem::path& Template::folder() const {
  return m_state->folder;
}

const Mesh& Template::mesh(Hemisphere hemisphere, SurfaceKind kind) const& {
  return m_state->mesh(hemisphere, kind);
}

FlatPatch Template::flatPatch(Hemisphere hemisphere) const {
  return compact(mesh(hemisphere, SurfaceKind::Flat));
}

const Neighbours& Template::neighbours(Hemisphere hemisphere) const& {
  return m_state->get(m_state->neighbours, hemisphere,
                      [&] { return neighboursOf(mesh(hemisphere, SurfaceKind::Sphere)); });
}

const std::vector<float>& Template::curvature(Hemisphere hemisphere) const& {
  return m_state->valuesOf(hemisphere, TemplateValues::Curvature);
}
const std::vector<float>& Template::sulc(Hemisphere hemisphere) const& {
  return m_state->valuesOf(hemisphere, TemplateValues::Sulc);
}
const std::vector<float>& Template::thickness(Hemisphere hemisphere) const& {
  return m_state->valuesOf(hemisphere, TemplateValues::Thickness);
}

const std::vector<bool>& Template::isCortex(Hemisphere hemisphere) const& {
  return m_state->get(m_state->cortex, hemisphere, [&] {
    auto labelled = m_state->files->cortex(hemisphere, vertexCount());
    return labelled ? std::move(*labelled) : cortexByThickness(thickness(hemisphere), neighbours(hemisphere));
  });
}

}  // namespace corticast
