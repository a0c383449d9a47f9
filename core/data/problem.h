#pragma once
#include <string>
#include <string_view>

namespace corticast {

enum class Severity {
  Warning,  ///< all of the data is used, but a person should know
  Error     ///< a part of the study is left out because of it (`leftOut`)
};
[[nodiscard]] std::string_view toString(Severity severity);  ///< "warning", "error"

/// Something wrong in a study's files; never empty in file, place, reason and remedy.
struct Problem {
  Severity severity = Severity::Error;
  std::string file;     ///< relative to the study's root
  std::string place;    ///< where in the file: "header", "row 17, column 203", "label 9", "whole file"
  std::string reason;   ///< what is wrong there, with both numbers where two disagree
  std::string remedy;   ///< what the user can do
  std::string leftOut;  ///< what is not used because of it: "subj01 lh"; empty for warnings
};

/// One line: `error: subj01/...npy (header): REASON; REMEDY [left out: subj01 lh]`
[[nodiscard]] std::string toLine(const Problem& problem);

}  // namespace corticast
