#include "widgets/figures/figure.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/error.h"
#include "core/base/text.h"
#include "widgets/brain/colour_map.h"
#include "widgets/brain/view_preset.h"

namespace corticast {
namespace {

constexpr double kMmPerInch = 25.4;
constexpr int kVersion = 1;
constexpr double kMostPixels = 16000;  // what OpenGL draws in one piece
constexpr MapKind kMaps[] = {MapKind::None, MapKind::Correlation, MapKind::Ceiling, MapKind::Labels};

/// Reads the keys of one JSON object, each at most once, and complains of those that nobody asked for.
class KeyReader {
 public:
  KeyReader(const Json& json, const std::string& where) : m_json(json), m_where(where) {
    if (!json.is_object()) fail("", "it is no JSON object", "write {...} as the manual shows");
  }

  template <typename T>
  void read(const std::string& key, T& value) {
    m_known.insert(key);
    const auto found = m_json.find(key);
    if (found == m_json.end()) return;
    try {
      value = found->get<T>();
    } catch (const Json::exception&) {
      fail(key, "the value " + found->dump() + " is of the wrong type", "write it as the manual shows");
    }
  }
  void readNumber(const std::string& key, double& value, double least, double most) {
    read(key, value);
    if (value >= least && value <= most) return;
    fail(key, shortest(value) + " is out of range", "write a number from " + shortest(least) + " to " + shortest(most));
  }
  [[nodiscard]] const Json* find(const std::string& key) {
    m_known.insert(key);
    const auto found = m_json.find(key);
    return found == m_json.end() ? nullptr : &*found;
  }
  void finish() const {
    for (const auto& [key, value] : m_json.items())
      if (!m_known.contains(key))
        fail(key, "no such key", "known keys are " + join({m_known.begin(), m_known.end()}, ", "));
  }
  [[noreturn]] void fail(const std::string& key, const std::string& why, const std::string& remedy) const {
    throw Error({.what = "read a figure's description",
                 .where = key.empty() ? m_where : m_where + ", " + key,
                 .why = why,
                 .remedy = remedy});
  }

