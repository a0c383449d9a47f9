#include "widgets/plots/curve_set.h"

#include <QObject>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/text.h"
#include "widgets/plots/csv.h"
#include "widgets/style/roi_colours.h"

namespace corticast {
namespace {

/// More ROIs than this, and their mean says more than a bundle of lines.
constexpr size_t kManyModels = 10;

using Values = std::vector<double> GroupCurve::*;

/// One model of one run, as far as it is to be shown.
struct Model {
  const RunGroup* group = nullptr;
  const GroupCurve* curve = nullptr;
  std::optional<RoiKey> roi = {};
  std::optional<Hemisphere> hemisphere = {};  ///< nothing when the model spans both
  bool isCurrent = false;
};

bool isChecked(const WorkbenchState& state, const RunGroup& group) {
  if (group.roi.empty()) return true;
  const auto& current = state.currentRoi();
  if (current && current->name == group.roi) return true;
  return std::ranges::any_of(state.selectedRois(), [&](const RoiKey& key) { return key.name == group.roi; });
}

std::optional<Model> modelOf(const WorkbenchState& state, const RunGroup& group, const GroupCurve& curve) {
  Model model{.group = &group, .curve = &curve};
  const auto isShown = [&](const RunPart& part) {
    return (state.subject().isEmpty() || state.subject().toStdString() == part.subject) &&
           state.hemispheres().contains(part.hemisphere);
  };
  if (std::ranges::none_of(group.parts, isShown)) return std::nullopt;
  if (state.study() && !isChecked(state, group)) return std::nullopt;
  const bool isOneSided = std::ranges::all_of(
      group.parts, [&](const RunPart& part) { return part.hemisphere == group.parts.front().hemisphere; });
  if (isOneSided) model.hemisphere = group.parts.front().hemisphere;
  if (!group.roi.empty()) model.roi = RoiKey{model.hemisphere.value_or(Hemisphere::Left), group.roiClass, group.roi};
  const auto& current = state.currentRoi();
  model.isCurrent = current && current->name == group.roi;
  return model;
}

std::vector<Model> modelsOf(const WorkbenchState& state, const RunSnapshot& run) {
  std::vector<Model> models;
  if (!run.layout) return models;
  for (size_t cohort = 0; cohort < run.layout->cohorts.size() && cohort < run.curves.size(); ++cohort) {
    const auto& groups = run.layout->cohorts[cohort].groups;
    for (size_t i = 0; i < groups.size() && i < run.curves[cohort].size(); ++i)
      if (const auto model = modelOf(state, groups[i], run.curves[cohort][i])) models.push_back(*model);
  }
  return models;
}

QString nameOf(const RunSnapshot& run) {
  return QString::fromStdString(run.meta.name.empty() ? run.id : run.meta.name);
}

QString labelOf(const Model& model) {
  if (model.group->roi.empty() || model.group->parts.size() > 1) return QString::fromStdString(model.group->label);
  return QString("%1 %2").arg(QString::fromStdString(model.group->roi),
                              model.hemisphere == Hemisphere::Left ? "LH" : "RH");
}

/// The lines that one model makes for the chosen quantity.
struct Line {
  Values values;
  QString name;
  bool isTraining;
};

std::vector<Line> linesOf(const CurveOptions& options) {
  switch (options.quantity) {
    case CurveQuantity::Correlation:
      return {{&GroupCurve::correlation, QObject::tr("validation r"), false}};
    case CurveQuantity::LearningRate:
      return {{&GroupCurve::learningRate, QObject::tr("learning rate"), false}};
    case CurveQuantity::Loss:
      break;
  }
  std::vector<Line> lines;
  if (options.hasTraining) lines.push_back({&GroupCurve::trainLoss, QObject::tr("training loss"), true});
  if (options.hasValidation) lines.push_back({&GroupCurve::validationLoss, QObject::tr("validation loss"), false});
  return lines;
}

QString axisLabelOf(CurveQuantity quantity) {
  switch (quantity) {
    case CurveQuantity::Loss:
      return QObject::tr("Loss");
    case CurveQuantity::Correlation:
      return QObject::tr("Validation correlation r");
    case CurveQuantity::LearningRate:
      return QObject::tr("Learning rate");
  }
  return {};
}

/// Makes curves of one run, in its style when several runs are shown.
class RunCurves {
 public:
  RunCurves(const WorkbenchState& state, const RunSnapshot& run, const CurveOptions& options, bool isOneOfSeveral)
      : m_run(run),
        m_options(options),
        m_isOneOfSeveral(isOneOfSeveral),
        m_style(runStyle(state.runSlot(QString::fromStdString(run.id)))) {}

