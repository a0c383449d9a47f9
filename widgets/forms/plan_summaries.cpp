#include "widgets/forms/plan_summaries.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/features/backbones.h"
#include "widgets/forms/form_builder.h"
#include "widgets/forms/param_editor.h"
#include "widgets/forms/plan_builder.h"

namespace corticast {
namespace {

QString number(const Json& values, const char* id) {
  return values.contains(id) && values.at(id).is_number() ? numberText(values.at(id).get<double>()) : QString();
}

QString optimiserSummary(const Json& values) {
  return QObject::tr("%1, × %2 every %3 epochs")
      .arg(number(values, "learningRate"), number(values, "decayFactor"), number(values, "decayEvery"));
}

QString stoppingSummary(const Json& values) {
  return QObject::tr("%1 epochs at most, patience %2").arg(number(values, "maxEpochs"), number(values, "patience"));
}

QString choiceLabel(const Json& values, const std::string& id) {
  const auto found = std::ranges::find(planParams(), id, &Param::id);
  return found != planParams().end() && values.contains(id) ? valueText(*found, values.at(id)) : QString();
}

QString backboneLabel(const std::string& id) {
  const BackboneInfo* info = findBackbone(id);
  return QString::fromStdString(info ? info->label : id);
}

}  // namespace

void addPlanSummaries(ParamForm& form) {
  form.setSummary("Model", [](const Json& values) {
    const QString focus = choiceLabel(values, "focus");
    return choiceLabel(values, "architecture") + ", " + focus.left(1).toLower() + focus.mid(1);
  });
  form.setSummary("Embedding", [](const Json& values) { return backboneLabel(values.value("backbone", "")); });
  form.setSummary("Optimiser", optimiserSummary);
  form.setSummary("Stopping", stoppingSummary);
  form.setSummary("Split", [](const Json& values) { return choiceLabel(values, "split.kind"); });
  form.setSummary("Device", [](const Json& values) { return choiceLabel(values, "device"); });
}

}  // namespace corticast
