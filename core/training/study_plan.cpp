#include "core/training/study_plan.h"

#include <nlohmann/json.hpp>

#include "core/base/json_keys.h"
#include "core/training/presets.h"
#include "embedded/study_chimisso_2023.h"

namespace corticast {
namespace {

constexpr const char* kReading = "read a study plan";
constexpr const char* kRemedy = "see core/training/study_plan.h for the format, or start from the one that is shipped";

StudyRow rowFromJson(const Json& json, const std::string& where) {
  StudyRow row{.preset = {}, .name = {}, .embedding = {}, .settings = Json::object()};
  JsonKeys keys(json, kReading, where);
  keys.text("preset", row.preset);
  keys.text("name", row.name);
  keys.text("embedding", row.embedding);
  if (const Json* settings = keys.find("settings")) row.settings = *settings;
  keys.refuseOthers();
  if (row.preset.empty()) throw keys.wrong("it names no preset", kRemedy);
  if (row.name.empty()) row.name = preset(row.preset).label;
  if (!row.settings.is_object()) throw keys.wrong("settings is not an object", kRemedy);
  (void)planFromJson(toJson(planOf(row, "/")), where);
  return row;
}

}  // namespace

StudyPlan studyPlanFromJson(const Json& json, const std::string& where) {
  StudyPlan study;
  int version = 0;
  JsonKeys keys(json, kReading, where);
  keys.integer("version", version, 1000000);
  if (version != 1) throw keys.wrong("its version is not 1", kRemedy);
  keys.text("name", study.name);
  keys.text("source", study.source);
  const Json* rows = keys.find("rows");
  keys.refuseOthers();
  if (!rows || !rows->is_array() || rows->empty()) throw keys.wrong("it has no rows", kRemedy);
  for (size_t i = 0; i < rows->size(); ++i)
    study.rows.push_back(rowFromJson((*rows)[i], where + ", row " + std::to_string(i + 1)));
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