  void add(std::vector<Curve>& curves, const Model& model, CurveWeight weight) const {
    auto lines = linesOf(m_options);
    // Quiet lines are there for comparison: one per model is enough.
    if (weight == CurveWeight::Quiet && lines.size() > 1) lines.erase(lines.begin());
    for (const Line& line : lines) {
      Curve curve = start(line, weight);
      curve.model = labelOf(model);
      curve.roi = model.roi;
      curve.points = model.curve->*line.values;
      if (!m_isOneOfSeveral && model.roi) curve.colour = roiColour(model.roi->roiClass, model.roi->name);
      if (!m_isOneOfSeveral && !model.roi) curve.colour = m_style.colour;
      curve.isToned = model.hemisphere == Hemisphere::Right;
      if (!line.isTraining && weight != CurveWeight::Quiet) mark(curve, *model.curve);
      if (!curve.points.empty()) curves.push_back(std::move(curve));
    }
  }

  void addMean(std::vector<Curve>& curves, const std::vector<Model>& models) const {
    std::vector<const GroupCurve*> begun;
    for (const Model& model : models)
      if (model.curve->epochs() > 0) begun.push_back(model.curve);
    if (begun.empty()) return;
    for (const Line& line : linesOf(m_options)) {
      Curve curve = start(line, CurveWeight::Strong);
      curve.model = QObject::tr("mean of %1 models").arg(begun.size());
      curve.points = meanOver(begun, line.values);
      curves.push_back(std::move(curve));
    }
  }

 private:
  [[nodiscard]] Curve start(const Line& line, CurveWeight weight) const {
    Curve curve;
    curve.run = QString::fromStdString(m_run.id);
    curve.runName = nameOf(m_run);
    curve.values = line.name;
    curve.isTraining = line.isTraining;
    curve.weight = weight;
    curve.marker = m_isOneOfSeveral ? m_style.marker : RunMarker::Disc;
    if (m_isOneOfSeveral) {
      curve.colour = m_style.colour;
      curve.dashes = m_style.dashes;
    }
    return curve;
  }

  static void mark(Curve& curve, const GroupCurve& history) {
    curve.bestEpoch = history.bestEpoch;
    curve.isFailed = history.progress == GroupProgress::Failed;
    if (history.progress == GroupProgress::Stopped || curve.isFailed) curve.stopEpoch = history.epochs();
    curve.reason = QString::fromStdString(history.reason);
  }

