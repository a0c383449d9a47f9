#pragma once
#include <string>
#include <vector>

namespace corticast::testing {

/// What a program left behind.
struct ProgramResult {
  int exitCode = -1;  ///< -1: it was ended by a signal or could not be started
  std::string out;    ///< all of stdout
  std::string err;    ///< all of stderr
};

/// Runs `program` (a path) with `arguments` and waits for its end.
[[nodiscard]] ProgramResult runProgram(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace corticast::testing
