#include "core/comparison/comparison_report.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace corticast {
namespace {

Json orNull(double value) {
  return std::isnan(value) ? Json(nullptr) : Json(value);
}

/// The estimate as three keys: NAME, NAME_low, NAME_high.
void put(Json& row, const std::string& name, const Estimate& estimate) {
  row[name] = estimate.value ? Json(*estimate.value) : Json(nullptr);
  row[name + "_low"] = estimate.interval ? Json(estimate.interval->low) : Json(nullptr);
  row[name + "_high"] = estimate.interval ? Json(estimate.interval->high) : Json(nullptr);
}

const std::vector<std::string> kRoiKeys = {
    "subject",        "hemisphere",      "roi_class", "roi",   "vertices",     "a",
    "a_low",          "a_high",          "b",         "b_low", "b_high",       "difference",
    "difference_low", "difference_high", "p",         "q",     "vertices_won", "vertices_lost",
    "verdict"};

Json roiRow(const RunComparison& comparison, const RoiDifference& each) {
  const RoiComparison& roi = comparison.rois[each.roi];
  Json row = {{"subject", roi.subject},
              {"hemisphere", toString(roi.hemisphere)},
              {"roi_class", roi.roiClass},
              {"roi", roi.roi},
              {"vertices", roi.columns.size()},
              {"p", orNull(each.p)},
              {"q", orNull(each.q)},
              {"vertices_won", each.verticesWon},
              {"vertices_lost", each.verticesLost},
              {"verdict", toString(each.verdict)}};
  put(row, "a", each.first);
  put(row, "b", each.second);
  put(row, "difference", each.difference);
  return row;
}

Json hemisphereRow(const HemisphereComparison& each, const VertexDifference& difference, const PairOptions& options) {
  return {{"subject", each.subject},
          {"hemisphere", toString(each.hemisphere)},
          {"images", each.images},
          {"images_a", each.imagesOfRun[options.first]},
          {"images_b", each.imagesOfRun[options.second]},
          {"vertices", each.columns.size()},
          {"vertices_of_hemisphere", each.hemisphereColumns},
          {"vertices_won", difference.won},
          {"vertices_lost", difference.lost}};
}

std::string nameOf(VertexTest test) {
  return test == VertexTest::Williams ? "williams" : "bootstrap";
}

std::string nameOf(FdrMethod method) {
  return method == FdrMethod::BenjaminiHochberg ? "bh" : "by";
}

std::string nameOf(CorrelationStatistic statistic) {
  return statistic == CorrelationStatistic::Mean ? "mean" : "median";
}

std::string withInterval(const Estimate& estimate) {
  if (!estimate.value) return "absent";
  if (!estimate.interval) return fixed(*estimate.value, 3);
  return fixed(*estimate.value, 3) + " [" + fixed(estimate.interval->low, 3) + ", " +
         fixed(estimate.interval->high, 3) + "]";
}

std::string probability(double value) {
  return std::isnan(value) ? "absent" : value < 0.0001 ? "<0.0001" : fixed(value, 4);
}

/// Columns padded to their widest cell, two spaces between them.
std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) {
      widths.resize(std::max(widths.size(), i + 1));
      widths[i] = std::max(widths[i], row[i].size());
    }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string measuredOn(const RunComparison& comparison, const PairComparison& pair) {
  std::string text;
  for (size_t h = 0; h < comparison.hemispheres.size(); ++h) {
    const HemisphereComparison& each = comparison.hemispheres[h];
    text += each.subject + " " + toString(each.hemisphere) + ": " + thousands(each.images) +
            " validation pictures in common (A " + thousands(each.imagesOfRun[pair.options.first]) + ", B " +
            thousands(each.imagesOfRun[pair.options.second]) + "), " + thousands(each.columns.size()) + " of " +
            thousands(each.hemisphereColumns) + " vertices; A better at " + thousands(pair.hemispheres[h].won) +
            ", B at " + thousands(pair.hemispheres[h].lost) + "\n";
  }
  return text;
}

std::string differingSettings(const std::vector<PlanDifference>& differences, const PairOptions& options) {
  if (differences.empty()) return "The plans do not differ.\n";
  std::vector<std::vector<std::string>> rows{{"differs", "A", "B"}};
  for (const PlanDifference& each : differences)
    rows.push_back(
        {each.key, each.values[options.first].value_or("absent"), each.values[options.second].value_or("absent")});
  return aligned(rows);
}

}  // namespace

