#include "widgets/embeddings/embedding_watcher.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFileInfo>
#include <QPointer>
#include <QThreadPool>
#include <algorithm>
#include <utility>

#include "widgets/state/workbench_state.h"

namespace corticast {
namespace {

constexpr int kBusyMilliseconds = 500;
constexpr int kIdleMilliseconds = 4000;

uint64_t bytesIn(const std::filesystem::path& folder) {
  uint64_t bytes = 0;
  std::error_code failure;
  for (std::filesystem::recursive_directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    std::error_code gone;
    const uint64_t size = entry->is_regular_file(gone) ? entry->file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  return bytes;
}

double changedAt(const std::filesystem::path& file) {
  const QFileInfo info(QString::fromStdString(file.string()));
  return static_cast<double>(info.lastModified().toMSecsSinceEpoch()) / 1000;
}

std::shared_ptr<const EmbeddingsSnapshot> read(const std::filesystem::path& workspace) {
  auto snapshot = std::make_shared<EmbeddingsSnapshot>();
  try {
    for (EmbeddingInfo& info : listEmbeddings(workspace)) {
      const uint64_t bytes = bytesIn(info.path);
      const double changed = changedAt(info.path / "index.json");
      snapshot->embeddings.push_back({std::move(info), bytes, changed});
    }
    snapshot->jobs = EmbedJobs(workspace).list();
  } catch (const std::exception& error) {
    snapshot->failure = error.what();
  }
  return snapshot;
}

}  // namespace

EmbeddingWatcher::EmbeddingWatcher(WorkbenchState& state, QObject* parent)
    : QObject(parent), m_state(state), m_snapshot(std::make_shared<const EmbeddingsSnapshot>()) {
  m_timer.setSingleShot(true);
  connect(&m_timer, &QTimer::timeout, this, &EmbeddingWatcher::look);
  connect(&state, &WorkbenchState::workspaceChanged, this, &EmbeddingWatcher::refresh);
  refresh();
}

EmbeddingWatcher::~EmbeddingWatcher() = default;

void EmbeddingWatcher::refresh() {
  m_isOutdated = m_isLooking;
  if (!m_isLooking) look();
}

void EmbeddingWatcher::look() {
  if (m_isLooking || m_state.workspace().empty()) return;
  m_isLooking = true;
  const QPointer<EmbeddingWatcher> self(this);
  QThreadPool::globalInstance()->start([self, workspace = m_state.workspace()] {
    const auto snapshot = read(workspace);
    QMetaObject::invokeMethod(qApp, [self, snapshot] {
      if (self) self->take(snapshot);
    });
  });
}

void EmbeddingWatcher::take(const std::shared_ptr<const EmbeddingsSnapshot>& snapshot) {
  m_isLooking = false;
  if (std::exchange(m_isOutdated, false)) return look();
  m_snapshot = snapshot;
  const bool isBusy =
      std::ranges::any_of(snapshot->jobs, [](const EmbedJob& job) { return job.status == EmbedStatus::Running; });
  m_timer.start(isBusy ? kBusyMilliseconds : kIdleMilliseconds);
  Q_EMIT changed();
}

}  // namespace corticast
