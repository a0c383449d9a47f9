#pragma once
#include <QObject>
#include <QString>

#include "core/runs/embed_job.h"

namespace corticast {

class EmbeddingControl;
class EmbeddingWatcher;
class TrainPanel;

/// Has the pictures that the train panel asks for embedded by a job, and tells the panel how it goes. The job is one
/// like those of the Embeddings page and outlives the window. The panel's stop pauses it; one that is paused on that
/// page is waited for.
class EmbedFirst : public QObject {
  Q_OBJECT

 public:
  EmbedFirst(TrainPanel& panel, EmbeddingControl& control, EmbeddingWatcher& watcher, QObject* parent);

 private:
  void start(const EmbedOptions& options);
  void stop();
  void look();
  void show(const EmbedJob& job);
  void end(bool isDone, const QString& failure);

  TrainPanel& m_panel;
  EmbeddingControl& m_control;
  EmbeddingWatcher& m_watcher;
  QString m_job;  ///< id of the one under way; "" while there is none
  bool m_isStopping = false;
};

}  // namespace corticast
