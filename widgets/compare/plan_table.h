#pragma once
#include <QTableWidget>

#include "widgets/compare/comparison_source.h"

namespace corticast {

/// The settings that the compared runs' plans do differently: one row per setting, one column per run.
class PlanTable : public QTableWidget {
  Q_OBJECT

 public:
  explicit PlanTable(QWidget* parent = nullptr);
  ~PlanTable() override;

  /// `slotOf` gives a run's slot, for its swatch. Null empties the table.
  void setCompared(const Compared* compared, const std::function<size_t(const QString&)>& slotOf);
};

}  // namespace corticast
