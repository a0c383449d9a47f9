#include "widgets/state/run_watcher.h"

#include <QFileSystemWatcher>
#include <QMetaObject>
#include <QTimer>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "core/runs/workspace.h"
#include "widgets/state/workbench_state.h"

namespace corticast {
namespace {

using namespace std::chrono_literals;
constexpr auto kShortestPause = 50ms;  // between two deliveries: 20 a second
constexpr auto kLongestPause = 1000ms;

using Runs = std::vector<WorkbenchState::RunPointer>;

/// Reads all runs of a workspace again and again; keeps a reader per run, so that only news is read.
class WorkspaceReader {
 public:
  Runs read(const std::filesystem::path& root) {
    const Workspace workspace = Workspace::open(root);
    std::map<std::string, RunReader> kept;
    Runs runs;
    for (const RunFolder& folder : workspace.runs()) {
      auto found = m_readers.find(folder.id());
      RunReader reader = found == m_readers.end() ? RunReader(folder) : std::move(found->second);
      try {
        if (auto snapshot = reader.read()) runs.insert(runs.begin(), std::move(snapshot));
        kept.emplace(folder.id(), std::move(reader));
      } catch (const Error&) {
        // Deleted between listing and reading, or not whole yet: the next look tells.
      }
    }
    m_readers = std::move(kept);
    return runs;
  }

 private:
  std::map<std::string, RunReader> m_readers;
};

}  // namespace

struct RunWatcher::Parts {
  WorkbenchState& state;
  QFileSystemWatcher notifications;
  QString lastFailure;

  std::mutex guard;
  std::condition_variable_any wake;
  std::filesystem::path root;
  bool isNewsExpected = true;
  std::jthread thread;

  explicit Parts(WorkbenchState& target) : state(target) {}

  void lookAgain() {
    {
      const std::lock_guard lock(guard);
      isNewsExpected = true;
    }
    wake.notify_one();
  }

  /// Waits for news or a second; nothing once the thread shall end.
  std::optional<std::filesystem::path> nextLook(const std::stop_token& stop) {
    std::this_thread::sleep_for(kShortestPause);
    std::unique_lock lock(guard);
    wake.wait_for(lock, stop, kLongestPause, [this] { return isNewsExpected; });
    isNewsExpected = false;
    if (stop.stop_requested()) return std::nullopt;
    return root;
  }
};

RunWatcher::RunWatcher(WorkbenchState& state, QObject* parent)
    : QObject(parent), m_parts(std::make_unique<Parts>(state)) {
  const auto follow = [this] {
    Parts& parts = *m_parts;
    if (const QStringList old = parts.notifications.directories(); !old.isEmpty()) parts.notifications.removePaths(old);
    {
      const std::lock_guard lock(parts.guard);
      parts.root = parts.state.workspace();
    }
    if (!parts.state.workspace().empty())
      parts.notifications.addPath(QString::fromStdString((parts.state.workspace() / "runs").string()));
    parts.lookAgain();
  };
  connect(&state, &WorkbenchState::workspaceChanged, this, follow);
  connect(&m_parts->notifications, &QFileSystemWatcher::directoryChanged, this, &RunWatcher::refresh);

  m_parts->thread = std::jthread([this](const std::stop_token& stop) {
    WorkspaceReader reader;
    while (const auto root = m_parts->nextLook(stop)) {
      if (root->empty()) continue;
      Runs runs;
      QString failure;
      try {
        runs = reader.read(*root);
      } catch (const std::exception& error) {
        failure = QString::fromUtf8(error.what());
      }
      // Queued to the watcher itself: it drops with it, and the state outlives it.
      QMetaObject::invokeMethod(
          this,
          [this, root = *root, runs = std::move(runs), failure]() mutable {
            if (root != m_parts->state.workspace()) return;
            if (failure.isEmpty()) m_parts->state.setRuns(std::move(runs));
            if (!failure.isEmpty() && failure != m_parts->lastFailure) Q_EMIT failed(failure);
            m_parts->lastFailure = failure;
          },
          Qt::QueuedConnection);
    }
  });
  follow();
}

RunWatcher::~RunWatcher() {
  m_parts->thread.request_stop();
  m_parts->wake.notify_all();
  m_parts->thread.join();
}

void RunWatcher::refresh() {
  m_parts->lookAgain();
}

}  // namespace corticast
