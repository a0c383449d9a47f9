#include "app/workbench/actions/embed_first.h"

#include <algorithm>

#include "app/workbench/actions/embedding_control.h"
#include "widgets/embeddings/embed_job_row.h"
#include "widgets/embeddings/embedding_watcher.h"
#include "widgets/forms/train_panel.h"

namespace corticast {

EmbedFirst::EmbedFirst(TrainPanel& panel, EmbeddingControl& control, EmbeddingWatcher& watcher, QObject* parent)
    : QObject(parent), m_panel(panel), m_control(control), m_watcher(watcher) {
  connect(&panel, &TrainPanel::embedRequested, this, &EmbedFirst::start);
  connect(&panel, &TrainPanel::embedStopRequested, this, &EmbedFirst::stop);
  connect(&watcher, &EmbeddingWatcher::changed, this, &EmbedFirst::look);
}

void EmbedFirst::start(const EmbedOptions& options) {
  m_isStopping = false;
  try {
    m_job = m_control.begin(options);
  } catch (const std::exception& error) {
    end(false, QString::fromUtf8(error.what()));
  }
}

void EmbedFirst::stop() {
  if (m_job.isEmpty()) return;
  m_isStopping = true;
  m_control.pause(m_job);
}

void EmbedFirst::look() {
  const auto snapshot = m_watcher.snapshot();
  if (m_job.isEmpty() || !snapshot->failure.empty()) return;
  const auto job = std::ranges::find(snapshot->jobs, m_job.toStdString(), &EmbedJob::id);
  if (job == snapshot->jobs.end())
    end(false, {});  // taken off the list
  else
    show(*job);
}

void EmbedFirst::show(const EmbedJob& job) {
  switch (job.status) {
    case EmbedStatus::Running:
      m_panel.showEmbedProgress(m_isStopping ? tr("Stopping…") : progressOf(job), job.fraction);
      return;
    case EmbedStatus::Paused:
      if (m_isStopping) return end(false, {});
      m_panel.showEmbedProgress(tr("Paused; resume it on the Embeddings page"), job.fraction);
      return;
    case EmbedStatus::Done:
      return end(true, {});
    case EmbedStatus::Failed:
    case EmbedStatus::Interrupted:
      return end(false, QString::fromStdString(job.reason));
  }
}

void EmbedFirst::end(bool isDone, const QString& failure) {
  m_job.clear();
  m_panel.embedEnded(isDone, failure);
}

}  // namespace corticast
