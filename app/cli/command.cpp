#include "app/cli/command.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace corticast::cli {
namespace {

Action& chosen() {
  static Action action;
  return action;
}

std::string lineOf(const Progress& progress) {
  std::string line = progress.stage + ": " + progress.detail + " (" + fixed(100 * progress.fraction, 0) + " %)";
  if (progress.secondsLeft) line += ", " + duration(*progress.secondsLeft) + " left";
  return line;
}

}  // namespace

ProgressCallback Context::progressLine() const {
  using Clock = std::chrono::steady_clock;
  const bool isTerminal = ::isatty(STDERR_FILENO) != 0;
  auto last = std::make_shared<Clock::time_point>();
  return [isTerminal, last](const Progress& progress) {
    const bool isLast = progress.fraction >= 1;
    if (isTerminal) {
      std::fprintf(stderr, "\r\033[K%s%s", lineOf(progress).c_str(), isLast ? "\n" : "");
    } else if (isLast || Clock::now() - *last > std::chrono::seconds(5)) {
      *last = Clock::now();
      std::fprintf(stderr, "%s\n", lineOf(progress).c_str());
    }
    std::fflush(stderr);
  };
}

ProgressReporter Context::progress() const {
  return ProgressReporter(progressLine(), stop);
}

void say(const std::string& text) {
  std::cerr << text << std::endl;
}

void printJson(const Json& value) {
  std::cout << value.dump(2) << std::endl;
}

CLI::App* addCommand(CLI::App& app, const std::string& name, const std::string& help, Action run) {
  CLI::App* command = app.add_subcommand(name, help);
  command->callback([run = std::move(run)] { chosen() = run; });
  return command;
}

const Action& chosenAction() {
  return chosen();
}

}  // namespace corticast::cli
