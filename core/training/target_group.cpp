#include "core/training/target_group.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/models/architecture.h"
#include "core/training/plan.h"

namespace corticast {
namespace {

Error cannotCut(const std::string& where, const std::string& why, const std::string& remedy) {
  return Error({.what = "cut target groups", .where = where, .why = why, .remedy = remedy});
}

/// Cuts one hemisphere of one subject after another and notes which overrides met something.
class Cutter {
 public:
  Cutter(const Plan& plan, const Study& study) : m_plan(plan), m_study(study), m_isMet(plan.overrides.size()) {}

  void cut(const Subject& subject, const HemisphereData& data) {
    if (m_plan.focus == "roi") return cutRois(subject, data);
    TargetGroup group = start(subject, data, m_plan.focus == "all-rois" ? "all-rois" : "hemisphere",
                              m_plan.focus == "all-rois" ? "all ROIs" : "whole hemisphere");
    if (m_plan.focus == "all-rois") {
      std::set<uint32_t> columns;
      for (const Roi& roi : data.rois)
        if (isWanted(roi)) columns.insert(roi.columns.begin(), roi.columns.end());
      group.parts[0].columns.assign(columns.begin(), columns.end());
    } else {
      for (uint32_t column = 0; column < data.vertices.size(); ++column) group.parts[0].columns.push_back(column);
    }
    finish(std::move(group), subject.id + " has no ROI vertex in " + toString(data.hemisphere));
  }

  TargetGroups done() {
    for (size_t i = 0; i < m_isMet.size(); ++i)
      if (!m_isMet[i])
        throw cannotCut("override " + std::to_string(i + 1) + " (" + describe(m_plan.overrides[i]) + ")",
                        "no target group of the plan matches it",
                        "names are exact; `corticast-cli info` lists subjects and ROIs");
    if (m_result.groups.empty())
      throw cannotCut(m_study.root.string(), "the plan leaves nothing to train", "choose other subjects or ROIs");
    return std::move(m_result);
  }

 private:
  void cutRois(const Subject& subject, const HemisphereData& data) {
    for (const Roi& roi : data.rois) {
      if (!isWanted(roi)) continue;
      TargetGroup group = start(subject, data, roi.name, roi.name);
      group.roi = roi.name;
      group.roiClass = roi.roiClass;
      group.parts[0].columns = roi.columns;
      finish(std::move(group), subject.id + " has no vertex of " + roi.name + " in " + toString(data.hemisphere));
    }
  }

  [[nodiscard]] bool isWanted(const Roi& roi) const {
    return m_plan.rois.empty() || std::ranges::find(m_plan.rois, roi.name) != m_plan.rois.end();
  }

  static TargetGroup start(const Subject& subject, const HemisphereData& data, const std::string& name,
                           const std::string& label) {
    const std::string side = toString(data.hemisphere);
    TargetGroup group;
    group.id = subject.id + "-" + side + "-" + name;
    std::ranges::replace(group.id, '/', '_');
    group.label = label + ", " + side + ", " + subject.id;
    group.parts.push_back({subject.id, data.hemisphere, {}});
    return group;
  }

  void finish(TargetGroup group, const std::string& whyEmpty) {
    const GroupNames names{group.parts[0].subject, toString(group.parts[0].hemisphere), group.roi, group.id};
    for (size_t i = 0; i < m_plan.overrides.size(); ++i)
      if (matches(m_plan.overrides[i], names)) m_isMet[i] = true;
    if (group.columnCount() == 0) {
      m_result.skipped.push_back({group.id, whyEmpty});
      return;
    }
    if (!m_ids.insert(group.id).second)
      throw cannotCut(group.id, "two target groups have this name", "rename one of the ROIs in the study's label maps");
    group.settings = groupSettingsFromJson(settingsFor(m_plan, names), group.id);
    m_result.groups.push_back(std::move(group));
  }

  static std::string describe(const Override& each) {
    std::vector<std::string> parts;
    for (const std::string& part : {each.subject, each.hemisphere, each.roi, each.id})
      if (!part.empty()) parts.push_back(part);
    return parts.empty() ? "any" : join(parts, "/");
  }

  const Plan& m_plan;
  const Study& m_study;
  std::vector<bool> m_isMet;
  std::set<std::string> m_ids;
  TargetGroups m_result;
};

void requireRois(const Plan& plan, const Study& study) {
  std::set<std::string> known;
  for (const Subject& subject : study.subjects)
    for (const HemisphereData& data : subject.hemispheres)
      for (const Roi& roi : data.rois) known.insert(roi.name);
  for (const std::string& name : plan.rois)
    if (!known.contains(name))
      throw cannotCut(name, "the study has no ROI of this name",
                      "known ones are " + join(std::vector<std::string>(known.begin(), known.end()), ", "));
}

}  // namespace

size_t TargetGroup::columnCount() const {
  size_t count = 0;
  for (const TargetPart& part : parts) count += part.columns.size();
  return count;
}

TargetGroups cutTargetGroups(const Plan& plan, const Study& study) {
  requireRois(plan, study);
  for (const std::string& id : plan.subjects) (void)study.subject(id);
  const auto isWanted = [](const auto& wanted, const auto& value) {
    return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
  };
  Cutter cutter(plan, study);
  for (const Subject& subject : study.subjects) {
    if (!isWanted(plan.subjects, subject.id)) continue;
    for (const HemisphereData& data : subject.hemispheres)
      if (isWanted(plan.hemispheres, data.hemisphere)) cutter.cut(subject, data);
  }
  return cutter.done();
}

std::vector<Cohort> cohortsOf(const std::vector<TargetGroup>& groups) {
  std::vector<Cohort> cohorts;
  std::map<std::string, size_t> byKey, perSubject;
  for (size_t g = 0; g < groups.size(); ++g) {
    const GroupSettings& s = groups[g].settings;
    const std::string& subject = groups[g].parts.front().subject;
    const bool isStepwise = s.solver == "adamw";
    const Json key = {subject,
                      s.embedding,
                      s.backbone,
                      s.layer,
                      s.standardise,
                      s.pca,
                      isStepwise,
                      isStepwise ? s.batchSize : 0,
                      static_cast<int>(architecture(s.architecture).kind)};
    const auto [entry, isNew] = byKey.try_emplace(key.dump(), cohorts.size());
    if (isNew) {
      const size_t number = ++perSubject[subject];
      cohorts.push_back({number == 1 ? subject : subject + "-" + std::to_string(number), {}});
    }
    cohorts[entry->second].groups.push_back(g);
  }
  return cohorts;
}

}  // namespace corticast
