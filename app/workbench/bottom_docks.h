#pragma once
#include <QObject>

class QMainWindow;
class QWidget;

namespace corticast {

class ComparePanel;
class CurvesPanel;
class LogPanel;
class ResultsPanel;
class RoiBarsPanel;
class RunCommands;
class RunsPanel;
class Session;
class UndoNotice;

/// The docks below the cortex (Curves, Runs, Results, ROIs, Compare, Log), and what they ask of the session.
class BottomDocks : public QObject {
  Q_OBJECT

 public:
  BottomDocks(QMainWindow& window, Session& session, RunCommands& commands, UndoNotice& undo);
  ~BottomDocks() override;

  [[nodiscard]] CurvesPanel& curves() const { return *m_curves; }
  [[nodiscard]] RunsPanel& runs() const { return *m_runs; }
  [[nodiscard]] RoiBarsPanel& rois() const { return *m_rois; }
  [[nodiscard]] LogPanel& log() const { return *m_log; }

 private:
  void addDocks();
  void connectRuns(RunCommands& commands, UndoNotice& undo);
  void connectLog();
  void say(const QString& text);

  QMainWindow& m_window;
  Session& m_session;
  CurvesPanel* m_curves;
  RunsPanel* m_runs;
  ResultsPanel* m_results;
  RoiBarsPanel* m_rois;
  ComparePanel* m_compare;
  LogPanel* m_log;
};

}  // namespace corticast