Json comparisonToJson(const RunComparison& comparison, const PairComparison& pair,
                      const std::vector<PlanDifference>& differences) {
  const PairOptions& options = pair.options;
  const auto run = [&](size_t index) {
    return Json{{"run", comparison.runs[index].id}, {"name", comparison.runs[index].name}};
  };
  Json json = {{"a", run(options.first)},
               {"b", run(options.second)},
               {"statistic", nameOf(options.statistic)},
               {"level", options.level},
               {"alpha", options.alpha},
               {"fdr", nameOf(options.fdr)},
               {"test", nameOf(comparison.options.test)},
               {"resamples", comparison.options.resamples},
               {"seed", comparison.options.seed},
               {"hemispheres", Json::array()},
               {"rois", Json::array()},
               {"won", pair.count(RoiVerdict::Won)},
               {"lost", pair.count(RoiVerdict::Lost)},
               {"undecided", pair.count(RoiVerdict::Undecided)},
               {"differences", Json::array()}};
  for (size_t h = 0; h < comparison.hemispheres.size(); ++h)
    json["hemispheres"].push_back(hemisphereRow(comparison.hemispheres[h], pair.hemispheres[h], options));
  for (const RoiDifference& each : pair.rois) json["rois"].push_back(roiRow(comparison, each));
  for (const PlanDifference& each : differences) {
    const auto& a = each.values[options.first];
    const auto& b = each.values[options.second];
    json["differences"].push_back({{"key", each.key}, {"a", a ? Json(*a) : Json()}, {"b", b ? Json(*b) : Json()}});
  }
  return json;
}

std::string comparisonToCsv(const RunComparison& comparison, const PairComparison& pair) {
  std::string text = join(kRoiKeys, ",") + "\n";
  for (const RoiDifference& each : pair.rois) {
    const Json row = roiRow(comparison, each);
    std::vector<std::string> cells;
    for (const std::string& key : kRoiKeys) {
      const Json& value = row.at(key);
      cells.push_back(value.is_null()           ? ""
                      : value.is_string()       ? value.get<std::string>()
                      : value.is_number_float() ? shortest(value.get<double>())
                                                : value.dump());
    }
    text += join(cells, ",") + "\n";
  }
  return text;
}

std::string comparisonToText(const RunComparison& comparison, const PairComparison& pair,
                             const std::vector<PlanDifference>& differences) {
  const PairOptions& options = pair.options;
  const std::string statistic = nameOf(options.statistic);
  std::vector<std::vector<std::string>> rows{{"subject", "hemi", "ROI", "vertices", "A " + statistic + " r",
                                              "B " + statistic + " r", "A - B", "p", "q", "vertices won:lost", ""}};
  for (const RoiDifference& each : pair.rois) {
    const RoiComparison& roi = comparison.rois[each.roi];
    rows.push_back({roi.subject, toString(roi.hemisphere), roi.roi, thousands(roi.columns.size()),
                    withInterval(each.first), withInterval(each.second), withInterval(each.difference),
                    probability(each.p), probability(each.q),
                    thousands(each.verticesWon) + ":" + thousands(each.verticesLost),
                    each.verdict == RoiVerdict::Won    ? "A"
                    : each.verdict == RoiVerdict::Lost ? "B"
                                                       : "-"});
  }
  return "A  " + comparison.runs[options.first].name + "  (" + comparison.runs[options.first].id + ")\nB  " +
         comparison.runs[options.second].name + "  (" + comparison.runs[options.second].id + ")\n" +
         measuredOn(comparison, pair) + "\n" + aligned(rows) + "\n" + "A wins " +
         thousands(pair.count(RoiVerdict::Won)) + " ROIs, B " + thousands(pair.count(RoiVerdict::Lost)) + ", " +
         thousands(pair.count(RoiVerdict::Undecided)) + " undecided at q < " + shortest(options.alpha) + " (" +
         thousands(comparison.options.resamples) + " resamples of pictures, seed " +
         std::to_string(comparison.options.seed) + "; " + shortest(options.level * 100) + " % intervals; vertices by " +
         (comparison.options.test == VertexTest::Williams ? "Williams' test" : "the bootstrap") + ")\n\n" +
         differingSettings(differences, options);
}

}  // namespace corticast
