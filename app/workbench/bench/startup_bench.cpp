#include <QApplication>
#include <QElapsedTimer>
#include <QProcess>
#include <QTimer>
#include <iostream>
#include <optional>

#include "app/workbench/bench/bench.h"
#include "app/workbench/bench/bench_rows.h"
#include "app/workbench/status_line.h"
#include "widgets/cortex/brain_view.h"
#include "widgets/cortex/cortex_panel.h"

namespace corticast {
namespace {

constexpr int kStarts = 15;
constexpr int kPatienceMilliseconds = 60000;
const QByteArray kFirstPicture = "first picture ";

struct Start {
  double milliseconds = 0;
  uint64_t bytes = 0;  ///< held by the process then
};

std::optional<Start> startOnce(const QStringList& arguments) {
  QProcess child;
  child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
  std::optional<Start> start;
  QElapsedTimer timer;
  timer.start();
  child.start(QApplication::applicationFilePath(), arguments);
  while (!start && child.waitForReadyRead(kPatienceMilliseconds)) {
    const QByteArray said = child.readAllStandardOutput();
    if (const auto place = said.indexOf(kFirstPicture); place >= 0)
      start = Start{static_cast<double>(timer.nsecsElapsed()) / 1e6,
                    said.mid(place + kFirstPicture.size()).trimmed().toULongLong()};
  }
  child.waitForFinished(kPatienceMilliseconds);
  return start;
}

}  // namespace

std::vector<BenchRow> benchStartup(const std::string& dataset) {
  BenchRow row{.name = dataset.empty() ? "process start to first picture" : "process start to first picture of a study",
               .target = 2000};
  QStringList arguments{"--end-at-first-picture"};
  if (!dataset.empty()) arguments << "--dataset" << QString::fromStdString(dataset);
  (void)startOnce(arguments);
  for (int i = 0; i < kStarts; ++i)
    if (const auto start = startOnce(arguments)) {
      row.milliseconds.push_back(start->milliseconds);
      row.extra["resident_bytes"] = start->bytes;
    }
  return {row};
}

void endAtFirstPicture(QWidget& window, const std::string& dataset) {
  auto* cortex = window.findChild<CortexPanel*>("cortexPanel");
  auto* timer = new QTimer(&window);
  QObject::connect(timer, &QTimer::timeout, &window, [cortex, hasFrames = -1, isWaiting = !dataset.empty()]() mutable {
    // Without a study the welcome page is in front, and it is the first picture.
    if (isWaiting && (!cortex->surfaces() || !cortex->isVisible())) return;
    if (hasFrames < 0) {
      hasFrames = cortex->view().frameCount();
      if (isWaiting) {
        cortex->view().requestRender();
        return;
      }
    }
    if (isWaiting && cortex->view().frameCount() == hasFrames) return;
    std::cout << kFirstPicture.constData() << residentBytes() << std::endl;
    QApplication::exit(0);
  });
  timer->start(5);
}

}  // namespace corticast
