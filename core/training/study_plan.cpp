#include "core/training/study_plan.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/training/presets.h"
#include "embedded/study_chimisso_2023.h"

namespace corticast {
namespace {

Error wrongStudy(const std::string& where, const std::string& why) {
  return Error({.what = "read a study plan",
                .where = where,
                .why = why,
                .remedy = "see core/training/study_plan.h for the format, or start from the one that is shipped"});
}

template <size_t N>
void allowOnly(const Json& json, const std::array<const char*, N>& keys, const std::string& where) {
  if (!json.is_object()) throw wrongStudy(where, "it is not an object");
  for (const auto& [key, value] : json.items())
    if (std::ranges::find(keys, key) == keys.end())
      throw wrongStudy(where, "it has the key '" + key + "'; known ones are " +
                                  join(std::vector<std::string>(keys.begin(), keys.end()), ", "));
}

std::string textOf(const Json& json, const char* key, const std::string& where) {
  const auto found = json.find(key);
  if (found == json.end()) return {};
  if (!found->is_string()) throw wrongStudy(where, std::string(key) + " is not a text");
  return found->get<std::string>();
}

StudyRow rowFromJson(const Json& json, const std::string& where) {
  allowOnly(json, std::array{"preset", "name", "embedding", "settings"}, where);
  StudyRow row;
  row.preset = textOf(json, "preset", where);
  row.name = textOf(json, "name", where);
  row.embedding = textOf(json, "embedding", where);
  row.settings = json.value("settings", Json::object());
  if (row.preset.empty()) throw wrongStudy(where, "it names no preset");
  if (row.name.empty()) row.name = preset(row.preset).label;
  if (!row.settings.is_object()) throw wrongStudy(where, "settings is not an object");
  (void)planFromJson(toJson(planOf(row, "/")), where);
  return row;
}

}  // namespace

StudyPlan studyPlanFromJson(const Json& json, const std::string& where) {
  allowOnly(json, std::array{"version", "name", "source", "rows"}, where);
  if (json.value("version", Json()) != 1) throw wrongStudy(where, "its version is not 1");
  StudyPlan study;
  study.name = textOf(json, "name", where);
  study.source = textOf(json, "source", where);
  const Json rows = json.value("rows", Json());
  if (!rows.is_array() || rows.empty()) throw wrongStudy(where, "it has no rows");
  for (size_t i = 0; i < rows.size(); ++i)
    study.rows.push_back(rowFromJson(rows[i], where + ", row " + std::to_string(i + 1)));
  return study;
}

StudyPlan readStudyPlan(const std::filesystem::path& path) {
  return studyPlanFromJson(readJsonFile(path), path.string());
}

const std::vector<StudyPlan>& studyPlans() {
  static const std::vector<StudyPlan> all{
      studyPlanFromJson(Json::parse(embedded::study_chimisso_2023), "study-chimisso-2023.json")};
  return all;
}

Plan planOf(const StudyRow& row, const std::filesystem::path& dataset) {
  Plan plan = planFromPreset(preset(row.preset));
  plan.name = row.name;
  plan.dataset = dataset;
  if (!row.embedding.empty()) setEmbedding(plan, row.embedding);
  plan.defaults.update(row.settings);
  return plan;
}

void setEmbedding(Plan& plan, const std::string& embedding) {
  plan.defaults.erase("embedding");
  plan.defaults.erase("layer");
  if (std::filesystem::exists(embedding)) {
    plan.defaults["embedding"] = std::filesystem::absolute(embedding).lexically_normal().string();
    return;
  }
  if (embedding.find('/') != std::string::npos)
    throw Error({.what = "choose an embedding",
                 .where = embedding,
                 .why = "there is no such folder",
                 .remedy = "give an embedding's folder, or BACKBONE or BACKBONE:LAYER"});
  const size_t colon = embedding.find(':');
  plan.defaults["backbone"] = embedding.substr(0, colon);
  if (colon != std::string::npos) plan.defaults["layer"] = embedding.substr(colon + 1);
}

}  // namespace corticast
