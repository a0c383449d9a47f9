#pragma once
#include <QObject>
#include <QStringList>

class QUndoStack;

namespace corticast {

class Session;

/// Changes of runs that can be undone: deleting (to the workspace's trash), renaming, writing a note.
class RunCommands : public QObject {
  Q_OBJECT

 public:
  RunCommands(Session& session, QUndoStack& undo, QObject* parent);

  void deleteRuns(const QStringList& ids);
  void renameRun(const QString& id, const QString& name);
  void setNote(const QString& id, const QString& note);
  void undo();

 Q_SIGNALS:
  /// These went to the trash just now; undo() brings them back until historyMoved().
  void deleted(const QStringList& ids);
  /// undo() means something else from now on.
  void historyMoved();

 private:
  Session& m_session;
  QUndoStack& m_undo;
};

}  // namespace corticast
