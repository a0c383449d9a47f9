#include "core/export/score_export.h"

#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/formats/gifti.h"
#include "core/formats/npy.h"
#include "core/runs/run_maps.h"
#include "core/runs/run_snapshot.h"

namespace corticast {
namespace {

constexpr float kUndefined = std::numeric_limits<float>::quiet_NaN();

struct RunToScore {
  std::shared_ptr<const RunSnapshot> snapshot;
  RunMaps maps;
};

RunToScore openRun(const RunFolder& run) {
  auto snapshot = RunReader(run).read();
  if (!snapshot->layout)
    throw Error({.what = "read scores",
                 .where = run.path().string(),
                 .why = "the run has not been started",
                 .remedy = "let it train at least one epoch"});
  RunMaps maps(run, *snapshot->layout);
  return {std::move(snapshot), std::move(maps)};
}

std::string toCsv(const std::vector<VertexScore>& scores) {
  std::string text = "subject,hemisphere,group,roi,vertex,column,correlation\n";
  for (const VertexScore& score : scores)
    text += score.subject + "," + toString(score.hemisphere) + "," + score.group + "," + score.roi + "," +
            std::to_string(score.vertex) + "," + std::to_string(score.column) + "," +
            (std::isnan(score.correlation) ? "" : shortest(score.correlation)) + "\n";
  return text;
}

Json toJson(const std::vector<VertexScore>& scores) {
  Json rows = Json::array();
  for (const VertexScore& score : scores)
    rows.push_back({{"subject", score.subject},
                    {"hemisphere", toString(score.hemisphere)},
                    {"group", score.group},
                    {"roi", score.roi},
                    {"vertex", score.vertex},
                    {"column", score.column},
                    {"correlation", std::isnan(score.correlation) ? Json(nullptr) : Json(score.correlation)}});
  return rows;
}

std::vector<float> onFsaverage(const HemisphereData& hemisphere, const std::vector<float>& columns) {
  std::vector<float> values(kFsaverageVertices, kUndefined);
  for (size_t column = 0; column < columns.size(); ++column) values[hemisphere.vertices[column]] = columns[column];
  return values;
}

std::vector<std::filesystem::path> writeMaps(const RunFolder& run, const Study& study, ScoreFormat format,
                                             const std::filesystem::path& out) {
  const RunToScore source = openRun(run);
  std::filesystem::create_directories(out);
  std::vector<std::filesystem::path> files;
  for (const RunHemisphere& each : source.maps.layout().hemispheres) {
    const HemisphereData* hemisphere = study.subject(each.subject).hemisphere(each.hemisphere);
    if (!hemisphere) continue;
    const auto values =
        onFsaverage(*hemisphere, source.maps.bestCorrelation(each.subject, each.hemisphere, *source.snapshot));
    const std::string name = each.subject + "-" + toString(each.hemisphere) + "-correlation";
    if (format == ScoreFormat::Npy) {
      files.push_back(out / (name + ".npy"));
      writeNpy<float>(files.back(), values, {values.size()});
    } else {
      files.push_back(out / (name + ".func.gii"));
      const GiftiMap map{.name = "validation correlation r", .values = values};
      writeGiftiMaps(files.back(), each.hemisphere, std::span(&map, 1));
    }
  }
  return files;
}

}  // namespace

ScoreFormat scoreFormatFrom(const std::string& text) {
  static const std::map<std::string, ScoreFormat> kFormats = {
      {"csv", ScoreFormat::Csv}, {"json", ScoreFormat::JsonRows}, {"npy", ScoreFormat::Npy}, {"gifti", ScoreFormat::Gifti}};
  const auto found = kFormats.find(text);
  if (found == kFormats.end())
    throw Error({.what = "choose the scores' format",
                 .where = text,
                 .why = "there is no such format",
                 .remedy = "use csv, json, npy or gifti"});
  return found->second;
}

std::vector<VertexScore> vertexScores(const RunFolder& run, const Study& study) {
  const RunToScore source = openRun(run);
  const RunLayout& layout = source.maps.layout();
  std::vector<VertexScore> scores;
  for (size_t c = 0; c < layout.cohorts.size(); ++c)
    for (const RunGroup& group : layout.cohorts[c].groups)
      for (const RunPart& part : group.parts) {
        const HemisphereData* hemisphere = study.subject(part.subject).hemisphere(part.hemisphere);
        if (!hemisphere) continue;
        const auto values = source.maps.bestCorrelation(part.subject, part.hemisphere, *source.snapshot, group.id);
        for (size_t i = 0; i < part.columnCount; ++i) {
          const uint32_t column = layout.columns[c][part.offset + i];
          scores.push_back({group.id, part.subject, part.hemisphere, group.roi, column, hemisphere->vertices.at(column),
                            values.at(column)});
        }
      }
  return scores;
}

std::vector<std::filesystem::path> writeScores(const RunFolder& run, const Study& study, ScoreFormat format,
                                               const std::filesystem::path& out) {
  switch (format) {
    case ScoreFormat::Csv:
      writeFileAtomically(out, toCsv(vertexScores(run, study)));
      return {out};
    case ScoreFormat::JsonRows:
      writeJsonFile(out, toJson(vertexScores(run, study)));
      return {out};
    case ScoreFormat::Npy:
    case ScoreFormat::Gifti:
      return writeMaps(run, study, format, out);
  }
  return {};
}

}  // namespace corticast
