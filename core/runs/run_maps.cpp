#include "core/runs/run_maps.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>

#include "core/base/error.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/npy.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;

bool hasGroup(const RunLayout& layout, const std::string& id) {
  for (const RunCohort& cohort : layout.cohorts)
    for (const RunGroup& group : cohort.groups)
      if (group.id == id || group.targetId() == id) return true;
  return false;
}

bool touches(const RunGroup& group, const std::string& subject, Hemisphere hemisphere) {
  return std::any_of(group.parts.begin(), group.parts.end(),
                     [&](const RunPart& part) { return part.subject == subject && part.hemisphere == hemisphere; });
}

}  // namespace

RunMaps::RunMaps(RunFolder folder, RunLayout layout) : m_folder(std::move(folder)), m_layout(std::move(layout)) {}

std::vector<float> RunMaps::readEpoch(size_t cohort, int epoch) const {
  const fs::path file = m_folder.epochFile(m_layout.cohorts[cohort].id, epoch);
  std::vector<float> values = readNpyVector<float>(file);
  if (values.size() != m_layout.columns.at(cohort).size())
    throw Error(ErrorParts{.what = "read the correlations of an epoch",
                           .where = file.string(),
                           .why = "it has " + std::to_string(values.size()) + " values; the run has " +
                                  std::to_string(m_layout.columns[cohort].size()) + " columns",
                           .remedy = "the file was changed or damaged; look at another epoch"});
  return values;
}

std::vector<float> RunMaps::assemble(const std::string& subject, Hemisphere hemisphere, const std::string& group,
                                     const ValuesOf& valuesOf) const {
  if (!group.empty() && !hasGroup(m_layout, group))
    throw Error(ErrorParts{.what = "read the correlations of a run",
                           .where = m_folder.path().string(),
                           .why = "it has no group \"" + group + "\"",
                           .remedy = "choose one of groups.json"});
  const RunHemisphere* whole = m_layout.hemisphere(subject, hemisphere);
  if (!whole) return {};
  std::vector<float> map(whole->columnCount, std::numeric_limits<float>::quiet_NaN());
  for (const auto& [c, g] : m_layout.targets()) {
    const RunGroup& target = m_layout.cohorts[c].groups[g];
    if (!touches(target, subject, hemisphere)) continue;
    auto groups = m_layout.groupsOf(target.targetId());
    if (!group.empty() && group != target.targetId())
      std::erase_if(groups, [&](const auto& at) { return m_layout.cohorts[at.first].groups[at.second].id != group; });
    if (groups.empty()) continue;
    const std::vector<float> values = valuesOf(groups);
    if (values.empty()) continue;
    for (const RunPart& part : target.parts) {
      if (part.subject != subject || part.hemisphere != hemisphere) continue;
      for (size_t i = part.offset; i < part.offset + part.columnCount; ++i) {
        float& value = map[m_layout.columns[c][i]];
        // fmax passes over NaN.
        value = std::fmax(value, values.at(i - target.parts.front().offset));
      }
    }
  }
  return map;
}

RunMaps::ValuesOf RunMaps::meanOver(const EpochOf& epochOf) const {
  // Files that several targets share are read once for a map.
  const auto files = std::make_shared<std::map<std::pair<size_t, int>, std::vector<float>>>();
  return [this, epochOf, files](const std::vector<std::pair<size_t, size_t>>& groups) {
    std::vector<double> sum;
    std::vector<int> count;
    for (const auto& [c, g] : groups) {
      const int epoch = epochOf(c, g);
      if (epoch <= 0) continue;
      const RunGroup& group = m_layout.cohorts[c].groups[g];
      auto& file = (*files)[{c, epoch}];
      if (file.empty()) file = readEpoch(c, epoch);
      sum.resize(group.columnCount());
      count.resize(group.columnCount());
      for (size_t i = 0; i < sum.size(); ++i) {
        const float value = file[group.parts.front().offset + i];
        if (std::isnan(value)) continue;
        sum[i] += static_cast<double>(value);
        ++count[i];
      }
    }
    std::vector<float> mean;
    for (size_t i = 0; i < sum.size(); ++i)
      mean.push_back(count[i] > 0 ? static_cast<float>(sum[i] / count[i]) : std::numeric_limits<float>::quiet_NaN());
    return mean;
  };
}

std::vector<float> RunMaps::correlation(const std::string& subject, Hemisphere hemisphere, int epoch,
                                        const std::string& group) const {
  std::vector<int> last;
  for (const RunCohort& cohort : m_layout.cohorts)
    last.push_back(fs::exists(m_folder.epochFile(cohort.id, epoch)) ? epoch : std::min(epoch, lastEpochOf(cohort)));
  return assemble(subject, hemisphere, group, meanOver([&](size_t cohort, size_t) { return last[cohort]; }));
}

std::vector<float> RunMaps::bestCorrelation(const std::string& subject, Hemisphere hemisphere,
                                            const RunSnapshot& snapshot, const std::string& group) const {
  const ValuesOf best = meanOver([&](size_t cohort, size_t index) {
    const bool isKnown = cohort < snapshot.curves.size() && index < snapshot.curves[cohort].size();
    return isKnown ? snapshot.curves[cohort][index].bestEpoch : 0;
  });
  if (!m_layout.hasFolds() || snapshot.state.status != RunStatus::Done)
    return assemble(subject, hemisphere, group, best);
  const Hdf5File scores = Hdf5File::open(m_folder.scoresFile());
  return assemble(subject, hemisphere, group, [&](const std::vector<std::pair<size_t, size_t>>& groups) {
    if (groups.size() == 1) return best(groups);  // one fold by its own name
    const auto& [c, g] = groups.front();
    const std::string name = "/correlation/" + m_layout.cohorts[c].groups[g].targetId();
    return scores.has(name) ? scores.read<float>(name) : std::vector<float>();
  });
}

int RunMaps::lastEpochOf(const RunCohort& cohort) const {
  int low = 0;  // files are written one after another, so the last one is found by halving
  int high = cohort.maxEpochs() + 1;
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    (fs::exists(m_folder.epochFile(cohort.id, middle)) ? low : high) = middle;
  }
  return low;
}

int RunMaps::lastEpoch() const {
  int last = 0;
  for (const RunCohort& cohort : m_layout.cohorts) last = std::max(last, lastEpochOf(cohort));
  return last;
}

}  // namespace corticast
