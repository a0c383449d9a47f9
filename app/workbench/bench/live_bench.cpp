#include <QAbstractButton>
#include <QApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <algorithm>

#include "app/workbench/bench/bench_rows.h"
#include "app/workbench/main_window.h"
#include "app/workbench/session.h"
#include "app/workbench/settings.h"
#include "app/workbench/status_line.h"
#include "core/base/error.h"
#include "widgets/cortex/cortex_panel.h"
#include "widgets/cortex/cortex_surfaces.h"
#include "widgets/state/stall_meter.h"

namespace corticast {
namespace {

constexpr double kPatienceSeconds = 300;
constexpr double kWatchedSeconds = 30;

bool waitFor(double seconds, const std::function<bool()>& condition) {
  QElapsedTimer waited;
  waited.start();
  while (!condition()) {
    if (static_cast<double>(waited.elapsed()) > 1000 * seconds) return false;
    QApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
  }
  return true;
}

void need(bool isThere, const std::string& dataset, const std::string& why) {
  if (!isThere)
    throw Error({.what = "measure the window while a run trains",
                 .where = dataset,
                 .why = why,
                 .remedy = "name a study that the Train panel can train with its first preset, by --dataset"});
}

}  // namespace

std::vector<BenchRow> benchLive(const std::string& dataset) {
  const QTemporaryDir home;
  Settings settings(home.filePath("settings.ini"));
  Session session;
  MainWindow window(session, settings);
  window.resize(1280, 800);
  window.show();
  session.openWorkspace(home.filePath("workspace"));
  WorkbenchState& state = session.state();
  StallMeter meter;  // its ticks also keep waitFor() looking
  session.openStudy(QString::fromStdString(dataset));
  auto* cortex = window.findChild<CortexPanel*>("cortexPanel");
  auto* train = window.findChild<QAbstractButton*>("trainButton");
  need(!dataset.empty() && waitFor(30, [&] { return state.study() && cortex->surfaces() && train->isEnabled(); }),
       dataset, "it could not be opened");
  BenchRow opening{.name = "longest stall while a study is opened", .target = 1000};
  opening.milliseconds.push_back(meter.longestMilliseconds());

  train->click();
  const auto epochs = [&] { return state.currentRun() ? newestEpoch(*state.currentRun()) : 0; };
  need(waitFor(kPatienceSeconds, [&] { return epochs() >= 1; }), dataset, "no epoch was trained");
  BenchRow live{.name = "longest stall while a run trains", .target = 100};
  const int before = epochs();
  meter.restart();
  (void)waitFor(kWatchedSeconds, [&] { return !state.currentRun()->isWorkerAlive; });
  live.milliseconds.push_back(meter.longestMilliseconds());
  live.extra = {{"milliseconds_p99", meter.quantileMilliseconds(0.99)},
                {"ticks", meter.ticks()},
                {"epochs", epochs() - before},
                {"vertices", 2 * cortex->surfaces()->vertexCount()},
                {"resident_bytes", residentBytes()}};
  session.stopRun(QString::fromStdString(state.currentRun()->id));
  (void)waitFor(kPatienceSeconds, [&] { return !session.isTraining(); });
  return {opening, live};
}

}  // namespace corticast
