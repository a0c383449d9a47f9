#pragma once
#include <QObject>
#include <QString>

#include "widgets/state/workbench_state.h"

namespace corticast {

class MessageBar;
class Session;

/// Pause, resume and stop of the run that a person means: the chosen one, or else the one that is being trained.
class RunControl : public QObject {
  Q_OBJECT

 public:
  RunControl(Session& session, MessageBar& messages, QObject* parent);

  /// Pauses a run at work or waiting; resumes any other that is not done.
  void pauseOrResume();
  /// Asks in the message bar, then stops.
  void askToStop();
  [[nodiscard]] bool canPauseOrResume() const;
  [[nodiscard]] bool canStop() const;
  /// "Pause", "Resume", by what pauseOrResume() would do.
  [[nodiscard]] bool wouldPause() const;

 private:
  [[nodiscard]] WorkbenchState::RunPointer target() const;

  Session& m_session;
  MessageBar& m_messages;
};

}  // namespace corticast
