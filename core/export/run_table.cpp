#include "core/export/run_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/error.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/evaluation/summary.h"
#include "core/models/architecture.h"
#include "core/runs/run_maps.h"
#include "core/runs/run_snapshot.h"
#include "core/training/plan.h"

namespace corticast {
namespace {

std::optional<double> least(const std::vector<double>& values) {
  std::optional<double> least;
  for (const double value : values)
    if (!std::isnan(value) && (!least || value < *least)) least = value;
  return least;
}

/// Losses of several models as one.
class LossMean {
 public:
  void add(const std::optional<double>& loss, double weight) {
    if (!loss) return;
    m_sum += *loss * weight;
    m_weight += weight;
  }
  [[nodiscard]] std::optional<double> value() const {
    return m_weight > 0 ? std::optional(m_sum / m_weight) : std::nullopt;
  }

 private:
  double m_sum = 0;
  double m_weight = 0;
};

/// What the plan's overrides match a group of a run by.
GroupNames namesOf(const RunGroup& group) {
  const auto isIn = [&](Hemisphere side) {
    return std::ranges::any_of(group.parts, [&](const RunPart& part) { return part.hemisphere == side; });
  };
  const RunPart& first = group.parts.front();
  const bool isBoth = isIn(Hemisphere::Left) && isIn(Hemisphere::Right);
  return {group.id.starts_with("cross-") ? "cross" : first.subject, isBoth ? "" : toString(first.hemisphere),
          group.name.empty() ? group.roi : group.name, group.targetId()};
}

/// The course of a target's training: of its model, or the mean over its folds.
struct TargetCourse {
  std::optional<double> tLoss, vLoss;
  std::optional<int> bestEpoch;
};

TargetCourse courseOf(const RunSnapshot& run, const std::string& target) {
  LossMean tLoss, vLoss, epoch;
  for (const auto& [cohort, group] : run.layout->groupsOf(target)) {
    const GroupCurve& curve = run.curves[cohort][group];
    tLoss.add(least(curve.trainLoss), 1);
    vLoss.add(least(curve.validationLoss), 1);
    if (curve.bestEpoch > 0) epoch.add(curve.bestEpoch, 1);
  }
  TargetCourse course{.tLoss = tLoss.value(), .vLoss = vLoss.value(), .bestEpoch = {}};
  if (epoch.value()) course.bestEpoch = static_cast<int>(std::lround(*epoch.value()));
  return course;
}

/// As a person would write it, to float's precision: 0.00030000000000000003 -> "0.0003", 1e-05 -> "1e-5".
std::string plainNumber(double value) {
  const auto rounded = static_cast<float>(value);
  if (std::isinf(rounded) || (rounded == 0 && value != 0)) return shortest(value);
  std::array<char, 32> buffer{};
  const float magnitude = std::abs(rounded);
  const bool isHandy = magnitude == 0 || (magnitude >= 1e-4F && magnitude < 1e7F);
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), rounded,
                                 isHandy ? std::chars_format::fixed : std::chars_format::scientific);
  const std::string text(buffer.data(), end.ptr);
  const size_t exponent = text.find('e');
  if (exponent == std::string::npos) return text;
  const std::string sign = text[exponent + 1] == '-' ? "-" : "";
  return text.substr(0, exponent + 1) + sign + text.substr(text.find_first_not_of("+-0", exponent + 1));
}

std::string valueText(const std::string& id, const Json& value) {
  if (value.is_number_float()) return plainNumber(value.get<double>());
  if (!value.is_string()) return value.dump();
  const auto text = value.get<std::string>();
  return id == "embedding" ? std::filesystem::path(text).filename().string() : text;
}

/// The plan's settings and, behind them, what its overrides change: "learningRate 0.001, OFA: learningRate 0.0003".
std::string planConfigText(const Plan& plan) {
  std::vector<std::string> parts;
  if (const std::string common = configText(plan.defaults); !common.empty()) parts.push_back(common);
  for (const Override& each : plan.overrides) {
    std::vector<std::string> scope;
    for (const std::string& name : {each.subject, each.hemisphere, each.roi, each.id})
      if (!name.empty()) scope.push_back(name);
    parts.push_back(join(scope, "/") + ": " + configText(each.settings));
  }
  return join(parts, ", ");
}

