#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <QLineEdit>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTimer>
#include <algorithm>

#include "app/workbench/bench/bench_rows.h"
#include "widgets/state/stall_meter.h"
#include "widgets/state/workbench_state.h"
#include "widgets/stimuli/stimuli_panel.h"
#include "widgets/stimuli/thumbnail_grid.h"

namespace corticast {
namespace {

constexpr int kPictures = 10000;
constexpr int kFiles = 100;  // drawn anew for each of its places
constexpr int kPixels = 425;
constexpr int kFrames = 300;
constexpr int kFrameMilliseconds = 16;
constexpr double kTarget = 33;

/// A picture of the published size that compresses as badly as a photograph.
void drawPicture(const QString& file, quint32 seed) {
  QImage image(kPixels, kPixels, QImage::Format_RGB32);
  quint32 noise = seed * 2654435761U + 1;
  for (int y = 0; y < kPixels; ++y)
    for (int x = 0; x < kPixels; ++x) {
      noise = noise * 1664525U + 1013904223U;
      const int grain = static_cast<int>(noise >> 28);
      image.setPixel(x, y, qRgb((x + grain) % 256, (y + static_cast<int>(seed) + grain) % 256, (x + y + grain) % 256));
    }
  image.save(file);
}

std::shared_ptr<const Study> manyPictures(const QTemporaryDir& folder) {
  Study study;
  Subject subject{.id = "bench", .trainingImages = {}, .testImages = {}, .hemispheres = {}};
  for (int i = 0; i < kPictures; ++i) {
    const std::filesystem::path path = folder.filePath(QString("%1.png").arg(i % kFiles)).toStdString();
    if (i < kFiles) drawPicture(QString::fromStdString(path.string()), static_cast<quint32>(i));
    const QString name = QString("train-%1_nsd-%2.png").arg(i + 1, 5, 10, QChar('0')).arg(7 * i, 5, 10, QChar('0'));
    subject.trainingImages.push_back({.file = name.toStdString(), .path = path, .index = i + 1, .nsdId = 7 * i});
  }
  study.subjects.push_back(std::move(subject));
  return std::make_shared<const Study>(std::move(study));
}

/// Lets the window run for so many frames' time, calling `step` once a frame.
void forFrames(int frames, const std::function<void(int frame)>& step) {
  QTimer timer;
  timer.setTimerType(Qt::PreciseTimer);
  int frame = 0;
  QObject::connect(&timer, &QTimer::timeout, [&] { step(frame++); });
  timer.start(kFrameMilliseconds);
  while (frame < frames) QApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
}

}  // namespace

std::vector<BenchRow> benchPictures() {
  const QTemporaryDir folder;
  const std::shared_ptr<const Study> study = manyPictures(folder);
  WorkbenchState state;
  StimuliPanel panel(state);
  panel.resize(1280, 800);
  panel.show();
  BenchRow open{.name = "10,000 pictures to the first row", .target = 100};
  BenchRow frame{.name = "frame while scrolling 10,000 pictures", .target = kTarget};
  BenchRow stall{.name = "longest stall while scrolling 10,000 pictures", .target = kTarget};
  BenchRow sort{.name = "10,000 pictures found by name", .target = 100};
  auto* grid = panel.findChild<ThumbnailGrid*>("pictureGrid");
  open.milliseconds.push_back(timed([&] {
    state.setStudy(study);
    grid->viewport()->repaint();
  }));
  QScrollBar* bar = grid->verticalScrollBar();
  StallMeter meter;
  // Half of the way slowly, so that pictures are decoded and drawn, then from end to end, so that most are passed by.
  forFrames(kFrames, [&](int i) {
    const int value = i < kFrames / 2 ? 12 * i : bar->maximum() * (i - kFrames / 2) / (kFrames / 2);
    frame.milliseconds.push_back(timed([&] {
      bar->setValue(value);
      grid->viewport()->repaint();
    }));
  });
  stall.milliseconds.push_back(meter.longestMilliseconds());
  stall.extra = {{"milliseconds_p99", meter.quantileMilliseconds(0.99)}, {"ticks", meter.ticks()}};
  frame.extra = {{"milliseconds_longest", std::ranges::max(frame.milliseconds)}, {"pictures", grid->order().size()}};
  auto* search = panel.findChild<QLineEdit*>("pictureSearch");
  for (const char* text : {"1", "12", "123", ""})
    sort.milliseconds.push_back(timed([&] {
      search->setText(text);
      grid->viewport()->repaint();
    }));
  return {open, frame, stall, sort};
}

}  // namespace corticast
