#pragma once
#include <QObject>
#include <QString>
#include <memory>

#include "core/training/plan.h"
#include "widgets/state/run_watcher.h"
#include "widgets/state/workbench_state.h"

namespace corticast {

/// What the window works on: opens studies and the workspace, starts and steers runs. Slow work happens on a thread
/// pool; answers come as signals. The window shows, this acts.
class Session : public QObject {
  Q_OBJECT

 public:
  explicit Session(QObject* parent = nullptr);
  ~Session() override;

  [[nodiscard]] WorkbenchState& state() { return m_state; }

  /// Opens in the background: studyOpened(), studyRefused() or failed().
  void openStudy(const QString& folder);
  /// Opens or makes the workspace folder. Says failed() when it cannot.
  void openWorkspace(const QString& folder);
  /// Makes a queued run with this plan and sees to it that the queue works. Selects the new run.
  void startRun(const Plan& plan) { startRuns({plan}); }
  /// Queues them in this order and shows the first.
  void startRuns(const std::vector<Plan>& plans);

  void pauseRun(const QString& id);
  void stopRun(const QString& id);
  void resumeRun(const QString& id);
  void renameRun(const QString& id, const QString& name);
  void setRunNote(const QString& id, const QString& note);
  /// Moves runs to the workspace's trash and returns those that went; restoreRuns brings them back.
  QStringList deleteRuns(const QStringList& ids);
  void restoreRuns(const QStringList& ids);
  /// Whether any worker is at work now, or a run waits for one.
  [[nodiscard]] bool isTraining() const;
  /// Each of these saves a checkpoint and can be resumed.
  void pauseAllRuns();

 Q_SIGNALS:
  void studyOpening(const QString& folder);
  void studyOpened(const QString& folder, double seconds);
  /// No subject of it can be used; its problems say why.
  void studyRefused(const std::shared_ptr<const Study>& study);
  /// Something that was asked for did not happen: what, and in the error's own words why.
  void failed(const QString& what, const QString& reason);

 private:
  void withRun(const QString& id, const QString& what, const std::function<void(const RunFolder&)>& action);
  /// Does `work` on a pool thread, then `then` here; says failed() with `what` when it throws.
  void inBackground(const QString& what, const std::function<void()>& work, const std::function<void()>& then);
  void selectOnceKnown(const QString& id);

  WorkbenchState m_state;
  RunWatcher m_watcher;
  quint64 m_openRequest = 0;
};

}  // namespace corticast