/// Where the vertices of one named ROI are looked up when a model predicts more than it.
class RoiColumns {
 public:
  RoiColumns(const Plan& plan, std::string roi) : m_dataset(plan.dataset), m_roi(std::move(roi)) {}

  /// Columns of the ROI in a hemisphere; empty where it is absent or the study cannot be opened any more.
  std::vector<uint32_t> of(const RunPart& part) {
    if (!m_study && !m_isMissing) open();
    if (m_isMissing) return {};
    const auto subject = std::ranges::find(m_study->subjects, part.subject, &Subject::id);
    const HemisphereData* data = subject == m_study->subjects.end() ? nullptr : subject->hemisphere(part.hemisphere);
    const Roi* roi = data ? data->roi(m_roi) : nullptr;
    return roi ? roi->columns : std::vector<uint32_t>{};
  }

 private:
  void open() {
    try {
      m_study = openStudy(m_dataset);
    } catch (const Error& error) {
      m_isMissing = true;
      log::warning("rows of " + m_roi + " inside larger models are left out: " + error.what());
    }
  }

  std::filesystem::path m_dataset;
  std::string m_roi;
  std::optional<Study> m_study;
  bool m_isMissing = false;
};

/// Makes the rows of one run.
class RowMaker {
 public:
  RowMaker(const RunFolder& run, const std::string& roi)
      : m_run(run),
        m_roi(roi),
        m_snapshot(RunReader(run).read()),
        m_plan(planFromJson(*m_snapshot->plan, run.planFile().string())),
        m_roiColumns(m_plan, roi) {}

  std::vector<TableRow> rows() {
    std::vector<TableRow> rows;
    if (!m_snapshot->layout) return rows;
    const RunMaps maps(m_run, *m_snapshot->layout);
    const auto& cohorts = m_snapshot->layout->cohorts;
    for (const auto& [c, g] : m_snapshot->layout->targets())
      for (const RunPart& part : cohorts[c].groups[g].parts) addRow(rows, maps, cohorts[c].groups[g], part);
    std::ranges::stable_sort(rows, {}, [](const TableRow& row) { return std::pair(row.subject, row.hemisphere); });
    return rows;
  }

  std::vector<TableRow> summary(LossAverage average) {
    std::vector<TableRow> rows;
    if (!m_snapshot->layout) return rows;
    for (const RunHemisphere& each : m_snapshot->layout->hemispheres)
      if (auto row = summaryRow(each, average)) rows.push_back(std::move(*row));
    std::ranges::stable_sort(rows, {}, [](const TableRow& row) { return std::pair(row.subject, row.hemisphere); });
    return rows;
  }

 private:
  void addRow(std::vector<TableRow>& rows, const RunMaps& maps, const RunGroup& group, const RunPart& part) {
    std::vector<float> values = maps.bestCorrelation(part.subject, part.hemisphere, *m_snapshot, group.targetId());
    size_t vertices = part.columnCount;
    if (!m_roi.empty() && group.roi != m_roi) {
      if (!group.roi.empty()) return;
      const auto columns = m_roiColumns.of(part);
      if (columns.empty()) return;
      vertices = columns.size();
      values = restrictedTo(values, columns);
    }
    const Summary summary = summarise(values);
    const Json settings = settingsFor(m_plan, namesOf(group));
    const TargetCourse course = courseOf(*m_snapshot, group.targetId());
    rows.push_back({.run = m_snapshot->id,
                    .experiment = m_snapshot->meta.name,
                    .subject = part.subject,
                    .hemisphere = toString(part.hemisphere),
                    .focus = m_plan.focus,
                    .roi = m_roi.empty() ? group.roi : m_roi,
                    .config = configText(settings),
                    .architecture = groupSettingsFromJson(settings, group.id).architecture,
                    .tLoss = course.tLoss,
                    .vLoss = course.vLoss,
                    .corrMean = summary.mean,
                    .corrMedian = summary.median,
                    .bestEpoch = course.bestEpoch,
                    .vertices = vertices});
  }

