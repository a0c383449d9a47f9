#include "core/runs/run_layout.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace corticast {
namespace {

constexpr int kVersion = 1;

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw Error(ErrorParts{.what = "read groups of a run",
                         .where = where,
                         .why = why,
                         .remedy = "the file was changed or damaged; train the plan again"});
}

RunPart partFromJson(const Json& json, const std::string& where) {
  return {.subject = json.at("subject").get<std::string>(),
          .hemisphere = parseHemisphere(json.at("hemisphere").get<std::string>(), where),
          .columnCount = json.at("columns").get<size_t>(),
          .offset = json.at("offset").get<size_t>()};
}

RunGroup groupFromJson(const Json& json, const std::string& where) {
  RunGroup group{.id = json.at("id").get<std::string>(),
                 .label = json.at("label").get<std::string>(),
                 .roi = json.at("roi").get<std::string>(),
                 .roiClass = json.at("roiClass").get<std::string>(),
                 .maxEpochs = json.at("maxEpochs").get<int>(),
                 .parts = {},
                 .name = json.value("name", json.at("roi").get<std::string>()),
                 .fold = json.value("fold", 0),
                 .target = json.value("target", "")};
  for (const Json& part : json.at("parts")) group.parts.push_back(partFromJson(part, where));
  return group;
}

Json groupToJson(const RunGroup& group) {
  Json parts = Json::array();
  for (const RunPart& part : group.parts)
    parts.push_back({{"subject", part.subject},
                     {"hemisphere", toString(part.hemisphere)},
                     {"columns", part.columnCount},
                     {"offset", part.offset}});
  Json json{{"id", group.id},
            {"label", group.label},
            {"roi", group.roi},
            {"roiClass", group.roiClass},
            {"maxEpochs", group.maxEpochs},
            {"parts", std::move(parts)}};
  if (!group.name.empty() && group.name != group.roi) json["name"] = group.name;
  if (group.fold > 0) json["fold"] = group.fold;
  if (!group.target.empty()) json["target"] = group.target;
  return json;
}

void checkOffsets(const RunCohort& cohort, const std::string& where) {
  size_t offset = 0;
  for (const RunGroup& group : cohort.groups)
    for (const RunPart& part : group.parts) {
      if (part.offset != offset)
        refuse(where, "group " + group.id + " starts at value " + std::to_string(part.offset) + ", not at " +
                          std::to_string(offset));
      offset += part.columnCount;
    }
}

RunLayout parseLayout(const Json& json, const std::string& where) {
  if (json.at("version").get<int>() > kVersion)
    refuse(where,
           "it has version " + json.at("version").dump() + "; this program knows up to " + std::to_string(kVersion));
  RunLayout layout;
  std::set<std::string> ids;
  for (const Json& entry : json.at("cohorts")) {
    RunCohort cohort{.id = entry.at("id").get<std::string>(), .groups = {}};
    for (const Json& group : entry.at("groups")) {
      cohort.groups.push_back(groupFromJson(group, where));
      if (!ids.insert(cohort.groups.back().id).second)
        refuse(where, "group " + cohort.groups.back().id + " is there twice");
    }
    checkOffsets(cohort, where);
    layout.cohorts.push_back(std::move(cohort));
  }
  for (const Json& entry : json.at("hemispheres"))
    layout.hemispheres.push_back({.subject = entry.at("subject").get<std::string>(),
                                  .hemisphere = parseHemisphere(entry.at("hemisphere").get<std::string>(), where),
                                  .columnCount = entry.at("columns").get<size_t>()});
  for (const Json& entry : json.at("skipped"))
    layout.skipped.push_back({entry.at("id").get<std::string>(), entry.at("reason").get<std::string>()});
  return layout;
}

}  // namespace

size_t RunGroup::columnCount() const {
  size_t count = 0;
  for (const RunPart& part : parts) count += part.columnCount;
  return count;
}

std::vector<std::string> RunGroup::subjects() const {
  std::set<std::string> ids;
  for (const RunPart& part : parts) ids.insert(part.subject);
  return {ids.begin(), ids.end()};
}

