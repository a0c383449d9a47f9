#pragma once
#include <string>
#include <vector>

namespace corticast {

/// One line of a CSV file (RFC 4180), with its end: cells with commas, quotes or line ends are quoted.
[[nodiscard]] inline std::string csvRow(const std::vector<std::string>& cells) {
  std::string row;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) row += ',';
    if (cells[i].find_first_of(",\"\r\n") == std::string::npos) {
      row += cells[i];
      continue;
    }
    row += '"';
    for (const char letter : cells[i]) row += letter == '"' ? std::string("\"\"") : std::string(1, letter);
    row += '"';
  }
  return row + "\r\n";
}

}  // namespace corticast
