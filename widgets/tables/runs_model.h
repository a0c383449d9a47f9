#pragma once
#include <QAbstractTableModel>
#include <QHash>

#include "widgets/state/workbench_state.h"

namespace corticast {

/// The workspace's runs, newest first, one per row. Follows the state in place: rows come and go one by one, and a
/// run that changed redraws its own cells only.
class RunsModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column {
    kName,
    kState,
    kProgress,
    kEpoch,
    kTimeLeft,
    kCorrelation,
    kTrainLoss,
    kValidationLoss,
    kPreset,
    kFocus,
    kArchitecture,
    kStarted,
    kNote,
    kColumnCount
  };
  static constexpr int kIdRole = Qt::UserRole;             ///< QString
  static constexpr int kSortRole = Qt::UserRole + 1;       ///< a number or a text to sort by
  static constexpr int kFractionRole = Qt::UserRole + 2;   ///< 0..1, of kProgress
  static constexpr int kConditionRole = Qt::UserRole + 3;  ///< RunCondition as int

  explicit RunsModel(WorkbenchState& state, QObject* parent = nullptr);
  ~RunsModel() override;

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
  /// Name and note: asks by renameRequested() or noteRequested(), and shows the new text at once.
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;

  [[nodiscard]] int rowOf(const QString& id) const;

 Q_SIGNALS:
  void renameRequested(const QString& id, const QString& name);
  void noteRequested(const QString& id, const QString& note);

 private:
  /// A text that was asked for, until the run folder says so.
  struct Pending {
    QString before;
    QString text;
  };

  void sync();
  void update(const QString& id);
  [[nodiscard]] QString textOf(const RunSnapshot& run, int column) const;
  [[nodiscard]] QVariant sortValue(const RunSnapshot& run, int column) const;
  [[nodiscard]] QString toolTip(const RunSnapshot& run, int column) const;
  [[nodiscard]] QString editable(const RunSnapshot& run, int column) const;
  void settle(const QString& id);
  [[nodiscard]] static QString key(const QString& id, int column);

  WorkbenchState& m_state;
  std::vector<WorkbenchState::RunPointer> m_runs;
  QHash<QString, Pending> m_pending;  ///< by key()
};

}  // namespace corticast
