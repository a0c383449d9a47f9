#include "core/data/problem.h"

namespace corticast {

std::string_view toString(Severity severity) {
  return severity == Severity::Error ? "error" : "warning";
}

std::string toLine(const Problem& problem) {
  std::string line = std::string(toString(problem.severity)) + ": " + problem.file + " (" + problem.place +
                     "): " + problem.reason + "; " + problem.remedy;
  if (!problem.leftOut.empty()) line += " [left out: " + problem.leftOut + "]";
  return line;
}

}  // namespace corticast
