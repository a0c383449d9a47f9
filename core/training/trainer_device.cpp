#include "core/training/trainer_device.h"

#include <algorithm>

#include "core/base/text.h"

namespace corticast {
namespace {

/// Why models as this one are trained on the CPU alone; empty when they are not.
std::string whyOnlyCpu(const TargetGroup& group) {
  switch (trainerKindOf(group.settings)) {
    case TrainerKind::ClosedForm:
      return "closed forms are solved on it";
    case TrainerKind::Linear:
      return group.subjects().size() > 1 ? "linear models of several subjects are trained on it" : "";
    case TrainerKind::Network:
      break;
  }
  return {};
}

}  // namespace

Device trainerDevice(const std::vector<TargetGroup>& groups, const Device& chosen) {
  const std::string why = groups.empty() ? "" : whyOnlyCpu(groups.front());
  if (chosen.kind == DeviceKind::Cpu || why.empty()) return chosen;
  return {DeviceKind::Cpu, 0, "cpu (" + why + "; " + chosen.id() + " is not used)"};
}

std::string describeDevices(const std::vector<TargetGroup>& groups, const std::vector<Cohort>& cohorts,
                            const Device& chosen) {
  std::vector<std::string> lines;
  for (const Cohort& cohort : cohorts) {
    const Device own = trainerDevice({groups.at(cohort.groups.at(0))}, chosen);
    const std::string line = own.reason.empty() ? own.id() : own.reason;
    if (std::ranges::find(lines, line) == lines.end()) lines.push_back(line);
  }
  return join(lines, ", and ");
}

}  // namespace corticast
