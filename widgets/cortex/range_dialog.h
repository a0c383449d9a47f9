#pragma once
#include <QDialog>
#include <optional>

#include "widgets/brain/hemisphere_actor.h"
#include "widgets/cortex/value_range.h"

class QCheckBox;
class QDoubleSpinBox;
class QLabel;

namespace corticast {

/// Asks for the ends of the colour map and the threshold. Signed maps are symmetric about 0 unless a person unties
/// them, which a warning tells: a colour map whose middle is not 0 misleads.
class RangeDialog : public QDialog {
  Q_OBJECT

 public:
  RangeDialog(const MapColours& colours, bool isSigned, bool isManual, QWidget* parent);

  /// None = fitted to the map.
  [[nodiscard]] std::optional<ValueRange> range() const;
  [[nodiscard]] double threshold() const;

 private:
  void refresh();

  bool m_isSigned;
  QCheckBox* m_automatic;
  QCheckBox* m_symmetric;
  QDoubleSpinBox* m_low;
  QDoubleSpinBox* m_high;
  QDoubleSpinBox* m_threshold;
  QLabel* m_warning;
};

}  // namespace corticast
