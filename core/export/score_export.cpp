#include "core/export/score_export.h"

#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/formats/gifti.h"
#include "core/formats/npy.h"

namespace corticast {
namespace {

constexpr float kUndefined = std::numeric_limits<float>::quiet_NaN();

template <typename T>
T chosenFrom(const std::map<std::string, T>& known, const std::string& text, const std::string& what) {
  if (const auto found = known.find(text); found != known.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [name, value] : known) names.push_back(name);
  throw Error({.what = what, .where = text, .why = "there is no such one", .remedy = "use " + join(names, ", ")});
}

/// A column of the written table.
template <typename Row>
struct Column {
  std::string key;
  std::function<Json(const Row&)> value;
};

Json number(float value) {
  return std::isnan(value) ? Json(nullptr) : Json(value);
}
Json number(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

const std::vector<Column<VertexScore>>& vertexColumns() {
  using Row = const VertexScore&;
  static const std::vector<Column<VertexScore>> all = {
      {"subject", [](Row r) { return Json(r.subject); }},
      {"hemisphere", [](Row r) { return Json(toString(r.hemisphere)); }},
      {"group", [](Row r) { return Json(r.group); }},
      {"roi", [](Row r) { return Json(r.roi); }},
      {"vertex", [](Row r) { return Json(r.vertex); }},
      {"column", [](Row r) { return Json(r.column); }},
      {"correlation", [](Row r) { return number(r.correlation); }},
      {"r2", [](Row r) { return number(r.r2); }},
      {"ceiling", [](Row r) { return number(r.ceiling); }},
      {"challenge", [](Row r) { return number(r.challenge); }},
      {"flag", [](Row r) { return Json(std::isnan(r.correlation) ? "constant" : ""); }},
  };
  return all;
}

const std::vector<Column<PlaceScore>>& placeColumns() {
  using Row = const PlaceScore&;
  static const std::vector<Column<PlaceScore>> all = {
      {"level", [](Row r) { return Json(r.level); }},
      {"subject", [](Row r) { return Json(r.subject); }},
      {"hemisphere", [](Row r) { return Json(r.hemisphere); }},
      {"roi_class", [](Row r) { return Json(r.roiClass); }},
      {"name", [](Row r) { return Json(r.name); }},
      {"vertices", [](Row r) { return Json(r.vertices); }},
      {"predicted", [](Row r) { return Json(r.predicted); }},
      {"constant", [](Row r) { return Json(r.constant); }},
      {"corr_mean", [](Row r) { return number(r.corrMean); }},
      {"corr_median", [](Row r) { return number(r.corrMedian); }},
      {"r2_mean", [](Row r) { return number(r.r2Mean); }},
      {"r2_median", [](Row r) { return number(r.r2Median); }},
      {"challenge_script", [](Row r) { return number(r.challengeScript); }},
      {"challenge_nonzero_ceiling", [](Row r) { return number(r.challengeNonzero); }},
      {"challenge_median", [](Row r) { return number(r.challengeMedian); }},
      {"flag", [](Row r) { return Json(r.vertices == 0  ? "absent"
                                       : r.constant > 0 ? "constant predictions"
                                                        : ""); }},
  };
  return all;
}

std::string cellText(const Json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  return value.is_number_float() ? shortest(value.get<double>()) : value.dump();
}

template <typename Row>
std::string toCsv(const std::vector<Column<Row>>& columns, const std::vector<Row>& rows) {
  std::vector<std::string> keys;
  for (const auto& column : columns) keys.push_back(column.key);
  std::string text = join(keys, ",") + "\n";
  for (const Row& row : rows) {
    std::vector<std::string> cells;
    for (const auto& column : columns) cells.push_back(cellText(column.value(row)));
    text += join(cells, ",") + "\n";
  }
  return text;
}

template <typename Row>
void writeTable(const std::vector<Column<Row>>& columns, const std::vector<Row>& rows, ScoreFormat format,
                const std::filesystem::path& out) {
  if (format == ScoreFormat::Csv) return writeFileAtomically(out, toCsv(columns, rows));
  Json table = Json::array();
  for (const Row& row : rows) {
    Json entry = Json::object();
    for (const auto& column : columns) entry[column.key] = column.value(row);
    table.push_back(std::move(entry));
  }
  writeJsonFile(out, table);
}

std::vector<std::filesystem::path> writeMaps(const std::vector<VertexScore>& scores, const ScoreOptions& options,
                                             const std::filesystem::path& out) {
  std::map<std::pair<std::string, Hemisphere>, std::vector<float>> maps;
  for (const VertexScore& score : scores) {
    std::vector<float>& map = maps[{score.subject, score.hemisphere}];
    if (map.empty()) map.assign(kFsaverageVertices, kUndefined);
    map.at(score.vertex) = std::fmax(map[score.vertex], score.correlation);  // passes over NaN
  }
  std::filesystem::create_directories(out);
  std::vector<std::filesystem::path> files;
  const std::string label = options.split == ScoreSplit::Test ? "test correlation r" : "validation correlation r";
  for (const auto& [place, values] : maps) {
    const std::string name = place.first + "-" + toString(place.second) + "-correlation";
    if (options.format == ScoreFormat::Npy) {
      files.push_back(out / (name + ".npy"));
      writeNpy<float>(files.back(), values, {values.size()});
    } else {
      files.push_back(out / (name + ".func.gii"));
      const GiftiMap map{.name = label, .values = values};
      writeGiftiMaps(files.back(), place.second, std::span(&map, 1));
    }
  }
  return files;
}

}  // namespace

ScoreFormat scoreFormatFrom(const std::string& text) {
  static const std::map<std::string, ScoreFormat> known = {{"csv", ScoreFormat::Csv},
                                                           {"json", ScoreFormat::JsonRows},
                                                           {"npy", ScoreFormat::Npy},
                                                           {"gifti", ScoreFormat::Gifti}};
  return chosenFrom(known, text, "choose the scores' format");
}

ScoreLevel scoreLevelFrom(const std::string& text) {
  static const std::map<std::string, ScoreLevel> known = {{"vertex", ScoreLevel::Vertex}, {"place", ScoreLevel::Place}};
  return chosenFrom(known, text, "choose what scores are given for");
}

std::vector<std::filesystem::path> writeScores(const RunFolder& run, const Study& study, const ScoreOptions& options,
                                               const std::filesystem::path& out) {
  const std::vector<VertexScore> scores = vertexScores(run, study, options.split);
  const bool isTable = options.format == ScoreFormat::Csv || options.format == ScoreFormat::JsonRows;
  if (!isTable) return writeMaps(scores, options, out);
  if (options.level == ScoreLevel::Place)
    writeTable(placeColumns(), placeScores(scores, study), options.format, out);
  else
    writeTable(vertexColumns(), scores, options.format, out);
  return {out};
}

}  // namespace corticast
