#include "core/surface/internal/template_files.h"
#include "core/formats/freesurfer_curv.h"
#include "core/formats/freesurfer_label.h"
#include "core/formats/freesurfer_surface.h"
#include "core/formats/gifti.h"

namespace corticast {
namespace {

Mesh meshOf(SurfaceGeometry geometry) {
  return {.positions = std::move(geometry.positions), .triangles = std::move(geometry.triangles)};
}

/// `surf/lh.white`, `label/lh.cortex.label`, as FreeSurfer lays out a subject.
class FreesurferFiles : public TemplateFiles {
 public:
  explicit FreesurferFiles(std::filesystem::path folder) : m_folder(std::move(folder)) {}

  Mesh surface(Hemisphere hemisphere, SurfaceKind kind) const override {
    if (kind != SurfaceKind::Flat) return meshOf(readFreesurferSurface(surf(hemisphere, toString(kind))));
    const auto whole = readFreesurferSurface(surf(hemisphere, "sphere"));
    return flatMesh(readFreesurferPatch(surf(hemisphere, "cortex.patch.flat")), whole.triangles,
                    whole.positions.size());
  }
  std::vector<float> values(Hemisphere hemisphere, TemplateValues which) const override {
    const char* name = which == TemplateValues::Curvature ? "curv"
                       : which == TemplateValues::Sulc    ? "sulc"
                                                          : "thickness";
    return readFreesurferCurv(surf(hemisphere, name));
  }
  std::optional<std::vector<bool>> cortex(Hemisphere hemisphere, size_t vertexCount) const override {
    const auto path = m_folder / "label" / (toString(hemisphere) + ".cortex.label");
    if (!std::filesystem::exists(path)) return std::nullopt;
    std::vector<bool> isCortex(vertexCount, false);
    for (const int32_t vertex : readFreesurferLabel(path).vertices)
      if (static_cast<size_t>(vertex) < vertexCount) isCortex[static_cast<size_t>(vertex)] = true;
    return isCortex;
  }

 private:
  [[nodiscard]] std::filesystem::path surf(Hemisphere hemisphere, const std::string& name) const {
    return m_folder / "surf" / (toString(hemisphere) + "." + name);
  }
  std::filesystem::path m_folder;
};

/// `white_left.gii.gz`, as nilearn names its copy of fsaverage5.
class NilearnFiles : public TemplateFiles {
 public:
  explicit NilearnFiles(std::filesystem::path folder) : m_folder(std::move(folder)) {}

  Mesh surface(Hemisphere hemisphere, SurfaceKind kind) const override {
    Mesh mesh = meshOf(readGiftiSurface(file(hemisphere, kind == SurfaceKind::Inflated ? "infl" : toString(kind))));
    if (kind == SurfaceKind::Flat) leaveOutUnused(mesh);
    return mesh;
  }
  std::vector<float> values(Hemisphere hemisphere, TemplateValues which) const override {
    const char* name = which == TemplateValues::Curvature ? "curv" : which == TemplateValues::Sulc ? "sulc" : "thick";
    return readGiftiMaps(file(hemisphere, name)).front();
  }
  std::optional<std::vector<bool>> cortex(Hemisphere hemisphere, size_t vertexCount) const override {
    // The levels nest: the label of the fsaverage beside this folder holds for the first vertices.
    return FreesurferFiles(m_folder.parent_path() / "fsaverage").cortex(hemisphere, vertexCount);
  }

 private:
  /// The file leaves vertices outside the map where they were on the folded surface.
  static void leaveOutUnused(Mesh& mesh) {
    std::vector<bool> isUsed(mesh.vertexCount(), false);
    for (const Triangle& triangle : mesh.triangles)
      for (const int32_t vertex : triangle) isUsed[static_cast<size_t>(vertex)] = true;
    for (size_t v = 0; v < isUsed.size(); ++v)
      if (!isUsed[v]) mesh.positions[v] = {};
  }
  [[nodiscard]] std::filesystem::path file(Hemisphere hemisphere, const std::string& name) const {
    return m_folder / (name + (hemisphere == Hemisphere::Left ? "_left" : "_right") + ".gii.gz");
  }
  std::filesystem::path m_folder;
};

}  // namespace

std::unique_ptr<TemplateFiles> openTemplateFiles(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder / "surf" / "lh.sphere")) return std::make_unique<FreesurferFiles>(folder);
  if (std::filesystem::exists(folder / "sphere_left.gii.gz")) return std::make_unique<NilearnFiles>(folder);
  return nullptr;
}

}  // namespace corticast
