#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/data/problem.h"

namespace corticast::internal {

/// Collects what is wrong while a study is read; paths become relative to its root.
class ProblemList {
 public:
  explicit ProblemList(std::filesystem::path root) : m_root(std::move(root)) {}

  struct Text {
    std::string place;
    std::string reason;
    std::string remedy;
  };
  void error(const std::filesystem::path& file, Text text, std::string leftOut);
  void warning(const std::filesystem::path& file, Text text);
  /// What a reader threw about `file`; an empty `leftOut` makes it a warning.
  void failed(const std::filesystem::path& file, std::string place, const Error& failure, std::string leftOut);

  /// The words for a reader's failure; a missing file is said in our own.
  [[nodiscard]] static Text textOf(const std::filesystem::path& file, std::string place, const Error& failure);

  [[nodiscard]] const std::vector<Problem>& problems() const { return m_problems; }
  void append(const ProblemList& other);

 private:
  [[nodiscard]] std::string relative(const std::filesystem::path& file) const;
  std::filesystem::path m_root;
  std::vector<Problem> m_problems;
};

}  // namespace corticast::internal
