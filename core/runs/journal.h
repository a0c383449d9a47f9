#pragma once
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"

namespace corticast {

/// journal.jsonl: one JSON object per line, appended and never changed; the last key of each line is "crc", the CRC-32
/// (8 hexadecimal digits) of the line before `,"crc"`. Key "kind" says what a line is, "time" when it was written
/// (seconds since 1970):
///
///     started     worker, device, threads, attempt
///     stage       stage ("prepare" | "train" | "evaluate"), cohort
///     cohort      cohort, epochs (most that can come)
///     epoch       cohort, epoch, seconds, memory (bytes), and per group: trainLoss, validationLoss, learningRate,
///                 correlation (null where undefined), state ("training" ...), bestEpoch; reasons {group index: text}
///     checkpoint  step, seconds, bytes
///     event       level ("info" | "warning" | "error"), text
///     paused, cancelled, failed   reason
///     finished    correlation (mean over all columns at the groups' best epochs)
[[nodiscard]] std::string journalLine(const Json& record);

/// What a line holds; nothing (null) when it is damaged.
[[nodiscard]] Json parseJournalLine(std::string_view line);

/// Appends to a journal. One per file: the worker that holds the run's lease.
class JournalWriter {
 public:
  /// Opens or makes the file and cuts it to `length` bytes (of a checkpoint): what came later is computed again.
  /// Throws Error when it is shorter than that.
  JournalWriter(std::filesystem::path path, uint64_t length);
  ~JournalWriter();
  JournalWriter(JournalWriter&& other) noexcept;
  JournalWriter& operator=(JournalWriter&&) = delete;

  /// Adds "time" and writes the line in one go; a killed process loses nothing that was appended. On failure (disk
  /// full) the journal is as before, and Error is thrown.
  void append(Json record);
  /// Forces what was appended to the disk (power cut).
  void sync();
  [[nodiscard]] uint64_t length() const { return m_length; }

 private:
  std::filesystem::path m_path;
  int m_file = -1;
  uint64_t m_length = 0;
};

struct JournalUpdate {
  bool isReset = false;  ///< the journal was cut (a run was resumed): forget all earlier records; these are all of it
  std::vector<Json> records;
  std::vector<uint64_t> damagedLines;  ///< 1-based numbers of lines that are not what was written
};

/// Reads what was appended since the last time. A last line without its end is left for the next time.
class JournalReader {
 public:
  explicit JournalReader(std::filesystem::path path);

  /// Empty while there is no journal. Throws Error when it cannot be read.
  [[nodiscard]] JournalUpdate read();
  /// Where the next line begins.
  [[nodiscard]] uint64_t offset() const { return m_offset; }
  /// Lines read so far, damaged ones included.
  [[nodiscard]] uint64_t lines() const { return m_lines; }

 private:
  std::filesystem::path m_path;
  uint64_t m_offset = 0;
  uint64_t m_lines = 0;
  std::string m_lastLine;  ///< that ended at m_offset; another one there means that the journal was cut
};

}  // namespace corticast
