#pragma once
#include <QWidget>

#include "widgets/plots/roi_bars.h"
#include "widgets/state/file_chooser.h"

class QComboBox;
class QLabel;
class QTimer;

namespace corticast {

class BarPlot;
class ExportMenu;

/// How well the selected runs predict each ROI, against its noise ceiling. Values are read on a thread pool, while a
/// run trains at most about once a second. A click on a bar makes its ROI the current one everywhere.
class RoiBarsPanel : public QWidget {
  Q_OBJECT

 public:
  explicit RoiBarsPanel(WorkbenchState& state, QWidget* parent = nullptr);
  ~RoiBarsPanel() override;

  [[nodiscard]] BarPlot& plot() const { return *m_plot; }
  void setFileChooser(FileChooser chooser);

 Q_SIGNALS:
  /// New bars are shown.
  void measured();
  void exported(const QString& file);
  void failed(const QString& what, const QString& reason);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  void measureSoon(int milliseconds);
  void measure();
  void take(const RoiBars& bars);
  [[nodiscard]] RoiStatistic statistic() const;
  [[nodiscard]] QString whyEmpty(const RoiBars& bars) const;

  WorkbenchState& m_state;
  BarPlot* m_plot;
  ExportMenu* m_export;
  QComboBox* m_statistic;
  QComboBox* m_which;
  QLabel* m_failure;
  QTimer* m_timer;
  bool m_isMeasuring = false;
  bool m_isOutdated = true;
};

}  // namespace corticast
