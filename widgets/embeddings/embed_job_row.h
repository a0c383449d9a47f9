#pragma once
#include <QWidget>

#include "core/runs/embed_job.h"

class QLabel;
class QProgressBar;
class QToolButton;

namespace corticast {

/// One extraction: what it makes, how far it is, and what can be done with it. objectNames end with the job's id:
/// "job-", "jobPause-", "jobResume-", "jobRemove-".
class EmbedJobRow : public QWidget {
  Q_OBJECT

 public:
  explicit EmbedJobRow(const EmbedJob& job, QWidget* parent = nullptr);

  void showJob(const EmbedJob& job);

 Q_SIGNALS:
  void pauseRequested(const QString& id);
  void resumeRequested(const QString& id);
  void removeRequested(const QString& id);

 private:
  QToolButton* button(const QString& name, const QString& icon, const QString& toolTip);

  QString m_id;
  QLabel* m_title;
  QLabel* m_state;
  QProgressBar* m_progress;
  QToolButton* m_pause;
  QToolButton* m_resume;
  QToolButton* m_remove;
  bool m_isPausing = false;
};

/// "Embed pictures of subj01: 512 of 1,040 pictures, 1:12 left", of one that runs.
[[nodiscard]] QString progressOf(const EmbedJob& job);

}  // namespace corticast
