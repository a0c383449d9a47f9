#pragma once
#include <QObject>
#include <QTimer>
#include <filesystem>
#include <memory>
#include <vector>

#include "core/runs/embed_job.h"

namespace corticast {

class WorkbenchState;

/// One embedding folder of the workspace.
struct EmbeddingEntry {
  EmbeddingInfo info;
  uint64_t bytesOnDisk = 0;
  double changed = 0;  ///< seconds since 1970, of its index
};

/// What the workspace has and what is being made, at one moment.
struct EmbeddingsSnapshot {
  std::vector<EmbeddingEntry> embeddings;  ///< newest first, unfinished ones too
  std::vector<EmbedJob> jobs;              ///< oldest first
  std::string failure;                     ///< why it could not be read; empty when it could
};

/// Looks at the workspace's embeddings and extractions on a pool thread, twice a second while something is being made,
/// else every few seconds.
class EmbeddingWatcher : public QObject {
  Q_OBJECT

 public:
  explicit EmbeddingWatcher(WorkbenchState& state, QObject* parent = nullptr);
  ~EmbeddingWatcher() override;

  [[nodiscard]] std::shared_ptr<const EmbeddingsSnapshot> snapshot() const { return m_snapshot; }
  /// Looks at once. What was seen before is not told any more.
  void refresh();

 Q_SIGNALS:
  void changed();

 private:
  void look();
  void take(const std::shared_ptr<const EmbeddingsSnapshot>& snapshot);

  WorkbenchState& m_state;
  QTimer m_timer;
  std::shared_ptr<const EmbeddingsSnapshot> m_snapshot;
  bool m_isLooking = false;
  bool m_isOutdated = false;
};

}  // namespace corticast
