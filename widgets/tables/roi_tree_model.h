#pragma once
#include <QAbstractItemModel>
#include <memory>
#include <vector>

#include "widgets/state/workbench_state.h"

namespace corticast {

/// ROI classes and their ROIs of the chosen subject, with a check box per ROI (both shown hemispheres at once), the
/// vertex counts of either hemisphere and the ROI's colour. ROIs that the subject lacks are there, greyed, "absent".
class RoiTreeModel : public QAbstractItemModel {
  Q_OBJECT

 public:
  enum Column { kName, kLeft, kRight, kColumnCount };
  enum Role { kRoiNameRole = Qt::UserRole, kRoiClassRole, kIsAbsentRole };

  explicit RoiTreeModel(WorkbenchState& state, QObject* parent = nullptr);

  [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
  [[nodiscard]] QModelIndex parent(const QModelIndex& index) const override;
  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;

 private:
  struct RoiRow {
    std::string name;
    size_t left = 0, right = 0;  ///< vertices; 0 = absent there
  };
  struct ClassRow {
    std::string name;
    std::vector<RoiRow> rois;
  };

  void rebuild();
  void emitChecksChanged();
  [[nodiscard]] const ClassRow* classOf(const QModelIndex& index) const;
  [[nodiscard]] const RoiRow* roiOf(const QModelIndex& index) const;
  /// The keys that a check box stands for: the ROI in the shown hemispheres that have it.
  [[nodiscard]] std::vector<RoiKey> keysOf(const ClassRow& roiClass, const RoiRow& roi) const;
  [[nodiscard]] std::vector<RoiKey> keysOf(const QModelIndex& index) const;
  [[nodiscard]] Qt::CheckState checkState(const QModelIndex& index) const;
  [[nodiscard]] QVariant roiData(const ClassRow& roiClass, const RoiRow& roi, int column, int role) const;
  [[nodiscard]] QVariant classData(const ClassRow& roiClass, int column, int role) const;

  WorkbenchState& m_state;
  std::vector<ClassRow> m_classes;
};

}  // namespace corticast
