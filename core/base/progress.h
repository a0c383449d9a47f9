#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace corticast {

/// What a long piece of work says of itself.
struct Progress {
  std::string stage;                  ///< "embed pictures"
  double fraction = 0;                ///< 0..1
  std::string detail;                 ///< "1,024 of 9,841 pictures"
  std::optional<double> secondsLeft;  ///< by the pace so far; absent until it can be told
};

using ProgressCallback = std::function<void(const Progress&)>;

/// Handed to long work: reports go out at most 20 times a second (the last one always), and `checkCancelled`
/// throws Cancelled once the owner asked to stop. One thread at a time.
///
///     void embed(..., ProgressReporter& progress) {
///       progress.begin("embed pictures", pictures.size(), "pictures");
///       for (...) { progress.checkCancelled(); ...; progress.advance(); }
///     }
class ProgressReporter {
 public:
  /// Reports nowhere and is never cancelled.
  ProgressReporter() = default;
  explicit ProgressReporter(ProgressCallback callback, std::stop_token stop = {});

  void begin(std::string stage, size_t total, std::string unit);
  void advance(size_t count = 1);
  void checkCancelled() const;
  [[nodiscard]] bool isCancelled() const { return m_stop.stop_requested(); }
  [[nodiscard]] std::stop_token stopToken() const { return m_stop; }

 private:
  using Clock = std::chrono::steady_clock;
  void report();

  ProgressCallback m_callback;
  std::stop_token m_stop;
  std::string m_stage;
  std::string m_unit;
  size_t m_total = 0;
  size_t m_done = 0;
  Clock::time_point m_started;
  Clock::time_point m_reported;
};

}  // namespace corticast
