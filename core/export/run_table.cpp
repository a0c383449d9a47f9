#include "core/export/run_table.h"

#include <algorithm>
#include <cmath>
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
    for (size_t c = 0; c < cohorts.size(); ++c)
      for (size_t g = 0; g < cohorts[c].groups.size(); ++g)
        for (const RunPart& part : cohorts[c].groups[g].parts)
          addRow(rows, maps, cohorts[c].groups[g], part, m_snapshot->curves[c][g]);
    std::ranges::stable_sort(rows, {}, [](const TableRow& row) { return std::pair(row.subject, row.hemisphere); });
    return rows;
  }

 private:
  void addRow(std::vector<TableRow>& rows, const RunMaps& maps, const RunGroup& group, const RunPart& part,
              const GroupCurve& curve) {
    std::vector<float> values = maps.bestCorrelation(part.subject, part.hemisphere, *m_snapshot, group.id);
    size_t vertices = part.columnCount;
    if (!m_roi.empty() && group.roi != m_roi) {
      if (!group.roi.empty()) return;
      const auto columns = m_roiColumns.of(part);
      if (columns.empty()) return;
      vertices = columns.size();
      values = restrictedTo(values, columns);
    }
    const Summary summary = summarise(values);
    const Json settings = settingsFor(m_plan, {part.subject, toString(part.hemisphere), group.roi, group.id});
    rows.push_back({.run = m_snapshot->id,
                    .experiment = m_snapshot->meta.name,
                    .subject = part.subject,
                    .hemisphere = toString(part.hemisphere),
                    .focus = m_plan.focus,
                    .roi = m_roi.empty() ? group.roi : m_roi,
                    .config = configText(settings),
                    .architecture = groupSettingsFromJson(settings, group.id).architecture,
                    .tLoss = least(curve.trainLoss),
                    .vLoss = least(curve.validationLoss),
                    .corrMean = summary.mean,
                    .corrMedian = summary.median,
                    .bestEpoch = curve.bestEpoch > 0 ? std::optional(curve.bestEpoch) : std::nullopt,
                    .vertices = vertices});
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

std::string configText(const Json& settings) {
  std::vector<std::string> parts;
  for (const Param& param : groupParams()) {
    const auto value = settings.find(param.id);
    if (param.id == "architecture" || value == settings.end() || *value == param.defaultValue) continue;
    const std::string text = value->is_string()         ? value->get<std::string>()
                             : value->is_number_float() ? shortest(value->get<double>())
                                                        : value->dump();
    parts.push_back(param.id + " " + text);
  }
  return join(parts, ", ");
}

}  // namespace corticast
