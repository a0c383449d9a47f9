#pragma once
#include <optional>
#include <vector>

#include "widgets/plots/curve_set.h"
#include "widgets/plots/themed_plot.h"

namespace corticast {

/// Draws a CurveSet over epochs. While fitted, the axes follow the data in steps and never shrink; once the person
/// has zoomed or moved them they stay where they are. Wheel zooms (over an axis: only that one), dragging a box zooms
/// into it, the middle button or Shift moves, a double click fits again.
class CurvePlot : public ThemedPlot {
  Q_OBJECT

 public:
  explicit CurvePlot(QWidget* parent = nullptr);
  ~CurvePlot() override;

  void setCurves(CurveSet set);
  [[nodiscard]] const CurveSet& curves() const { return m_set; }

  void setLogarithmic(bool isLogarithmic);
  void fit();
  [[nodiscard]] bool isFitted() const { return m_isFitted; }

 Q_SIGNALS:
  /// What lies under the cursor, in words; empty when the cursor leaves.
  void pointedAt(const QString& text);
  void roiClicked(const corticast::RoiKey& roi);
  void fittedChanged(bool isFitted);

 protected:
  void applyPalette(const QPalette& palette) override;
  void setPointerShown(bool isShown) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  struct Hit {
    size_t curve = 0;
    int epoch = 0;
    double distance = 0;  ///< pixels
  };

  void buildPointer();
  void redraw();
  void drawCurve(const Curve& curve, const QPalette& palette);
  void drawMark(const Curve& curve, int epoch, const QCPScatterStyle& shape, const QColor& colour);
  void followData();
  void followValues(double least, double greatest);
  void setFitted(bool isFitted);
  [[nodiscard]] QColor colourOf(const Curve& curve, const QPalette& palette) const;
  [[nodiscard]] std::optional<Hit> nearest(const QPointF& position) const;
  void showPointer(const QPointF& position);
  [[nodiscard]] QString describe(const Hit& hit) const;

  CurveSet m_set;
  QPalette m_shown;
  bool m_isLogarithmic = false;
  bool m_isFitted = true;
  bool m_isFresh = true;  ///< other curves than before: the axes may shrink to them
  QPointF m_pressed;
  std::optional<QPointF> m_movedFrom;
  QCPItemStraightLine* m_line;
  QCPItemTracer* m_dot;
};

}  // namespace corticast
