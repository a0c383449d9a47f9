#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <stop_token>
#include <string>

#include "core/base/json.h"
#include "core/base/progress.h"

namespace corticast::cli {

/// Exit codes that scripts rely on.
enum ExitCode { kDone = 0, kFailed = 1, kWrongUsage = 2, kCheckpointed = 75, kCancelled = 130 };

/// What every command is given: the stop token that Ctrl+C triggers, and the progress line on stderr.
struct Context {
  std::stop_token stop;
  /// Reports to stderr: one line redrawn in place on a terminal, a line every few seconds elsewhere.
  [[nodiscard]] ProgressReporter progress() const;
  /// The same for work that makes its own reports.
  [[nodiscard]] ProgressCallback progressLine() const;
};

/// One line on stderr for a person ("error: ...", "warning: ...", or plain text).
void say(const std::string& text);
/// Prints one JSON document on stdout.
void printJson(const Json& value);

/// Adds a subcommand; `run` returns the exit code and may throw Error or Cancelled. The returned CLI::App takes the
/// options; whatever `run` captures must outlive parsing (use a shared_ptr to an options struct).
using Action = std::function<int(const Context&)>;
CLI::App* addCommand(CLI::App& app, const std::string& name, const std::string& help, Action run);

/// The command chosen on the command line.
[[nodiscard]] const Action& chosenAction();

// The catalogue: one function per file of commands/, called in this order by main.
void addArray(CLI::App& app);
void addBackbones(CLI::App& app);
void addBenchmarks(CLI::App& app);
void addCompare(CLI::App& app);
void addDemo(CLI::App& app);
void addEmbed(CLI::App& app);  // and embed-work
void addInfo(CLI::App& app);
void addLr(CLI::App& app);
void addPlan(CLI::App& app);
void addPredict(CLI::App& app);
void addPresets(CLI::App& app);
void addQueue(CLI::App& app);
void addRuns(CLI::App& app);  // and pause, stop, checkpoint, resume
void addScores(CLI::App& app);
void addStudy(CLI::App& app);
void addSubmit(CLI::App& app);
void addTable(CLI::App& app);
void addTrain(CLI::App& app);
void addVersion(CLI::App& app);
void addWork(CLI::App& app);

}  // namespace corticast::cli