  /// Absent when no model predicts anything of the hemisphere.
  std::optional<TableRow> summaryRow(const RunHemisphere& hemisphere, LossAverage average) {
    TableRow row{.run = m_snapshot->id,
                 .experiment = m_snapshot->meta.name,
                 .subject = hemisphere.subject,
                 .hemisphere = toString(hemisphere.hemisphere),
                 .focus = m_plan.focus,
                 .roi = m_roi,
                 .config = planConfigText(m_plan),
                 .architecture = {},
                 .tLoss = {},
                 .vLoss = {},
                 .corrMean = {},
                 .corrMedian = {},
                 .bestEpoch = {}};
    LossMean tLoss, vLoss;
    std::set<std::string> architectures;
    const RunGroup* own = nullptr;  // the ROI's own model
    std::vector<int> bestEpochs;
    const auto& cohorts = m_snapshot->layout->cohorts;
    for (const auto& [c, g] : m_snapshot->layout->targets()) {
      const RunGroup& group = cohorts[c].groups[g];
      const TargetCourse course = courseOf(*m_snapshot, group.targetId());
      for (const RunPart& part : group.parts) {
        if (part.subject != hemisphere.subject || part.hemisphere != hemisphere.hemisphere) continue;
        const double weight = average == LossAverage::Vertices ? static_cast<double>(part.columnCount) : 1;
        tLoss.add(course.tLoss, weight);
        vLoss.add(course.vLoss, weight);
        architectures.insert(settingsOf(group).architecture);
        bestEpochs.push_back(course.bestEpoch.value_or(0));
        row.vertices += part.columnCount;
        if (!m_roi.empty() && group.roi == m_roi) own = &group;
      }
    }
    if (row.vertices == 0) return std::nullopt;
    row.architecture = join({architectures.begin(), architectures.end()}, ", ");
    row.tLoss = tLoss.value();
    row.vLoss = vLoss.value();
    if (bestEpochs.size() == 1 && bestEpochs.front() > 0) row.bestEpoch = bestEpochs.front();
    const Summary correlation = summarise(correlationIn(hemisphere, own));
    row.corrMean = correlation.mean;
    row.corrMedian = correlation.median;
    return row;
  }

  std::vector<float> correlationIn(const RunHemisphere& hemisphere, const RunGroup* own) {
    const RunMaps maps(m_run, *m_snapshot->layout);
    const auto values = maps.bestCorrelation(hemisphere.subject, hemisphere.hemisphere, *m_snapshot,
                                             own ? own->targetId() : std::string());
    if (m_roi.empty() || own) return values;
    return restrictedTo(values, m_roiColumns.of({hemisphere.subject, hemisphere.hemisphere}));
  }

  [[nodiscard]] GroupSettings settingsOf(const RunGroup& group) const {
    return groupSettingsFromJson(settingsFor(m_plan, namesOf(group)), group.id);
  }

  static std::vector<float> restrictedTo(const std::vector<float>& values, const std::vector<uint32_t>& columns) {
    std::vector<float> chosen;
    for (const uint32_t column : columns)
      if (column < values.size()) chosen.push_back(values[column]);
    return chosen;
  }

  RunFolder m_run;
  std::string m_roi;
  std::shared_ptr<const RunSnapshot> m_snapshot;
  Plan m_plan;
  RoiColumns m_roiColumns;
};

}  // namespace

std::vector<TableRow> runTable(const RunFolder& run, const std::string& roi) {
  return RowMaker(run, roi).rows();
}

std::vector<TableRow> runSummary(const RunFolder& run, const std::string& roi, LossAverage average) {
  return RowMaker(run, roi).summary(average);
}

LossAverage lossAverageFrom(const std::string& text) {
  if (text == "vertices") return LossAverage::Vertices;
  if (text == "models") return LossAverage::Models;
  throw Error({.what = "choose how losses are averaged",
               .where = text,
               .why = "there is no such way",
               .remedy = "use vertices or models"});
}

std::string configText(const Json& settings) {
  std::vector<std::string> parts;
  for (const Param& param : groupParams()) {
    const auto value = settings.find(param.id);
    if (param.id == "architecture" || value == settings.end() || *value == param.defaultValue) continue;
    parts.push_back(param.id + " " + valueText(param.id, *value));
  }
  return join(parts, ", ");
}

}  // namespace corticast