  const RunSnapshot& m_run;
  const CurveOptions& m_options;
  bool m_isOneOfSeveral;
  RunStyle m_style;
};

void addRun(CurveSet& set, const WorkbenchState& state, const RunSnapshot& run, const CurveOptions& options) {
  const std::vector<Model> models = modelsOf(state, run);
  const RunCurves make(state, run, options, set.hasSeveralRuns);
  const bool hasCurrent = std::ranges::any_of(models, &Model::isCurrent);
  CurveGrouping grouping = options.grouping;
  // With several runs the other ROIs would hide what is compared.
  if (grouping == CurveGrouping::Automatic && set.hasSeveralRuns)
    grouping = hasCurrent ? CurveGrouping::CurrentRoi : CurveGrouping::Mean;
  const bool isMany = models.size() > kManyModels;
  const bool isBundle = grouping == CurveGrouping::Automatic && (hasCurrent || isMany);
  if (grouping != CurveGrouping::Mean)
    for (const Model& model : models) {
      if (grouping == CurveGrouping::CurrentRoi && !model.isCurrent) continue;
      const CurveWeight weight = model.isCurrent ? CurveWeight::Strong
                                 : isBundle      ? CurveWeight::Quiet
                                                 : CurveWeight::Normal;
      make.add(set.curves, model, weight);
    }
  if (grouping == CurveGrouping::Mean || (isBundle && !hasCurrent)) make.addMean(set.curves, models);
}

QString whyEmpty(const WorkbenchState& state, const std::vector<WorkbenchState::RunPointer>& runs,
                 const CurveOptions& options) {
  if (state.runs().empty()) return QObject::tr("Choose ROIs, press Train");
  if (runs.empty()) return QObject::tr("Select a run to see how it learns");
  if (options.quantity == CurveQuantity::Loss && !options.hasTraining && !options.hasValidation)
    return QObject::tr("Switch on validation or training");
  const RunSnapshot& run = *runs.front();
  if (run.state.status == RunStatus::Queued) return QObject::tr("%1 waits in the queue").arg(nameOf(run));
  if (run.state.status == RunStatus::Failed)
    return QObject::tr("%1 failed before its first epoch.\n%2")
        .arg(nameOf(run), QString::fromStdString(run.state.reason));
  const auto hasEpochs = [](const auto& groups) { return std::ranges::any_of(groups, &GroupCurve::epochs); };
  if (std::ranges::none_of(run.curves, hasEpochs))
    return QObject::tr("%1: waiting for the first epoch").arg(nameOf(run));
  if (options.grouping == CurveGrouping::CurrentRoi && !state.currentRoi())
    return QObject::tr("Click an ROI on the cortex or in the study");
  if (options.grouping == CurveGrouping::CurrentRoi)
    return QObject::tr("%1 has no model of %2").arg(nameOf(run), QString::fromStdString(state.currentRoi()->name));
  return QObject::tr("%1 has no model of the checked ROIs in this subject").arg(nameOf(run));
}

}  // namespace

std::vector<double> meanOver(const std::vector<const GroupCurve*>& models, const Values values) {
  size_t length = 0;
  for (const GroupCurve* model : models) length = std::max(length, (model->*values).size());
  for (const GroupCurve* model : models)
    if (model->progress == GroupProgress::Training) length = std::min(length, (model->*values).size());
  std::vector<double> mean(length, std::numeric_limits<double>::quiet_NaN());
  for (size_t epoch = 0; epoch < length; ++epoch) {
    double sum = 0;
    size_t count = 0;
    for (const GroupCurve* model : models) {
      const auto& own = model->*values;
      if (own.empty()) continue;
      const double value = own[std::min(epoch, own.size() - 1)];
      if (std::isnan(value)) continue;
      sum += value;
      ++count;
    }
    if (count > 0) mean[epoch] = sum / static_cast<double>(count);
  }
  return mean;
}

CurveSet chooseCurves(const WorkbenchState& state, const CurveOptions& options) {
  CurveSet set;
  set.quantity = options.quantity;
  set.axisLabel = axisLabelOf(options.quantity);
  std::vector<WorkbenchState::RunPointer> runs;
  for (const QString& id : state.selectedRuns())
    if (auto run = state.run(id)) runs.push_back(std::move(run));
  set.hasSeveralRuns = runs.size() > 1;
  for (const auto& run : runs) addRun(set, state, *run, options);
  std::ranges::stable_sort(set.curves, {}, &Curve::weight);
  if (set.curves.empty()) set.emptyReason = whyEmpty(state, runs, options);
  return set;
}

std::string curvesAsCsv(const CurveSet& set) {
  std::string text = "run,name,model,quantity,epoch,value\r\n";
  for (const Curve& curve : set.curves)
    for (size_t i = 0; i < curve.points.size(); ++i)
      text += csvRow({curve.run.toStdString(), curve.runName.toStdString(), curve.model.toStdString(),
                      curve.values.toStdString(), std::to_string(i + 1),
                      std::isnan(curve.points[i]) ? std::string() : shortest(curve.points[i])});
  return text;
}

}  // namespace corticast
