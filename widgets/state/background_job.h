#pragma once
#include <QObject>
#include <QString>
#include <functional>
#include <stop_token>

#include "core/base/progress.h"

namespace corticast {

/// One piece of long work on a pool thread, told of by signals on the UI thread. A job that is deleted asks its work to
/// stop and hears no more of it.
///
///     connect(&job, &BackgroundJob::finished, this, ...);
///     job.start([folder](ProgressReporter& progress) { makeDemoStudy(folder, {}, progress); });
class BackgroundJob : public QObject {
  Q_OBJECT

 public:
  using Work = std::function<void(ProgressReporter& progress)>;

  explicit BackgroundJob(QObject* parent = nullptr);
  ~BackgroundJob() override;

  /// Does nothing while a piece of work is under way.
  void start(Work work);
  void cancel();
  [[nodiscard]] bool isRunning() const { return m_isRunning; }

 Q_SIGNALS:
  /// `text` is one line with the time left, `fraction` 0..1.
  void progressed(const QString& text, double fraction);
  void finished();
  /// In the error's own words.
  void failed(const QString& reason);
  void cancelled();

 private:
  enum class End { Finished, Failed, Cancelled };
  void end(End how, const QString& reason);

  std::stop_source m_stop;
  bool m_isRunning = false;
};

/// "Drawing pictures: 120 of 1,000 pictures, 0:12 left"
[[nodiscard]] QString inWords(const Progress& progress);

}  // namespace corticast
