#pragma once
#include <QObject>
#include <memory>

namespace corticast {

class WorkbenchState;

/// The one bridge between run folders and the window: follows the state's workspace (file-system notification where
/// the disk offers it, a look every second in any case), reads snapshots on a thread of its own and hands them to the
/// state on the UI thread, at most 20 times a second.
class RunWatcher : public QObject {
  Q_OBJECT

 public:
  explicit RunWatcher(WorkbenchState& state, QObject* parent = nullptr);
  ~RunWatcher() override;

  /// Looks at once, e.g. after a run was started.
  void refresh();

 Q_SIGNALS:
  /// The workspace cannot be read, in words; once per new reason.
  void failed(const QString& reason);

 private:
  struct Parts;
  std::unique_ptr<Parts> m_parts;
};

}  // namespace corticast
