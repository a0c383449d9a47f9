#pragma once
#include <QObject>
#include <QStringList>
#include <functional>

#include "core/features/embed.h"

class QUndoStack;

namespace corticast {

class Session;

/// What can be done with embeddings: extractions are started, paused, resumed and forgotten, finished embeddings
/// deleted and brought back. Failures are the session's.
class EmbeddingControl : public QObject {
  Q_OBJECT

 public:
  EmbeddingControl(Session& session, QUndoStack& undo, QObject* parent = nullptr);

  void start(const EmbedOptions& options);
  /// As start(), for who tells of failures itself: returns the job's id, throws Error. Needs an open study.
  QString begin(const EmbedOptions& options);
  void pause(const QString& job);
  void resume(const QString& job);
  void remove(const QString& job);
  /// To the workspace's trash; can be undone.
  void deleteEmbeddings(const QStringList& folders);

 Q_SIGNALS:
  /// Jobs or embeddings are others now.
  void changed();
  /// So many went to the trash just now, which is what is undone next.
  void deleted(int count);

 private:
  void attempt(const QString& what, const std::function<void()>& action);

  Session& m_session;
  QUndoStack& m_undo;
};

}  // namespace corticast
