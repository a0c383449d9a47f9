#pragma once
#include <QWidget>

#include "widgets/plots/curve_set.h"
#include "widgets/state/file_chooser.h"

class QCheckBox;
class QComboBox;
class QHBoxLayout;
class QLabel;
class QTimer;
class QToolButton;

namespace corticast {

class CurvePlot;
class ExportMenu;
class WorkbenchState;

/// Losses, correlation and learning rate over epochs of the selected runs' models, live. A click on a curve makes its
/// ROI the current one everywhere.
class CurvesPanel : public QWidget {
  Q_OBJECT

 public:
  explicit CurvesPanel(WorkbenchState& state, QWidget* parent = nullptr);
  ~CurvesPanel() override;

  [[nodiscard]] CurvePlot& plot() const { return *m_plot; }
  void setFileChooser(FileChooser chooser);

 Q_SIGNALS:
  void exported(const QString& file);
  void failed(const QString& what, const QString& reason);

 protected:
  void changeEvent(QEvent* event) override;
  void showEvent(QShowEvent* event) override;

 private:
  QHBoxLayout* buildToolRow();
  void takeOptions();
  void refreshSoon();
  void refresh();
  void showIcons();

  WorkbenchState& m_state;
  CurveOptions m_options;
  CurvePlot* m_plot;
  ExportMenu* m_export;
  QLabel* m_readout;
  QComboBox* m_quantity = nullptr;
  QComboBox* m_grouping = nullptr;
  QCheckBox* m_validation = nullptr;
  QCheckBox* m_training = nullptr;
  QCheckBox* m_logarithmic = nullptr;
  QToolButton* m_fit = nullptr;
  QTimer* m_timer;
  bool m_isOutdated = false;
};

}  // namespace corticast
