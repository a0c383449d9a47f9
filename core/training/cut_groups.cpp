#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/training/plan.h"
#include "core/training/target_group.h"

namespace corticast {
namespace {

Error cannotCut(const std::string& where, const std::string& why, const std::string& remedy) {
  return Error({.what = "cut target groups", .where = where, .why = why, .remedy = remedy});
}

using Columns = std::vector<uint32_t>;
using Subjects = std::vector<const Subject*>;

/// Which columns of any hemisphere belong to a group.
struct Selection {
  std::string idName;  ///< "OFA", "all-rois", "v73122"
  std::string label;   ///< "OFA", "all ROIs", "vertex 73,122"
  std::string name;    ///< as TargetGroup
  std::string roi;
  std::string roiClass;
  std::string lack;  ///< "vertex of OFA"
  std::function<Columns(const Subject&, const HemisphereData&)> columns;
};

template <typename T>
bool isWanted(const std::vector<T>& wanted, const T& value) {
  return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

std::vector<Hemisphere> wantedSides(const Plan& plan) {
  std::vector<Hemisphere> sides;
  for (const Hemisphere side : kHemispheres)
    if (isWanted(plan.hemispheres, side)) sides.push_back(side);
  return sides;
}

Selection wholeHemisphere() {
  return {"hemisphere", "whole hemisphere", "", "", "", "vertex", [](const Subject&, const HemisphereData& data) {
            Columns columns;
            for (uint32_t column = 0; column < data.vertices.size(); ++column) columns.push_back(column);
            return columns;
          }};
}

/// The columns of all ROIs that `isMember` takes, each once.
template <typename IsMember>
Columns unionOf(const HemisphereData& data, const IsMember& isMember) {
  std::set<uint32_t> columns;
  for (const Roi& roi : data.rois)
    if (isMember(roi)) columns.insert(roi.columns.begin(), roi.columns.end());
  return {columns.begin(), columns.end()};
}

Selection allRois(const Plan& plan) {
  return {"all-rois", "all ROIs", "", "", "", "ROI vertex", [&plan](const Subject&, const HemisphereData& data) {
            return unionOf(data, [&](const Roi& roi) { return isWanted(plan.rois, roi.name); });
          }};
}

Selection singleRoi(const Roi& roi) {
  return {roi.name,
          roi.name,
          roi.name,
          roi.name,
          roi.roiClass,
          "vertex of " + roi.name,
          [name = roi.name](const Subject&, const HemisphereData& data) {
            const Roi* found = data.roi(name);
            return found ? found->columns : Columns{};
          }};
}

Selection roiGroup(const RoiGroup& group) {
  return {group.name,
          group.name,
          group.name,
          "",
          "",
          "vertex of " + join(group.rois, ", "),
          [members = group.rois](const Subject&, const HemisphereData& data) {
            return unionOf(data, [&](const Roi& roi) {
              return std::ranges::any_of(members, [&](const std::string& text) {
                const RoiMember member = roiMember(text);
                return member.roi == roi.name && (data.hemisphere == Hemisphere::Left ? member.isLeft : member.isRight);
              });
            });
          }};
}

/// fsaverage index that a name means for a subject; none where the subject has no such column.
std::optional<uint32_t> vertexOf(const VertexName& name, const Subject& subject) {
  const HemisphereData* data = subject.hemisphere(name.hemisphere);
  if (!data || (!name.subject.empty() && name.subject != subject.id)) return {};
  if (!name.isColumn) return name.index;
  if (name.index >= data->vertices.size()) return {};
  return data->vertices[name.index];
}

Selection singleVertex(const VertexName& name, uint32_t vertex) {
  const std::string number = std::to_string(vertex);
  return {"v" + number,
          "vertex " + number,
          toString(name),
          "",
          "",
          "vertex " + number + " (it is outside the challenge space)",
          [name, vertex](const Subject& subject, const HemisphereData& data) {
            if (!name.subject.empty() && name.subject != subject.id) return Columns{};
            const auto found = std::ranges::lower_bound(data.vertices, vertex);
            if (found == data.vertices.end() || *found != vertex) return Columns{};
            return Columns{static_cast<uint32_t>(found - data.vertices.begin())};
          }};
}

/// The ROIs of some subjects in a side or both, in the study's order, that the plan wants.
std::vector<Selection> roiSelections(const Plan& plan, const Subjects& subjects, const std::vector<Hemisphere>& sides) {
  std::vector<Selection> selections;
  std::set<std::string> known;
  for (const Subject* subject : subjects)
    for (const Hemisphere side : sides)
      if (const HemisphereData* data = subject->hemisphere(side))
        for (const Roi& roi : data->rois)
          if (isWanted(plan.rois, roi.name) && known.insert(roi.name).second) selections.push_back(singleRoi(roi));
  return selections;
}

/// One output per vertex of fsaverage that any part has, lh before rh.
void shareOutputs(TargetGroup& group) {
  std::map<std::pair<Hemisphere, uint32_t>, uint32_t> outputs;
  for (const TargetPart& part : group.parts)
    for (const uint32_t vertex : part.vertices) outputs.try_emplace({part.hemisphere, vertex}, 0);
  uint32_t next = 0;
  for (auto& [vertex, output] : outputs) output = next++;
  for (TargetPart& part : group.parts)
    for (const uint32_t vertex : part.vertices) part.outputs.push_back(outputs.at({part.hemisphere, vertex}));
}

/// Cuts one group after another and notes which overrides met something.
class Cutter {
 public:
  Cutter(const Plan& plan, const Study& study) : m_plan(plan), m_study(study), m_isMet(plan.overrides.size()) {}

  /// All groups of these subjects: one subject, or those that share models.
  void cut(const Subjects& subjects) {
    const std::vector<Hemisphere> sides = wantedSides(m_plan);
    if (m_plan.focus == "vertex") return cutVertices(subjects, sides);
    if (m_plan.focus == "groups") return cutRoiGroups(subjects, sides);
    if (m_plan.focus == "roi-pair") return cutEach(subjects, sides, roiSelections(m_plan, subjects, sides));
    for (const Hemisphere side : sides) {
      if (std::ranges::none_of(subjects, [&](const Subject* each) { return each->hemisphere(side); })) continue;
      if (m_plan.focus == "roi")
        cutEach(subjects, {side}, roiSelections(m_plan, subjects, {side}));
      else
        add(subjects, {side}, m_plan.focus == "all-rois" ? allRois(m_plan) : wholeHemisphere());
    }
  }

  TargetGroups done() {
    for (size_t i = 0; i < m_isMet.size(); ++i)
      if (!m_isMet[i])
        throw cannotCut("override " + std::to_string(i + 1) + " (" + describe(m_plan.overrides[i]) + ")",
                        "no target group of the plan matches it",
                        "names are exact; `corticast-cli info` lists subjects and ROIs");
    if (m_result.groups.empty())
      throw cannotCut(m_study.root.string(),
                      m_result.skipped.empty() ? "the plan leaves nothing to train" : m_result.skipped.front().reason,
                      "choose other subjects, ROIs or vertices");
    return std::move(m_result);
  }

 private:
  void cutEach(const Subjects& subjects, const std::vector<Hemisphere>& sides, const std::vector<Selection>& all) {
    for (const Selection& selection : all) add(subjects, sides, selection);
  }

  void cutRoiGroups(const Subjects& subjects, const std::vector<Hemisphere>& sides) {
    for (const RoiGroup& group : m_plan.groups) {
      std::vector<Hemisphere> own;
      for (const Hemisphere side : sides)
        if (std::ranges::any_of(group.rois, [&](const std::string& text) {
              return side == Hemisphere::Left ? roiMember(text).isLeft : roiMember(text).isRight;
            }))
          own.push_back(side);
      if (own.empty())
        m_result.skipped.push_back({group.name, "its hemisphere is not among the plan's"});
      else
        add(subjects, own, roiGroup(group));
    }
  }

  void cutVertices(const Subjects& subjects, const std::vector<Hemisphere>& sides) {
    std::set<std::pair<Hemisphere, uint32_t>> known;
    for (const VertexName& name : m_plan.vertices) {
      if (std::ranges::find(sides, name.hemisphere) == sides.end()) {
        m_result.skipped.push_back({toString(name), "its hemisphere is not among the plan's"});
        continue;
      }
      std::set<uint32_t> meant;
      for (const Subject* subject : subjects)
        if (const auto vertex = vertexOf(name, *subject)) meant.insert(*vertex);
      if (meant.size() > 1)
        throw cannotCut(toString(name), "the column is another vertex of fsaverage in each subject",
                        "name the vertex by its fsaverage index, which subjects share");
      const bool isOfOthers =
          !name.subject.empty() && std::ranges::none_of(subjects, [&](auto* each) { return each->id == name.subject; });
      if (isOfOthers) continue;
      if (meant.empty())
        m_result.skipped.push_back({toString(name), subjects.front()->id + " has no such vertex"});
      else if (known.insert({name.hemisphere, *meant.begin()}).second)
        add(subjects, {name.hemisphere}, singleVertex(name, *meant.begin()));
    }
  }

  [[nodiscard]] bool isCross() const { return m_plan.crossSubject != "no"; }

  void add(const Subjects& subjects, const std::vector<Hemisphere>& sides, const Selection& selection) {
    const std::string side = sides.size() == 1 ? toString(sides.front()) : "";
    const std::string who = isCross() ? "cross" : subjects.front()->id;
    TargetGroup group;
    group.id = who + "-" + (side.empty() ? "bh" : side) + "-" + selection.idName;
    std::ranges::replace(group.id, '/', '_');
    group.name = selection.name;
    group.roi = selection.roi;
    group.roiClass = selection.roiClass;
    for (const Subject* subject : subjects)
      for (const Hemisphere each : sides)
        if (const HemisphereData* data = subject->hemisphere(each)) addPart(group, *subject, *data, selection);
    const std::string people =
        isCross() ? std::to_string(group.subjects().size()) + " subjects together" : subjects.front()->id;
    const std::string sideWords = side.empty() ? "both hemispheres" : side;
    group.label = selection.label + ", " + sideWords + ", " + people;
    if (m_plan.crossSubject == "shared-head" && group.subjects().size() > 1) shareOutputs(group);
    finish(std::move(group), {who, side, selection.name, ""},
           (isCross() ? "no subject" : who) + " has " + (isCross() ? "a " : "no ") + selection.lack + " in " +
               (side.empty() ? "either hemisphere" : side));
  }

  static void addPart(TargetGroup& group, const Subject& subject, const HemisphereData& data,
                      const Selection& selection) {
    TargetPart part{.subject = subject.id, .hemisphere = data.hemisphere, .columns = selection.columns(subject, data)};
    if (part.columns.empty()) return;
    for (const uint32_t column : part.columns) part.vertices.push_back(data.vertices[column]);
    group.parts.push_back(std::move(part));
  }

  void finish(TargetGroup group, GroupNames names, const std::string& whyEmpty) {
    names.id = group.id;
    for (size_t i = 0; i < m_plan.overrides.size(); ++i)
      if (matches(m_plan.overrides[i], names)) m_isMet[i] = true;
    if (group.parts.empty()) {
      m_result.skipped.push_back({group.id, whyEmpty});
      return;
    }
    if (!m_ids.insert(group.id).second)
      throw cannotCut(group.id, "two target groups have this name", "rename one of the ROIs in the study's label maps");
    group.settings = groupSettingsFromJson(settingsFor(m_plan, names), group.id);
    if (group.subjects().size() > 1 && trainerKindOf(group.settings) == TrainerKind::ClosedForm)
      throw cannotCut(group.id,
                      "the closed form \"" + group.settings.solver +
                          "\" cannot leave out vertices that a subject lacks, as a model of several subjects must",
                      "choose the solver adamw, or models of single subjects (crossSubject no)");
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
  const auto require = [&](const std::string& name) {
    if (!known.contains(name))
      throw cannotCut(name, "the study has no ROI of this name",
                      "known ones are " + join(std::vector<std::string>(known.begin(), known.end()), ", "));
  };
  for (const std::string& name : plan.rois) require(name);
  for (const RoiGroup& group : plan.groups)
    for (const std::string& text : group.rois) require(roiMember(text).roi);
}

void requireNames(const Plan& plan) {
  if (plan.focus == "vertex" && plan.vertices.empty())
    throw cannotCut("focus vertex", "the plan names no vertex", "set vertices, e.g. --set vertices=lh:73122");
  if (plan.focus == "groups" && plan.groups.empty())
    throw cannotCut("focus groups", "the plan names no group of ROIs",
                    "set groups, e.g. --set \"groups=faces: OFA, FFA-1\"");
}

}  // namespace

TargetGroups cutTargetGroups(const Plan& plan, const Study& study) {
  requireRois(plan, study);
  requireNames(plan);
  for (const std::string& id : plan.subjects) (void)study.subject(id);
  for (const VertexName& vertex : plan.vertices)
    if (!vertex.subject.empty()) (void)study.subject(vertex.subject);
  Subjects subjects;
  for (const Subject& subject : study.subjects)
    if (isWanted(plan.subjects, subject.id)) subjects.push_back(&subject);
  Cutter cutter(plan, study);
  if (plan.crossSubject != "no")
    cutter.cut(subjects);
  else
    for (const Subject* subject : subjects) cutter.cut({subject});
  return cutter.done();
}

}  // namespace corticast
