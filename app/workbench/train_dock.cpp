#include "app/workbench/train_dock.h"

#include "app/workbench/session.h"
#include "widgets/forms/train_panel.h"
#include "widgets/state/background_job.h"

namespace corticast {

TrainPanel* makeTrainPanel(Session& session, QWidget* parent) {
  auto* panel = new TrainPanel(session.state(), TrainFiles::desktop(), parent);
  BackgroundJob& job = session.embedding();
  QObject::connect(panel, &TrainPanel::trainRequested, &session, &Session::startRun);
  QObject::connect(panel, &TrainPanel::embedRequested, &session, &Session::embed);
  QObject::connect(panel, &TrainPanel::embedStopRequested, &job, &BackgroundJob::cancel);
  QObject::connect(&job, &BackgroundJob::progressed, panel, &TrainPanel::showEmbedProgress);
  QObject::connect(&job, &BackgroundJob::finished, panel, [panel] { panel->embedEnded(true, {}); });
  QObject::connect(&job, &BackgroundJob::cancelled, panel, [panel] { panel->embedEnded(false, {}); });
  QObject::connect(&job, &BackgroundJob::failed, panel,
                   [panel](const QString& reason) { panel->embedEnded(false, reason); });
  return panel;
}

}  // namespace corticast
