#include "widgets/state/background_job.h"

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>

#include "core/base/error.h"
#include "core/base/text.h"

namespace corticast {

QString inWords(const Progress& progress) {
  QString text = QString::fromStdString(progress.stage);
  if (!text.isEmpty()) text[0] = text[0].toUpper();
  if (!progress.detail.empty()) text += ": " + QString::fromStdString(progress.detail);
  if (progress.secondsLeft)
    text += QObject::tr(", %1 left").arg(QString::fromStdString(duration(*progress.secondsLeft)));
  return text;
}

BackgroundJob::BackgroundJob(QObject* parent) : QObject(parent) {}

BackgroundJob::~BackgroundJob() {
  m_stop.request_stop();
}

void BackgroundJob::start(Work work) {
  if (m_isRunning) return;
  m_isRunning = true;
  m_stop = std::stop_source();
  const QPointer<BackgroundJob> self(this);
  QThreadPool::globalInstance()->start([self, work = std::move(work), stop = m_stop.get_token()] {
    const auto tell = [self](auto action) {
      QMetaObject::invokeMethod(
          qApp,
          [self, action] {
            if (self) action(*self);
          },
          Qt::QueuedConnection);
    };
    ProgressReporter progress(
        [tell](const Progress& now) {
          tell([text = inWords(now), fraction = now.fraction](BackgroundJob& job) {
            if (job.m_isRunning) Q_EMIT job.progressed(text, fraction);
          });
        },
        stop);
    End how = End::Finished;
    QString reason;
    try {
      work(progress);
    } catch (const Cancelled&) {
      how = End::Cancelled;
    } catch (const std::exception& error) {
      how = End::Failed;
      reason = QString::fromUtf8(error.what());
    }
    tell([how, reason](BackgroundJob& job) { job.end(how, reason); });
  });
}

void BackgroundJob::cancel() {
  m_stop.request_stop();
}

void BackgroundJob::end(End how, const QString& reason) {
  m_isRunning = false;
  switch (how) {
    case End::Finished:
      Q_EMIT finished();
      return;
    case End::Failed:
      Q_EMIT failed(reason);
      return;
    case End::Cancelled:
      Q_EMIT cancelled();
      return;
  }
}

}  // namespace corticast
