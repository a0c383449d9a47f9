#include "app/workbench/actions/embedding_control.h"

#include <QUndoStack>
#include <filesystem>
#include <memory>
#include <vector>

#include "app/workbench/actions/undo_command.h"
#include "app/workbench/session.h"
#include "core/runs/embed_job.h"

namespace corticast {

EmbeddingControl::EmbeddingControl(Session& session, QUndoStack& undo, QObject* parent)
    : QObject(parent), m_session(session), m_undo(undo) {}

void EmbeddingControl::attempt(const QString& what, const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& error) {
    Q_EMIT m_session.failed(what, QString::fromUtf8(error.what()));
  }
  Q_EMIT changed();
}

void EmbeddingControl::start(const EmbedOptions& options) {
  if (m_session.state().study()) attempt(tr("Starting the extraction"), [&] { (void)begin(options); });
}

QString EmbeddingControl::begin(const EmbedOptions& options) {
  const WorkbenchState& state = m_session.state();
  const EmbedJob job = EmbedJobs(state.workspace()).start(state.study()->root, options);
  Q_EMIT changed();
  return QString::fromStdString(job.id());
}

void EmbeddingControl::pause(const QString& job) {
  attempt(tr("Pausing the extraction"), [&] { EmbedJobs(m_session.state().workspace()).pause(job.toStdString()); });
}

void EmbeddingControl::resume(const QString& job) {
  attempt(tr("Resuming the extraction"), [&] { EmbedJobs(m_session.state().workspace()).resume(job.toStdString()); });
}

void EmbeddingControl::remove(const QString& job) {
  attempt(tr("Taking the extraction off the list"),
          [&] { EmbedJobs(m_session.state().workspace()).remove(job.toStdString()); });
}

void EmbeddingControl::deleteEmbeddings(const QStringList& folders) {
  if (folders.isEmpty()) return;
  const std::filesystem::path workspace = m_session.state().workspace();
  // Only what was really moved to the trash comes back.
  const auto trashed = std::make_shared<std::vector<std::filesystem::path>>();
  const auto there = [this, workspace, folders, trashed] {
    trashed->clear();
    for (const QString& folder : folders)
      attempt(tr("Deleting the embedding"),
              [&] { trashed->push_back(moveEmbeddingToTrash(workspace, folder.toStdString())); });
  };
  const auto back = [this, workspace, trashed] {
    for (const auto& each : *trashed)
      attempt(tr("Bringing the embedding back"), [&] { restoreEmbedding(workspace, each); });
  };
  const QString text =
      folders.size() == 1 ? tr("deleting an embedding") : tr("deleting %1 embeddings").arg(folders.size());
  pushUndo(m_undo, text, there, back);
  if (!trashed->empty()) Q_EMIT deleted(static_cast<int>(trashed->size()));
}

}  // namespace corticast
