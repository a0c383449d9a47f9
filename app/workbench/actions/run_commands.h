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

 Q_SIGNALS:
  /// These went to the trash just now, which is what is undone next.
  void deleted(const QStringList& ids);

 private:
  Session& m_session;
  QUndoStack& m_undo;
};

}  // namespace corticast