 private:
  const Json& m_json;
  std::string m_where;
  std::set<std::string> m_known;
};

MapKind parseMap(const std::string& text, const KeyReader& reader) {
  for (const MapKind map : kMaps)
    if (toString(map) == text) return map;
  reader.fail("map", "\"" + text + "\" is no map", "write correlation, ceiling, labels or none");
}

std::filesystem::path absolute(const std::string& path, const std::filesystem::path& folder) {
  return path.empty() ? std::filesystem::path() : (folder / path).lexically_normal();
}

std::vector<RoiKey> readRois(const Json& json, const std::string& where) {
  std::vector<RoiKey> rois;
  if (!json.is_array()) KeyReader(json, where).fail("", "it is no list", "write [{\"hemisphere\": \"lh\", ...}]");
  for (const Json& entry : json) {
    KeyReader reader(entry, where);
    std::string hemisphere = "lh";
    RoiKey key;
    reader.read("hemisphere", hemisphere);
    reader.read("class", key.roiClass);
    reader.read("roi", key.name);
    reader.finish();
    key.hemisphere = parseHemisphere(hemisphere, where);
    rois.push_back(std::move(key));
  }
  return rois;
}

void readRange(KeyReader& reader, Figure& figure) {
  const Json* json = reader.find("range");
  if (!json || json->is_null()) return;
  const bool isPair = json->is_array() && json->size() == 2 && (*json)[0].is_number() && (*json)[1].is_number();
  if (!isPair || !((*json)[0].get<double>() < (*json)[1].get<double>()))
    reader.fail("range", json->dump() + " is no range", "write [low, high] with low < high");
  figure.range = ValueRange{(*json)[0].get<double>(), (*json)[1].get<double>()};
}

void readMap(KeyReader& reader, Figure& figure, const std::string& where) {
  std::string map = toString(figure.map), surface = toString(figure.surface);
  reader.read("map", map);
  figure.map = parseMap(map, reader);
  reader.read("epoch", figure.epoch);
  if (figure.epoch < 0) reader.fail("epoch", "it is negative", "write 0 for the best epochs, or an epoch from 1 on");
  reader.read("surface", surface);
  figure.surface = parseSurfaceKind(surface, where + ", surface");
  reader.readNumber("morph", figure.morph, 0, 1);
  reader.read("views", figure.views);
  if (!findViewPreset(figure.views)) {
    std::vector<std::string> known;
    for (const ViewPreset& preset : viewPresets()) known.push_back(preset.id);
    reader.fail("views", "\"" + figure.views + "\" is no view", "write one of " + join(known, ", "));
  }
  reader.read("colourMap", figure.colourMap);
  if (!figure.colourMap.empty()) (void)corticast::colourMap(figure.colourMap);
  readRange(reader, figure);
  reader.readNumber("threshold", figure.threshold, 0, 1e6);
}

void readLooks(KeyReader& reader, Figure& figure) {
  reader.read("title", figure.title);
  reader.read("colourBar", figure.hasColourBar);
  reader.read("viewLabels", figure.hasViewLabels);
  reader.read("roiLegend", figure.hasRoiLegend);
  reader.read("transparent", figure.isTransparent);
  reader.read("dark", figure.isDark);
  reader.readNumber("widthMm", figure.widthMm, 5, 2000);
  reader.readNumber("heightMm", figure.heightMm, 5, 2000);
  reader.readNumber("dpi", figure.dpi, 30, 2400);
  if (std::max(figure.widthPixels(), figure.heightPixels()) > kMostPixels)
    reader.fail("dpi",
                "the picture would have " + std::to_string(figure.widthPixels()) + " x " +
                    std::to_string(figure.heightPixels()) + " pixels",
                "make it smaller: at most " + shortest(kMostPixels) + " pixels a side");
}

}  // namespace

int Figure::widthPixels() const {
  return static_cast<int>(std::lround(widthMm / kMmPerInch * dpi));
}

int Figure::heightPixels() const {
  return static_cast<int>(std::lround(heightMm / kMmPerInch * dpi));
}

std::string toString(MapKind map) {
  switch (map) {
    case MapKind::None:
      return "none";
    case MapKind::Correlation:
      return "correlation";
    case MapKind::Ceiling:
      return "ceiling";
    case MapKind::Labels:
      return "labels";
    case MapKind::Picture:
      break;  // no figure: the response to a picture is nowhere on disk to be read again
  }
  return {};
}

Json toJson(const Figure& figure) {
  Json rois = Json::array(), hemispheres = Json::array();
  for (const RoiKey& key : figure.rois)
    rois.push_back({{"hemisphere", toString(key.hemisphere)}, {"class", key.roiClass}, {"roi", key.name}});
  for (const Hemisphere h : figure.hemispheres) hemispheres.push_back(toString(h));
  return {{"format", "corticast-figure"},
          {"version", kVersion},
          {"dataset", figure.dataset.string()},
          {"subject", figure.subject},
          {"run", figure.run.string()},
          {"map", toString(figure.map)},
          {"epoch", figure.epoch},
          {"surface", toString(figure.surface)},
          {"morph", figure.morph},
          {"views", figure.views},
          {"hemispheres", hemispheres},
          {"colourMap", figure.colourMap},
          {"range", figure.range ? Json::array({figure.range->low, figure.range->high}) : Json(nullptr)},
          {"threshold", figure.threshold},
          {"rois", rois},
          {"title", figure.title},
          {"colourBar", figure.hasColourBar},
          {"viewLabels", figure.hasViewLabels},
          {"roiLegend", figure.hasRoiLegend},
          {"transparent", figure.isTransparent},
          {"dark", figure.isDark},
          {"widthMm", figure.widthMm},
          {"heightMm", figure.heightMm},
          {"dpi", figure.dpi}};
}

Figure figureFromJson(const Json& json, const std::string& where, const std::filesystem::path& folder) {
  KeyReader reader(json, where);
  std::string format, dataset, run;
  int version = 0;
  reader.read("format", format);
  reader.read("version", version);
  if (format != "corticast-figure")
    reader.fail("format", "it is \"" + format + "\"", "a figure's description has \"format\": \"corticast-figure\"");
  if (version != kVersion)
    reader.fail("version", "version " + std::to_string(version) + " is not known", "use a newer Corticast");
  Figure figure;
  reader.read("dataset", dataset);
  reader.read("run", run);
  reader.read("subject", figure.subject);
  figure.dataset = absolute(dataset, folder);
  figure.run = absolute(run, folder);
  if (figure.dataset.empty()) reader.fail("dataset", "it is missing", "name the study's folder");
  readMap(reader, figure, where);
  if (figure.map == MapKind::Correlation && figure.run.empty())
    reader.fail("run", "it is missing", "name the folder of the run whose correlation is to be shown");
  if (const Json* list = reader.find("hemispheres")) {
    if (!list->is_array() || list->empty()) reader.fail("hemispheres", "none is named", "write [\"lh\", \"rh\"]");
    figure.hemispheres.clear();
    for (const Json& entry : *list)
      figure.hemispheres.push_back(parseHemisphere(entry.is_string() ? entry.get<std::string>() : entry.dump(), where));
  }
  if (const Json* rois = reader.find("rois")) figure.rois = readRois(*rois, where + ", rois");
  readLooks(reader, figure);
  reader.finish();
  return figure;
}

Figure readFigure(const std::filesystem::path& file) {
  return figureFromJson(readJsonFile(file), file.string(), std::filesystem::absolute(file).parent_path());
}

}  // namespace corticast
