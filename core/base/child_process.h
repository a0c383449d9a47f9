#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace corticast {

/// The corticast-cli that belongs to the running program: $CORTICAST_CLI, or beside it. Throws Error when missing.
[[nodiscard]] std::filesystem::path findCli();

struct ChildLimits {
  double seconds = 60;       ///< of the clock, and of computing
  uint64_t memoryBytes = 0;  ///< of address space; 0: as much as there is
};

/// How a child process ended: by itself, by a signal, or killed by us because its time was over.
struct ChildEnd {
  int exitCode = 0;
  int signal = 0;
  bool isTooLong = false;
  /// "ended with exit code 1", "was ended by signal 11 (Segmentation fault)", "took longer than 60 s"
  [[nodiscard]] std::string text(const ChildLimits& limits) const;
  [[nodiscard]] bool isOrderly() const { return signal == 0 && !isTooLong; }
};

/// Runs a program that may crash or hang, without input and output, and waits for its end. Throws Error when it cannot
/// be started.
[[nodiscard]] ChildEnd runLimited(const std::vector<std::string>& arguments, const ChildLimits& limits);

}  // namespace corticast
