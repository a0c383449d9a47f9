#include "core/training/target_names.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "core/base/text.h"

namespace corticast {
namespace {

Error wrongVertex(std::string_view text, const std::string& where, const std::string& why) {
  return Error({.what = "read the name of a vertex",
                .where = where,
                .why = "\"" + std::string(text) + "\" " + why,
                .remedy = "write lh:73122 (fsaverage), rh:c512 (challenge column) or subj01/lh:73122"});
}

Error wrongGroup(const std::string& where, const std::string& why) {
  return Error({.what = "read groups of ROIs",
                .where = where,
                .why = why,
                .remedy = "write faces: OFA, FFA-1; places: PPA, rh/RSC"});
}

std::string trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\n") - first + 1));
}

bool isFit(const std::string& name) {
  const std::string letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  return !name.empty() && name.find_first_not_of(letters + "-_.") == std::string::npos &&
         letters.find(name.front()) != std::string::npos && letters.find(name.back()) != std::string::npos;
}

}  // namespace

std::string toString(const VertexName& vertex) {
  return (vertex.subject.empty() ? "" : vertex.subject + "/") + toString(vertex.hemisphere) + ":" +
         (vertex.isColumn ? "c" : "") + std::to_string(vertex.index);
}

VertexName parseVertexName(std::string_view text, const std::string& where) {
  VertexName vertex;
  std::string_view rest = text;
  if (const size_t slash = rest.find('/'); slash != std::string_view::npos) {
    vertex.subject = rest.substr(0, slash);
    if (vertex.subject.empty()) throw wrongVertex(text, where, "names no subject before the /");
    rest.remove_prefix(slash + 1);
  }
  const size_t colon = rest.find(':');
  if (colon == std::string_view::npos) throw wrongVertex(text, where, "has no colon after the hemisphere");
  vertex.hemisphere = parseHemisphere(rest.substr(0, colon), where);
  rest.remove_prefix(colon + 1);
  vertex.isColumn = rest.starts_with('c');
  if (vertex.isColumn) rest.remove_prefix(1);
  const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), vertex.index);
  if (failure != std::errc{} || end != rest.data() + rest.size())
    throw wrongVertex(text, where, "has no whole number after the colon");
  return vertex;
}

std::vector<VertexName> parseVertexNames(std::string_view text, const std::string& where) {
  std::vector<VertexName> vertices;
  for (size_t first = 0; (first = text.find_first_not_of(", \t\n", first)) != std::string_view::npos;) {
    const size_t end = std::min(text.find_first_of(", \t\n", first), text.size());
    vertices.push_back(parseVertexName(text.substr(first, end - first), where));
    first = end;
  }
  return vertices;
}

std::vector<RoiGroup> parseRoiGroups(std::string_view text, const std::string& where) {
  std::vector<RoiGroup> groups;
  for (const std::string& entry : split(text, ';')) {
    if (trimmed(entry).empty()) continue;
    const size_t colon = entry.find(':');
    if (colon == std::string::npos) throw wrongGroup(where, "\"" + trimmed(entry) + "\" has no colon after its name");
    RoiGroup group{.name = trimmed(entry.substr(0, colon)), .rois = {}};
    for (const std::string& roi : split(entry.substr(colon + 1), ','))
      if (const std::string name = trimmed(roi); !name.empty()) group.rois.push_back(name);
    groups.push_back(std::move(group));
  }
  requireSense(groups, where);
  return groups;
}

std::string toString(const std::vector<RoiGroup>& groups) {
  std::vector<std::string> texts;
  for (const RoiGroup& group : groups) texts.push_back(group.name + ": " + join(group.rois, ", "));
  return join(texts, "; ");
}

void requireSense(const std::vector<RoiGroup>& groups, const std::string& where) {
  std::set<std::string> names;
  for (const RoiGroup& group : groups) {
    if (!isFit(group.name))
      throw wrongGroup(where, "\"" + group.name + "\" is no name: letters and digits, with - _ . in between");
    if (!names.insert(group.name).second) throw wrongGroup(where, "two groups are called \"" + group.name + "\"");
    if (group.rois.empty()) throw wrongGroup(where, "\"" + group.name + "\" has no ROI");
    for (const std::string& roi : group.rois)
      if (roiMember(roi).roi.empty()) throw wrongGroup(where, "\"" + group.name + "\" has an ROI without a name");
  }
}

RoiMember roiMember(const std::string& text) {
  if (text.starts_with("lh/")) return {.isLeft = true, .isRight = false, .roi = text.substr(3)};
  if (text.starts_with("rh/")) return {.isLeft = false, .isRight = true, .roi = text.substr(3)};
  return {.isLeft = true, .isRight = true, .roi = text};
}

}  // namespace corticast
