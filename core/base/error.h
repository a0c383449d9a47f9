#pragma once
#include <stdexcept>
#include <string>
#include <string_view>

namespace corticast {

/// An expected failure, in the four parts a person needs: what was being done, on which file or object,
/// what is wrong there, and what to do about it.
///
///     throw Error({.what = "read responses", .where = path.string(),
///                  .why = "float16 values; float32 or float64 are needed",
///                  .remedy = "convert the file with numpy.save(path, array.astype('float32'))"});
///
/// The programs print it as `error: WHAT: WHERE: WHY; REMEDY`.
struct ErrorParts {
  std::string what;
  std::string where;
  std::string why;
  std::string remedy;
};

class Error : public std::runtime_error {
 public:
  explicit Error(ErrorParts parts);

  [[nodiscard]] const ErrorParts& parts() const { return m_parts; }

  /// The same failure seen from one layer further out: `context` goes in front of WHAT.
  [[nodiscard]] Error within(std::string_view context) const;

 private:
  ErrorParts m_parts;
};

/// Raised inside long work when its stop token was triggered; unwinds to the job's owner. Not a failure.
class Cancelled : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override { return "cancelled"; }
};

/// Text of the current errno, e.g. "No space left on device".
[[nodiscard]] std::string systemReason();
[[nodiscard]] std::string systemReason(int errorNumber);

/// A promise of the program itself is broken: logs the place, aborts in tests (CORTICAST_ABORT_ON_BUG=1),
/// otherwise runs `action` (e.g. `return`).
#define CORTICAST_ASSERT(condition, action)                           \
  if (condition) [[likely]] {                                         \
  } else {                                                            \
    ::corticast::reportBrokenPromise(#condition, __FILE__, __LINE__); \
    action;                                                           \
  }                                                                   \
  static_assert(true)
void reportBrokenPromise(const char* condition, const char* file, int line);

}  // namespace corticast
