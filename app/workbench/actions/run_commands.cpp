#include "app/workbench/actions/run_commands.h"

#include <QUndoStack>
#include <memory>

#include "app/workbench/actions/undo_command.h"
#include "app/workbench/session.h"

namespace corticast {

RunCommands::RunCommands(Session& session, QUndoStack& undo, QObject* parent)
    : QObject(parent), m_session(session), m_undo(undo) {}

void RunCommands::deleteRuns(const QStringList& ids) {
  if (ids.isEmpty()) return;
  const QString text = ids.size() == 1 ? tr("deleting a run") : tr("deleting %1 runs").arg(ids.size());
  // Only what was really moved to the trash comes back.
  const auto gone = std::make_shared<QStringList>();
  pushUndo(
      m_undo, text, [this, ids, gone] { *gone = m_session.deleteRuns(ids); },
      [this, gone] { m_session.restoreRuns(*gone); });
  if (!gone->isEmpty()) Q_EMIT deleted(*gone);
}

void RunCommands::renameRun(const QString& id, const QString& name) {
  const auto run = m_session.state().run(id);
  if (!run) return;
  const QString before = QString::fromStdString(run->meta.name);
  if (before == name) return;
  pushUndo(
      m_undo, tr("renaming a run"), [this, id, name] { m_session.renameRun(id, name); },
      [this, id, before] { m_session.renameRun(id, before); });
}

void RunCommands::setNote(const QString& id, const QString& note) {
  const auto run = m_session.state().run(id);
  if (!run) return;
  const QString before = QString::fromStdString(run->meta.note);
  if (before == note) return;
  pushUndo(
      m_undo, tr("a note"), [this, id, note] { m_session.setRunNote(id, note); },
      [this, id, before] { m_session.setRunNote(id, before); });
}

}  // namespace corticast
