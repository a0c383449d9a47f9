#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "core/base/json.h"
#include "core/runs/process_identity.h"

namespace corticast {

struct LeaseRules {
  std::chrono::seconds staleAfter{60};
  /// The file system's clock by default: all heartbeats and their reading use the same one, so clocks of hosts that
  /// disagree do no harm. Tests give their own.
  std::function<std::filesystem::file_time_type()> now;
};

/// Who may write a run folder. Exactly one process at a time holds the lease of a folder, also on shared disks
/// without working locks.
///
/// lease/<number>.json are created with O_EXCL, which only one process can do; the greatest number counts. A lease
/// that was released, or whose holder is dead, or (where that cannot be seen: another host or container) that had no
/// heartbeat for `staleAfter`, is taken over by creating the next number. lease.json is a copy for people, its
/// modification time the heartbeat.
///
///     Lease lease = Lease::claim(folder);       // throws Error naming the holder
///     every 10 s: lease.heartbeat();            // false: somebody else took it over, stop writing at once
class Lease {
 public:
  static constexpr std::chrono::seconds kHeartbeat{10};

  [[nodiscard]] static Lease claim(const std::filesystem::path& folder, LeaseRules rules = {});
  /// Nothing while somebody holds it.
  [[nodiscard]] static std::optional<Lease> tryClaim(const std::filesystem::path& folder, LeaseRules rules = {});
  /// Gives it back.
  ~Lease();
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&&) = delete;

  /// Says that the holder lives. False when the lease is lost. Does not throw: a disk that is slow or full for a
  /// moment must not end a training.
  [[nodiscard]] bool heartbeat() const noexcept;
  /// The folder was moved (to the trash and back); the lease moves with it.
  void folderMoved(const std::filesystem::path& folder) { m_folder = folder; }

 private:
  Lease(std::filesystem::path folder, uint64_t number, LeaseRules rules);

  std::filesystem::path m_folder;
  uint64_t m_number = 0;  ///< 0: moved from
  LeaseRules m_rules;
};

struct LeaseStatus {
  bool isHeld = false;   ///< somebody is at work
  bool isStale = false;  ///< somebody was, and ended without giving it back
  ProcessIdentity holder;
  double secondsSinceHeartbeat = 0;
};
/// Looks at a folder's lease without writing. Never throws; no lease is one that is not held.
[[nodiscard]] LeaseStatus leaseOf(const std::filesystem::path& folder, const LeaseRules& rules = {});

/// "process 4711 on node12 (Slurm job 88)"
[[nodiscard]] std::string describe(const ProcessIdentity& process);

}  // namespace corticast