size_t RunCohort::columnCount() const {
  size_t count = 0;
  for (const RunGroup& group : groups) count += group.columnCount();
  return count;
}

int RunCohort::maxEpochs() const {
  int most = 0;
  for (const RunGroup& group : groups) most = std::max(most, group.maxEpochs);
  return most;
}

size_t RunLayout::groupCount() const {
  size_t count = 0;
  for (const RunCohort& cohort : cohorts) count += cohort.groups.size();
  return count;
}

std::vector<std::pair<size_t, size_t>> RunLayout::targets() const {
  std::vector<std::pair<size_t, size_t>> first;
  std::set<std::string> ids;
  for (size_t c = 0; c < cohorts.size(); ++c)
    for (size_t g = 0; g < cohorts[c].groups.size(); ++g)
      if (ids.insert(cohorts[c].groups[g].targetId()).second) first.emplace_back(c, g);
  return first;
}

std::vector<std::pair<size_t, size_t>> RunLayout::groupsOf(const std::string& target) const {
  std::vector<std::pair<size_t, size_t>> all;
  for (size_t c = 0; c < cohorts.size(); ++c)
    for (size_t g = 0; g < cohorts[c].groups.size(); ++g)
      if (cohorts[c].groups[g].targetId() == target) all.emplace_back(c, g);
  return all;
}

bool RunLayout::hasFolds() const {
  return std::ranges::any_of(cohorts, [](const RunCohort& cohort) {
    return std::ranges::any_of(cohort.groups, [](const RunGroup& group) { return group.fold > 0; });
  });
}

const RunHemisphere* RunLayout::hemisphere(const std::string& subject, Hemisphere which) const {
  for (const RunHemisphere& entry : hemispheres)
    if (entry.subject == subject && entry.hemisphere == which) return &entry;
  return nullptr;
}

void checkColumns(const RunLayout& layout, size_t cohort, const std::string& where) {
  const std::vector<uint32_t>& columns = layout.columns.at(cohort);
  const RunCohort& groups = layout.cohorts.at(cohort);
  if (columns.size() != groups.columnCount())
    refuse(where, "it has " + std::to_string(columns.size()) + " columns, groups.json has " +
                      std::to_string(groups.columnCount()));
  for (const RunGroup& group : groups.groups)
    for (const RunPart& part : group.parts) {
      const RunHemisphere* hemisphere = layout.hemisphere(part.subject, part.hemisphere);
      if (!hemisphere) refuse(where, "group " + group.id + " is of a hemisphere that groups.json does not list");
      for (size_t i = 0; i < part.columnCount; ++i)
        if (columns[part.offset + i] >= hemisphere->columnCount)
          refuse(where, "column " + std::to_string(columns[part.offset + i]) + " of group " + group.id +
                            " is beyond its hemisphere's " + std::to_string(hemisphere->columnCount));
    }
}

Json toJson(const RunLayout& layout) {
  Json json{
      {"version", kVersion}, {"cohorts", Json::array()}, {"hemispheres", Json::array()}, {"skipped", Json::array()}};
  for (const RunCohort& cohort : layout.cohorts) {
    Json groups = Json::array();
    for (const RunGroup& group : cohort.groups) groups.push_back(groupToJson(group));
    json["cohorts"].push_back({{"id", cohort.id}, {"groups", std::move(groups)}});
  }
  for (const RunHemisphere& entry : layout.hemispheres)
    json["hemispheres"].push_back(
        {{"subject", entry.subject}, {"hemisphere", toString(entry.hemisphere)}, {"columns", entry.columnCount}});
  for (const RunSkipped& entry : layout.skipped)
    json["skipped"].push_back({{"id", entry.id}, {"reason", entry.reason}});
  return json;
}

RunLayout layoutFromJson(const Json& json, const std::string& where) {
  try {
    return parseLayout(json, where);
  } catch (const nlohmann::json::exception& wrong) {
    refuse(where, wrong.what());
  }
}

}  // namespace corticast
