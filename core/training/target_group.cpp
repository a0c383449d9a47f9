#include "core/training/target_group.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

namespace corticast {

size_t TargetGroup::columnCount() const {
  size_t count = 0;
  for (const TargetPart& part : parts) count += part.columns.size();
  return count;
}

size_t TargetGroup::outputCount() const {
  size_t count = 0;
  for (const TargetPart& part : parts)
    count = part.outputs.empty() ? count + part.columns.size() : std::max<size_t>(count, part.outputs.back() + 1);
  return count;
}

std::vector<uint32_t> TargetGroup::outputsOf(size_t part) const {
  if (!parts.at(part).outputs.empty()) return parts[part].outputs;
  size_t first = 0;
  for (size_t before = 0; before < part; ++before) first += parts[before].columns.size();
  std::vector<uint32_t> outputs(parts[part].columns.size());
  std::iota(outputs.begin(), outputs.end(), static_cast<uint32_t>(first));
  return outputs;
}

std::vector<std::string> TargetGroup::subjects() const {
  std::set<std::string> ids;
  for (const TargetPart& part : parts) ids.insert(part.subject);
  return {ids.begin(), ids.end()};
}

std::vector<Cohort> cohortsOf(const std::vector<TargetGroup>& groups) {
  std::vector<Cohort> cohorts;
  std::map<std::string, size_t> byKey, perName;
  for (size_t g = 0; g < groups.size(); ++g) {
    const GroupSettings& s = groups[g].settings;
    const std::vector<std::string> subjects = groups[g].subjects();
    const std::string name = subjects.size() == 1 ? subjects.front() : "cross";
    const TrainerKind kind = trainerKindOf(s);
    const Json key = {name,
                      s.embedding,
                      s.backbone,
                      s.layer,
                      s.standardise,
                      s.pca,
                      static_cast<int>(kind),
                      kind == TrainerKind::Linear ? s.batchSize : 0};
    const auto [entry, isNew] = byKey.try_emplace(key.dump(), cohorts.size());
    if (isNew) {
      const size_t number = ++perName[name];
      cohorts.push_back({number == 1 ? name : name + "-" + std::to_string(number), {}, {}});
    }
    Cohort& cohort = cohorts[entry->second];
    cohort.groups.push_back(g);
    std::set<std::string> all(cohort.subjects.begin(), cohort.subjects.end());
    all.insert(subjects.begin(), subjects.end());
    cohort.subjects.assign(all.begin(), all.end());
  }
  return cohorts;
}

}  // namespace corticast
