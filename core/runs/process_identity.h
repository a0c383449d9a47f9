#pragma once
#include <cstdint>
#include <string>

#include "core/base/json.h"

namespace corticast {

/// Names one process for ever: a process id alone is used again after a while, and means nothing elsewhere.
struct ProcessIdentity {
  std::string host;
  std::string bootId;    ///< changes with every start of the host
  std::string pidSpace;  ///< process namespace; differs between containers of one host
  int pid = 0;
  uint64_t startTicks = 0;  ///< of the process, since boot
  std::string slurmJob;     ///< empty outside Slurm

  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

[[nodiscard]] ProcessIdentity thisProcess();

enum class Liveness { Alive, Dead, Unknown };
/// Unknown for a process that cannot be seen from here (another host or container).
[[nodiscard]] Liveness livenessOf(const ProcessIdentity& process);

[[nodiscard]] Json toJson(const ProcessIdentity& process);
/// Missing keys stay empty: a lease of another version is still a lease.
[[nodiscard]] ProcessIdentity processFromJson(const Json& json);

}  // namespace corticast
