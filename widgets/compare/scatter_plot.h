#pragma once
#include <optional>
#include <vector>

#include "widgets/compare/scatter_points.h"
#include "widgets/plots/themed_plot.h"

namespace corticast {

/// r of the first run (up) against r of the second (right), one mark per vertex in its ROI's colour; above the diagonal
/// the first run is better. Filled marks are significant, hollow ones not. Dragging a box picks the vertices in it,
/// a click one vertex; a click on nothing lets all go.
class ScatterPlot : public ThemedPlot {
  Q_OBJECT

 public:
  explicit ScatterPlot(QWidget* parent = nullptr);
  ~ScatterPlot() override;

  void setPoints(ScatterPoints points);
  [[nodiscard]] const ScatterPoints& points() const { return m_points; }
  /// Vertices in the box that was dragged last.
  [[nodiscard]] const std::vector<VertexPick>& brushed() const { return m_brushed; }
  void clearBrush();
  /// The vertex that is selected everywhere, ringed.
  void setVertex(const std::optional<VertexPick>& vertex);

  /// Where a point is in pixels, for tests.
  [[nodiscard]] QPointF placeOf(const ScatterPoint& point) const;

 Q_SIGNALS:
  void brushChanged();
  void vertexClicked(const corticast::VertexPick& vertex);

 protected:
  void applyPalette(const QPalette& palette) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  void rebuild();
  void drawGroup(int roi, bool isSignificant);
  void drawBrushed();
  void drawVertex();
  void scaleAxes();
  void brush(const QRect& box);
  [[nodiscard]] const ScatterPoint* nearest(const QPointF& position) const;
  [[nodiscard]] QString describe(const ScatterPoint& point) const;

  ScatterPoints m_points;
  std::vector<VertexPick> m_brushed;
  std::optional<VertexPick> m_vertex;
  QPalette m_shown;
  QPointF m_pressed;
};

}  // namespace corticast
