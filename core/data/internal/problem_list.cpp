#include "core/data/internal/problem_list.h"

namespace corticast::internal {

std::string ProblemList::relative(const std::filesystem::path& file) const {
  const std::string text = file.lexically_relative(m_root).string();
  return text.empty() ? file.string() : text;
}

void ProblemList::error(const std::filesystem::path& file, Text text, std::string leftOut) {
  m_problems.push_back({Severity::Error, relative(file), std::move(text.place), std::move(text.reason),
                        std::move(text.remedy), std::move(leftOut)});
}

void ProblemList::warning(const std::filesystem::path& file, Text text) {
  m_problems.push_back(
      {Severity::Warning, relative(file), std::move(text.place), std::move(text.reason), std::move(text.remedy), {}});
}

ProblemList::Text ProblemList::textOf(const std::filesystem::path& file, std::string place, const Error& failure) {
  std::error_code ignored;
  if (std::filesystem::symlink_status(file, ignored).type() == std::filesystem::file_type::not_found)
    return {"whole file", "the file is missing", "restore it from the original download"};
  return {std::move(place), failure.parts().why, failure.parts().remedy};
}

void ProblemList::failed(const std::filesystem::path& file, std::string place, const Error& failure,
                         std::string leftOut) {
  Text text = textOf(file, std::move(place), failure);
  if (leftOut.empty()) {
    warning(file, std::move(text));
  } else {
    error(file, std::move(text), std::move(leftOut));
  }
}

void ProblemList::append(const ProblemList& other) {
  m_problems.insert(m_problems.end(), other.m_problems.begin(), other.m_problems.end());
}

}  // namespace corticast::internal
