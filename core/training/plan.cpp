#include "core/training/plan.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/json_keys.h"
#include "core/base/text.h"

namespace corticast {
namespace {

constexpr int kPlanVersion = 1;
constexpr const char* kReading = "read a plan";

Error wrongPlan(const std::string& where, const std::string& why, const std::string& remedy) {
  return Error({.what = kReading, .where = where, .why = why, .remedy = remedy});
}

void requireKnown(const std::vector<Focus>& all, const std::string& id, const std::string& kind,
                  const std::string& where) {
  if (std::ranges::find(all, id, &Focus::id) != all.end()) return;
  std::vector<std::string> ids;
  for (const Focus& each : all) ids.push_back(each.id);
  throw wrongPlan(where, "there is no " + kind + " \"" + id + "\"", "known ones are " + join(ids, ", "));
}

std::vector<RoiGroup> roiGroupsFromJson(const Json& json, const std::string& where) {
  if (!json.is_array()) throw wrongPlan(where, "groups must be a list", "write \"groups\": [{\"name\", \"rois\"}]");
  std::vector<RoiGroup> groups;
  for (const Json& entry : json) {
    RoiGroup group;
    JsonKeys keys(entry, kReading, where + ": groups");
    keys.text("name", group.name);
    keys.texts("rois", group.rois);
    keys.refuseOthers();
    groups.push_back(std::move(group));
  }
  requireSense(groups, where + ": groups");
  return groups;
}

void requireDevice(const std::string& device, const std::string& where) {
  const bool isNumbered = device.starts_with("cuda:") && device.size() > 5 && device.size() < 9 &&
                          device.find_first_not_of("0123456789", 5) == std::string::npos;
  if (device != "auto" && device != "cpu" && device != "cuda" && !isNumbered)
    throw wrongPlan(where, "there is no device \"" + device + "\"", "write auto, cpu, cuda or cuda:N");
}

Override overrideFromJson(const Json& json, const Json& defaults, const std::string& where) {
  Override result;
  result.settings = Json::object();
  JsonKeys keys(json, kReading, where);
  keys.text("subject", result.subject);
  keys.text("hemisphere", result.hemisphere);
  keys.text("roi", result.roi);
  keys.text("id", result.id);
  if (const Json* settings = keys.find("settings")) result.settings = *settings;
  keys.refuseOthers();
  if (!result.hemisphere.empty()) (void)parseHemisphere(result.hemisphere, where);
  validate(groupParams(), result.settings, where);
  Json merged = defaults;
  merged.update(result.settings);
  (void)groupSettingsFromJson(merged, where);
  return result;
}

Json toJson(const Override& each) {
  Json json = Json::object();
  if (!each.subject.empty()) json["subject"] = each.subject;
  if (!each.hemisphere.empty()) json["hemisphere"] = each.hemisphere;
  if (!each.roi.empty()) json["roi"] = each.roi;
  if (!each.id.empty()) json["id"] = each.id;
  json["settings"] = each.settings;
  return json;
}

}  // namespace

Plan::Plan() : defaults(Json::object()) {}

const std::vector<Focus>& focuses() {
  static const std::vector<Focus> all = {
      {"roi", "Single ROI", "One model per ROI, hemisphere and subject."},
      {"roi-pair", "ROI in both hemispheres", "One model per ROI and subject for its vertices of both hemispheres."},
      {"all-rois", "All ROIs", "One model per hemisphere and subject for every vertex that lies in an ROI."},
      {"hemisphere", "Whole hemisphere", "One model per hemisphere and subject for all vertices."},
      {"groups", "Groups of ROIs", "One model per named group of ROIs, of one hemisphere or both, and subject."},
      {"vertex", "Single vertex", "One model per named vertex and subject."},
  };
  return all;
}

const std::vector<Focus>& crossSubjectModes() {
  static const std::vector<Focus> all = {
      {"no", "Each on its own", "Every subject has models of its own."},
      {"shared-head", "Together, one head",
       "One model for all subjects, with one output per vertex of fsaverage. A vertex that a subject lacks is left out "
       "of the loss for its pictures."},
      {"subject-heads", "Together, a head each",
       "One trunk for all subjects and a last layer of each subject's own: subjects may answer differently."},
  };
  return all;
}

Plan planFromJson(const Json& json, const std::string& where) {
  Plan plan;
  JsonKeys keys(json, kReading, where);
  int version = 0;
  keys.integer("version", version, 1000000);
  if (version != kPlanVersion)
    throw wrongPlan(where,
                    version == 0 ? "it has no version"
                                 : "it is of version " + std::to_string(version) + ", this program reads version " +
                                       std::to_string(kPlanVersion),
                    "write \"version\": " + std::to_string(kPlanVersion) + " and check the keys against this version");
  std::string dataset;
  keys.text("name", plan.name);
  keys.text("preset", plan.preset);
  keys.text("dataset", dataset);
  plan.dataset = dataset;
  keys.texts("subjects", plan.subjects);
  std::vector<std::string> hemispheres;
  keys.texts("hemispheres", hemispheres);
  for (const std::string& text : hemispheres) plan.hemispheres.push_back(parseHemisphere(text, where));
  keys.texts("rois", plan.rois);
  keys.text("focus", plan.focus);
  requireKnown(focuses(), plan.focus, "focus", where);
  std::vector<std::string> vertices;
  keys.texts("vertices", vertices);
  for (const std::string& text : vertices) plan.vertices.push_back(parseVertexName(text, where + ": vertices"));
  if (const Json* groups = keys.find("groups")) plan.groups = roiGroupsFromJson(*groups, where);
  keys.text("crossSubject", plan.crossSubject);
  requireKnown(crossSubjectModes(), plan.crossSubject, "way to share models", where + ": crossSubject");
  if (const Json* split = keys.find("split")) plan.split = SplitConfig::fields().fromJson(*split, where + ": split");
  if (const Json* defaults = keys.find("defaults")) plan.defaults = *defaults;
  (void)groupSettingsFromJson(plan.defaults, where + ": defaults");
  if (const Json* overrides = keys.find("overrides")) {
    if (!overrides->is_array()) throw wrongPlan(where, "overrides must be a list", "write \"overrides\": [ ... ]");
    for (size_t i = 0; i < overrides->size(); ++i)
      plan.overrides.push_back(
          overrideFromJson((*overrides)[i], plan.defaults, where + ": override " + std::to_string(i + 1)));
  }
  keys.text("device", plan.device);
  requireDevice(plan.device, where);
  keys.integer("threads", plan.threads, 4096);
  keys.integer("seed", plan.seed, uint64_t{1} << 53);  // what every JSON reader keeps exactly
  keys.refuseOthers();
  return plan;
}

Plan readPlan(const std::filesystem::path& path) {
  return planFromJson(readJsonFile(path), path.string());
}

Json toJson(const Plan& plan) {
  Json json = {{"version", kPlanVersion},
               {"name", plan.name},
               {"preset", plan.preset},
               {"dataset", plan.dataset.string()},
               {"subjects", plan.subjects},
               {"hemispheres", Json::array()},
               {"rois", plan.rois},
               {"focus", plan.focus},
               {"vertices", Json::array()},
               {"groups", Json::array()},
               {"crossSubject", plan.crossSubject},
               {"split", SplitConfig::fields().toJson(plan.split)},
               {"defaults", plan.defaults},
               {"overrides", Json::array()},
               {"device", plan.device},
               {"threads", plan.threads},
               {"seed", plan.seed}};
  for (const Hemisphere each : plan.hemispheres) json["hemispheres"].push_back(toString(each));
  for (const VertexName& each : plan.vertices) json["vertices"].push_back(toString(each));
  for (const RoiGroup& each : plan.groups) json["groups"].push_back({{"name", each.name}, {"rois", each.rois}});
  for (const Override& each : plan.overrides) json["overrides"].push_back(toJson(each));
  return json;
}

bool matches(const Override& each, const GroupNames& group) {
  const auto fits = [](const std::string& wanted, const std::string& name) { return wanted.empty() || wanted == name; };
  return fits(each.subject, group.subject) && fits(each.hemisphere, group.hemisphere) && fits(each.roi, group.roi) &&
         fits(each.id, group.id);
}

Json settingsFor(const Plan& plan, const GroupNames& group) {
  Json values = plan.defaults;
  for (const Override& each : plan.overrides)
    if (matches(each, group)) values.update(each.settings);
  return values;
}

GroupSettings defaultSettings(const Plan& plan) {
  return groupSettingsFromJson(plan.defaults, "defaults");
}

}  // namespace corticast
