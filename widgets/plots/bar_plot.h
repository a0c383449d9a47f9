#pragma once
#include <optional>

#include "widgets/plots/roi_bars.h"
#include "widgets/plots/themed_plot.h"

namespace corticast {

/// Correlation per ROI as bars, ROIs grouped by class, left and right hemisphere side by side and within them the
/// runs; a tick marks the noise ceiling, a whisker the interval where one is known. What is absent says so in words.
class BarPlot : public ThemedPlot {
  Q_OBJECT

 public:
  explicit BarPlot(QWidget* parent = nullptr);
  ~BarPlot() override;

  void setBars(RoiBars bars, RoiStatistic statistic);
  [[nodiscard]] const RoiBars& bars() const { return m_bars; }
  /// The ROI that is selected everywhere stands on a tinted ground.
  void setCurrentRoi(const std::optional<RoiKey>& roi);

  /// Middle of a bar in pixels, for tests and for the pointer; nothing when it is not shown.
  [[nodiscard]] std::optional<QPointF> barAt(const RoiKey& roi, size_t run = 0) const;
  /// What the tool tip of a bar says.
  [[nodiscard]] QString describe(size_t roi, Hemisphere hemisphere, size_t run) const;

 Q_SIGNALS:
  void roiClicked(const corticast::RoiKey& roi);

 protected:
  void applyPalette(const QPalette& palette) override;
  void resizeEvent(QResizeEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  struct Slot {
    size_t roi = 0;
    Hemisphere hemisphere = Hemisphere::Left;
    size_t run = 0;
  };

  void rebuild();
  void placeCells();
  void drawRoi(size_t roi);
  void drawBar(const Slot& slot, double value);
  void drawInterval(const Slot& slot, const Interval& interval);
  void drawWord(double key, const QString& word);
  void drawCeiling(size_t roi, size_t side);
  void drawClasses();
  void drawCurrent();
  void labelAxis();
  void scaleValues();
  void fillLegend();
  void addLegendEntry(const QString& name, const QBrush& fill);
  [[nodiscard]] double keyOf(const Slot& slot) const;
  [[nodiscard]] double barWidth() const;
  [[nodiscard]] QColor colourOf(const Slot& slot) const;
  [[nodiscard]] std::optional<Slot> slotAt(const QPointF& position) const;

  RoiBars m_bars;
  RoiStatistic m_statistic = RoiStatistic::Mean;
  std::optional<RoiKey> m_current;
  std::vector<double> m_cells;  ///< key of each ROI's middle
  double m_end = 0;
  QPalette m_shown;
  QString m_scaledFor;  ///< what the value axis was fitted to: it grows, but shrinks only for something else
};

}  // namespace corticast
