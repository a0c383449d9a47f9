#pragma once
#include <QAbstractTableModel>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/params.h"
#include "core/training/plan.h"

namespace corticast {

/// What a row of the table stands for: an ROI in both hemispheres, or in one.
struct OverrideRow {
  std::string roi;
  std::string roiClass;
  std::string hemisphere;  ///< "lh", "rh", "" = both
  auto operator<=>(const OverrideRow&) const = default;
};

/// Settings that differ per ROI: rows are the ROIs that are trained, columns the chosen settings. An empty cell takes
/// the form's value, which it shows greyed. A wrong text stays, marked, with its reason as tooltip, and does not count.
/// Cells of ROIs and settings that are not shown are kept.
class OverrideModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  /// The reason why a cell is wrong; "" when it is fine.
  enum Role { kProblemRole = Qt::UserRole, kRoiRole, kIsOwnRole };

  explicit OverrideModel(std::vector<Param> params, QObject* parent = nullptr);

  void setRows(const std::vector<OverrideRow>& rows);
  [[nodiscard]] const std::vector<OverrideRow>& rows() const { return m_rows; }
  void setColumns(const std::vector<std::string>& ids);
  [[nodiscard]] const std::vector<std::string>& columns() const { return m_columns; }
  /// The form's values, which empty cells take.
  void setInherited(const Json& values);
  [[nodiscard]] const Param& param(int column) const;
  [[nodiscard]] const std::vector<Param>& params() const { return m_params; }
  /// Whether an ROI has one row per hemisphere.
  [[nodiscard]] bool isSplit(const std::string& roi) const;

  /// Of the shown rows, right cells only; a row's hemisphere comes after the ROI's both sides.
  [[nodiscard]] std::vector<Override> overrides() const;
  /// Replaces all cells. Takes overrides that name an ROI and no subject or id.
  void setOverrides(const std::vector<Override>& overrides);
  void clearRow(int row);
  /// "FFA-1, patience: must be a whole number"; empty when all cells of the shown rows are fine.
  [[nodiscard]] QString firstProblem() const;

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;

 Q_SIGNALS:
  void changed();

 private:
  struct Cell {
    QString text;
    Json value;
    QString problem;
  };
  using RowKey = std::pair<std::string, std::string>;  ///< roi, hemisphere

  [[nodiscard]] const Cell* cell(int row, int column) const;
  [[nodiscard]] QString whyRowWrong(const RowKey& key, const std::string& id, const Json& value) const;
  [[nodiscard]] QVariant cellData(const Cell* cell, const Param& param, int role) const;
  [[nodiscard]] QVariant nameData(const OverrideRow& row, int role) const;

  std::vector<Param> m_params;
  std::vector<OverrideRow> m_rows;
  std::vector<std::string> m_columns;
  Json m_inherited = Json::object();
  std::map<RowKey, std::map<std::string, Cell>> m_cells;
};

}  // namespace corticast
