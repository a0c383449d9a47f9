#pragma once
#include <string>
#include <vector>

#include "core/linalg/device.h"
#include "core/training/target_group.h"

namespace corticast {

/// Where the trainer of a cohort's groups computes when `chosen` is to be had: on it, or on the CPU where its kind of
/// model has no trainer for a device (closed forms, linear models of several subjects). `reason` then says why.
[[nodiscard]] Device trainerDevice(const std::vector<TargetGroup>& groups, const Device& chosen);

/// One line for a person: the devices that the cohorts of a training compute on, each once, and why.
[[nodiscard]] std::string describeDevices(const std::vector<TargetGroup>& groups, const std::vector<Cohort>& cohorts,
                                          const Device& chosen);

}  // namespace corticast
