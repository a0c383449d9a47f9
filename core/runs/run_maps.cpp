#include "core/runs/run_maps.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/base/error.h"
#include "core/formats/npy.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;

bool hasGroup(const RunLayout& layout, const std::string& id) {
  for (const RunCohort& cohort : layout.cohorts)
    for (const RunGroup& group : cohort.groups)
      if (group.id == id) return true;
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
                                     const EpochOf& epochOf) const {
  if (!group.empty() && !hasGroup(m_layout, group))
    throw Error(ErrorParts{.what = "read the correlations of a run",
                           .where = m_folder.path().string(),
                           .why = "it has no group \"" + group + "\"",
                           .remedy = "choose one of groups.json"});
  const RunHemisphere* whole = m_layout.hemisphere(subject, hemisphere);
  if (!whole) return {};
  std::vector<float> map(whole->columnCount, std::numeric_limits<float>::quiet_NaN());
  for (size_t c = 0; c < m_layout.cohorts.size(); ++c) {
    std::map<int, std::vector<float>> files;
    for (size_t g = 0; g < m_layout.cohorts[c].groups.size(); ++g) {
      const RunGroup& entry = m_layout.cohorts[c].groups[g];
      if ((!group.empty() && entry.id != group) || !touches(entry, subject, hemisphere)) continue;
      const int epoch = epochOf(c, g);
      if (epoch <= 0) continue;
      if (!files.contains(epoch)) files[epoch] = readEpoch(c, epoch);
      for (const RunPart& part : entry.parts) {
        if (part.subject != subject || part.hemisphere != hemisphere) continue;
        for (size_t i = part.offset; i < part.offset + part.columnCount; ++i) {
          float& value = map[m_layout.columns[c][i]];
          // fmax passes over NaN.
          value = std::fmax(value, files[epoch][i]);
        }
      }
    }
  }
  return map;
}

std::vector<float> RunMaps::correlation(const std::string& subject, Hemisphere hemisphere, int epoch,
                                        const std::string& group) const {
  std::vector<int> last;
  for (const RunCohort& cohort : m_layout.cohorts)
    last.push_back(fs::exists(m_folder.epochFile(cohort.id, epoch)) ? epoch : std::min(epoch, lastEpochOf(cohort)));
  return assemble(subject, hemisphere, group, [&](size_t cohort, size_t) { return last[cohort]; });
}

std::vector<float> RunMaps::bestCorrelation(const std::string& subject, Hemisphere hemisphere,
                                            const RunSnapshot& snapshot, const std::string& group) const {
  return assemble(subject, hemisphere, group, [&](size_t cohort, size_t index) {
    const bool isKnown = cohort < snapshot.curves.size() && index < snapshot.curves[cohort].size();
    return isKnown ? snapshot.curves[cohort][index].bestEpoch : 0;
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
