#pragma once
#include <QAbstractItemModel>
#include <QStringList>
#include <set>
#include <vector>

#include "core/export/results_table.h"

namespace corticast {

/// The results table in the window: rows of runSummary() and of the paper, filtered, sorted and, if asked, in groups
/// (a row of the first level with its rows below it). The best loss and correlation of each subject and hemisphere
/// among the rows shown are marked; published rows, which are of other data, do not compete.
class ResultsModel : public QAbstractItemModel {
  Q_OBJECT

 public:
  enum Column {
    kExperiment,
    kSubject,
    kSide,
    kFocus,
    kConfig,
    kArchitecture,
    kTrainLoss,
    kValidationLoss,
    kCorrelation,
    kVertices,
    kColumnCount
  };
  enum class Grouping { None, Experiment, Focus, Architecture, Side };
  static constexpr int kRunRole = Qt::UserRole;       ///< run id; empty for groups
  static constexpr int kBestRole = Qt::UserRole + 1;  ///< bool

  /// What is shown of the rows.
  struct View {
    QString filter = {};    ///< every word must occur somewhere in the row
    QStringList runs = {};  ///< only these (and published rows); empty: all
    Grouping grouping = Grouping::None;
    bool isMedian = false;      ///< kCorrelation: median, not mean
    bool isDifferOnly = false;  ///< Config lists only what not all rows shown have
    int sortColumn = -1;        ///< -1: as the rows came
    Qt::SortOrder order = Qt::AscendingOrder;
  };

  explicit ResultsModel(QObject* parent = nullptr);
  ~ResultsModel() override;

  /// With `isWatched` known rows keep their places, whatever their new values; the next setView() brings them in order.
  void setRows(std::vector<TableRow> rows, bool isWatched);
  void setView(const View& view);
  [[nodiscard]] const View& view() const { return m_view; }
  /// Rows as shown, from the top.
  [[nodiscard]] std::vector<TableRow> shownRows() const;
  /// Columns in which the rows shown do not all say the same.
  [[nodiscard]] std::set<int> differingColumns() const;

  [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
  [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  void sort(int column, Qt::SortOrder order) override;

 private:
  struct Group {
    QString name;
    std::vector<size_t> rows;  ///< indices into m_rows
    bool operator==(const Group&) const = default;
  };
  [[nodiscard]] bool isGrouped() const { return m_view.grouping != Grouping::None; }
  [[nodiscard]] const TableRow* rowAt(const QModelIndex& index) const;
  [[nodiscard]] std::vector<Group> arrange() const;
  void show(std::vector<Group> groups);
  [[nodiscard]] bool passes(const TableRow& row) const;
  [[nodiscard]] QString groupOf(const TableRow& row) const;
  [[nodiscard]] QString textOf(const TableRow& row, int column) const;
  [[nodiscard]] QString configOf(const TableRow& row) const;
  [[nodiscard]] std::optional<double> numberOf(const TableRow& row, int column) const;
  [[nodiscard]] bool isLess(const TableRow& a, const TableRow& b) const;
  void judge();
  [[nodiscard]] bool isBest(const TableRow& row, int column) const;

  std::vector<TableRow> m_rows;
  std::vector<Group> m_groups;                       ///< one, without a name, when not grouped
  std::set<std::pair<const TableRow*, int>> m_best;  ///< row and column
  QStringList m_common;                              ///< settings that all rows shown have
  View m_view;
};

}  // namespace corticast
