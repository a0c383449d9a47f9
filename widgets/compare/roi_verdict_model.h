#pragma once
#include <QAbstractTableModel>
#include <memory>

#include "widgets/compare/comparison_source.h"

namespace corticast {

/// ROIs won and lost: one row per ROI and hemisphere of the compared pair.
class RoiVerdictModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column {
    kRoi,
    kHemisphere,
    kVerdict,
    kFirst,
    kSecond,
    kDifference,
    kQ,
    kVerticesWon,
    kVerticesLost,
    kVertices,
    kColumnCount
  };
  static constexpr int kSortRole = Qt::UserRole;

  explicit RoiVerdictModel(QObject* parent = nullptr);
  ~RoiVerdictModel() override;

  void setCompared(std::shared_ptr<const Compared> compared);
  [[nodiscard]] RoiKey keyOf(int row) const;
  /// -1 when it is not there.
  [[nodiscard]] int rowOf(const RoiKey& key) const;

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  [[nodiscard]] QString textOf(const RoiDifference& difference, int column) const;
  [[nodiscard]] QVariant sortValue(const RoiDifference& difference, int column) const;
  [[nodiscard]] QString verdictText(const RoiDifference& difference) const;
  [[nodiscard]] QString nameOf(size_t run) const;

  std::shared_ptr<const Compared> m_compared;
};

}  // namespace corticast
