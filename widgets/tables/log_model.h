#pragma once
#include <QAbstractTableModel>
#include <vector>

#include "widgets/state/workbench_state.h"

namespace corticast {

enum class LogLevel { Info, Warning, Error };

/// One line of the log.
struct LogEntry {
  double time = 0;  ///< seconds since 1970
  LogLevel level = LogLevel::Info;
  QString source;  ///< a run's name, or "Workbench"
  QString text;

  bool operator==(const LogEntry&) const = default;
};

/// Events of the selected runs and of the session, oldest first. New events are appended; old rows stay.
class LogModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { kTime, kLevel, kSource, kText, kColumnCount };
  static constexpr int kLevelRole = Qt::UserRole;  ///< LogLevel as int

  explicit LogModel(WorkbenchState& state, QObject* parent = nullptr);
  ~LogModel() override;

  void addSessionEvent(LogLevel level, const QString& text, double time);
  [[nodiscard]] const LogEntry& entry(int row) const { return m_entries[static_cast<size_t>(row)]; }

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  void sync();
  [[nodiscard]] std::vector<LogEntry> collect() const;

  WorkbenchState& m_state;
  std::vector<LogEntry> m_session;
  std::vector<LogEntry> m_entries;
};

/// "Error", "Warning", "Info"
[[nodiscard]] QString levelWord(LogLevel level);

}  // namespace corticast
