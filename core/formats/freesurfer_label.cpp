#include "core/formats/freesurfer_label.h"

#include <charconv>
#include <cmath>
#include <string_view>

#include "core/base/error.h"
#include "core/formats/gzip.h"

namespace corticast {
namespace {

/// Takes lines and numbers off the front of a text.
class LabelText {
 public:
  LabelText(std::string_view text, std::string where) : m_rest(text), m_where(std::move(where)) {}

  [[noreturn]] void fail(const std::string& why) const {
    throw Error({.what = "read FreeSurfer label",
                 .where = m_where + ":" + std::to_string(m_line),
                 .why = why,
                 .remedy = "fetch or export the file again"});
  }
  [[nodiscard]] bool atEnd() const { return m_rest.find_first_not_of(" \t\r\n") == std::string_view::npos; }
  [[nodiscard]] std::string_view line() {
    if (m_rest.empty()) fail("it ends too early");
    const size_t end = std::min(m_rest.find('\n'), m_rest.size());
    auto taken = m_rest.substr(0, end);
    m_rest.remove_prefix(std::min(end + 1, m_rest.size()));
    ++m_line;
    if (taken.ends_with('\r')) taken.remove_suffix(1);
    return taken;
  }
  template <typename T>
  [[nodiscard]] T number(std::string_view& line) const {
    const size_t begin = line.find_first_not_of(" \t");
    line.remove_prefix(std::min(begin, line.size()));
    T value{};
    const auto [end, failure] = std::from_chars(line.data(), line.data() + line.size(), value);
    const auto used = static_cast<size_t>(end - line.data());
    if (failure != std::errc{} || (used < line.size() && line[used] != ' ' && line[used] != '\t'))
      fail("a number is missing or cannot be read");
    line.remove_prefix(used);
    return value;
  }
  void finish(std::string_view line) const {
    if (line.find_first_not_of(" \t") != std::string_view::npos) fail("more stands on the line than belongs there");
  }

 private:
  std::string_view m_rest;
  std::string m_where;
  size_t m_line = 0;
};

void readEntry(LabelText& text, FreesurferLabel& label, int64_t vertexCount) {
  auto line = text.line();
  const auto vertex = text.number<int32_t>(line);
  if (vertex < 0) text.fail("a point has not been assigned to a vertex");
  if (vertex >= vertexCount)
    text.fail("vertex " + std::to_string(vertex) + " is not on the surface, which has " + std::to_string(vertexCount));
  label.vertices.push_back(vertex);
  auto& position = label.positions.emplace_back();
  for (float& coordinate : position) coordinate = text.number<float>(line);
  label.values.push_back(text.number<float>(line));
  text.finish(line);
}

}  // namespace

FreesurferLabel readFreesurferLabel(const std::filesystem::path& path, int64_t vertexCount) {
  const auto bytes = readBytes(path, 2'000'000'000);
  LabelText text({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path.string());
  FreesurferLabel label;
  const auto first = text.line();
  if (!first.starts_with('#')) text.fail("it does not begin with a comment line as a FreeSurfer label does");
  label.comment = first.substr(1);
  auto line = text.line();
  const auto count = text.number<int64_t>(line);
  text.finish(line);
  // The shortest entry is "0 0 0 0 0\n".
  if (count < 0 || static_cast<uint64_t>(count) > bytes.size() / 9) text.fail("its count is impossible");
  for (int64_t i = 0; i < count; ++i) readEntry(text, label, vertexCount);
  if (!text.atEnd()) text.fail("more lines follow than its count of " + std::to_string(count) + " says");
  return label;
}

}  // namespace corticast
