#include <csignal>

#include "app/cli/command.h"
#include "core/base/error.h"

namespace {

std::stop_source& stopSource() {
  static std::stop_source source;
  return source;
}

// The first Ctrl+C asks the work to stop where it can be resumed; the second one is the system's own.
void onInterrupt(int signal) {
  stopSource().request_stop();
  std::signal(signal, SIG_DFL);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace corticast;
  using namespace corticast::cli;
  CLI::App app("Corticast: trains models that predict the brain's response to pictures.", "corticast-cli");
  app.require_subcommand(1);
  addArray(app);
  addBackbones(app);
  addBenchmarks(app);
  addCompare(app);
  addDemo(app);
  addEmbed(app);
  addInfo(app);
  addLr(app);
  addPlan(app);
  addPredict(app);
  addPresets(app);
  addQueue(app);
  addRuns(app);
  addScores(app);
  addStudy(app);
  addSubmit(app);
  addTable(app);
  addTrain(app);
  addVersion(app);
  addWork(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return app.exit(wrong) == 0 ? kDone : kWrongUsage;
  }
  std::signal(SIGINT, onInterrupt);
  try {
    return chosenAction()(Context{stopSource().get_token()});
  } catch (const Cancelled&) {
    say("cancelled");
    return kCancelled;
  } catch (const std::exception& failure) {
    say(std::string("error: ") + failure.what());
    return kFailed;
  }
}
