#include "widgets/forms/embedding_label.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/features/backbones.h"
#include "core/features/embedding_source.h"

namespace corticast {
namespace {

std::string lowerFirst(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

std::string valueText(const Param& param, const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? "on" : "off";
  if (value.is_number_float()) return shortest(value.get<double>());
  if (!value.is_string() && !value.is_array()) return value.dump();
  if (value.is_array()) {
    std::vector<std::string> parts;
    for (const Json& each : value) parts.push_back(each.dump());
    return join(parts, "/");
  }
  const auto choice = std::ranges::find(param.choices, value.get<std::string>(), &ParamChoice::id);
  return choice == param.choices.end() ? value.get<std::string>() : lowerFirst(choice->label);
}

// "picture size 128 pixels" of every parameter that is not the same in all of them.
std::string parametersText(const EmbeddingInfo& info, const std::vector<EmbeddingInfo>& all) {
  const BackboneInfo* backbone = findBackbone(info.backbone);
  if (!backbone) return {};
  std::vector<std::string> parts;
  for (const Param& param : backbone->params) {
    const auto valueIn = [&](const EmbeddingInfo& each) { return each.parameters.value(param.id, Json()); };
    const Json value = valueIn(info);
    if (std::ranges::all_of(all, [&](const EmbeddingInfo& each) { return valueIn(each) == value; })) continue;
    parts.push_back(lowerFirst(param.label) + " " + valueText(param, value) +
                    (param.unit.empty() ? "" : " " + param.unit));
  }
  return join(parts, ", ");
}

/// Adds to labels that several have what `textOf` says of each.
template <typename TextOf>
void tellApart(std::vector<std::string>& labels, const std::vector<EmbeddingInfo>& variants, TextOf textOf) {
  const std::vector<std::string> before = labels;
  for (size_t i = 0; i < labels.size(); ++i)
    if (const std::string more = textOf(variants[i]); std::ranges::count(before, before[i]) > 1 && !more.empty())
      labels[i] += ", " + more;
}

}  // namespace

std::string embeddingLabel(const std::string& backboneId, const std::string& layerId) {
  if (backboneId == kPrecomputed) return "Own array, " + layerId;
  if (const BackboneInfo* info = findBackbone(backboneId))
    for (const BackboneLayer& layer : info->layers)
      if (layer.id == layerId) return info->label + ", " + lowerFirst(layer.label);
  return backboneId + ", " + layerId;
}

std::vector<std::string> variantLabels(const std::vector<EmbeddingInfo>& variants) {
  constexpr size_t kHashDigits = 6;
  std::vector<std::string> labels;
  for (const EmbeddingInfo& info : variants) {
    std::vector<std::string> parts = {embeddingLabel(info.backbone, info.layer)};
    for (const std::string& part : {parametersText(info, variants), info.form.label()})
      if (!part.empty()) parts.push_back(part);
    labels.push_back(join(parts, ", "));
  }
  tellApart(labels, variants,
            [](const EmbeddingInfo& info) { return std::filesystem::path(info.weightsFile).filename().string(); });
  tellApart(labels, variants, [](const EmbeddingInfo& info) { return info.hash.substr(0, kHashDigits); });
  return labels;
}

}  // namespace corticast
