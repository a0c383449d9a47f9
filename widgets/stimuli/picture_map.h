#pragma once
#include <QWidget>
#include <functional>
#include <vector>

class QPainter;

namespace corticast {

class ThumbnailCache;

/// Pictures as points in two dimensions, coloured by a value. A click chooses; the wheel zooms about the pointer, a
/// drag moves, a double click shows all again. What lies under the pointer is shown as a picture.
class PictureMap : public QWidget {
  Q_OBJECT

 public:
  explicit PictureMap(ThumbnailCache& cache, QWidget* parent = nullptr);

  struct Point {
    int picture = -1;
    float x = 0;
    float y = 0;
  };
  void setPoints(std::vector<Point> points);
  /// Per picture (not per point), NaN or absent: grey. `label` stands beside the colours; "" = all in one colour.
  void setValues(std::vector<float> values, const QString& label, bool isSigned);
  /// What the axes are: "38 % of variance".
  void setAxes(const QString& x, const QString& y);
  void setCurrent(int picture);
  void setEmptyText(const QString& text);
  void setNames(std::function<QString(int picture)> name) { m_name = std::move(name); }
  /// The point nearest to a place of the widget, within reach of a finger; -1.
  [[nodiscard]] int pictureAt(const QPointF& place) const;
  /// Where a picture's point is drawn.
  [[nodiscard]] QPointF placeOf(int picture) const;

 Q_SIGNALS:
  void chosen(int picture);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  [[nodiscard]] QRectF plotArea() const;
  [[nodiscard]] QPointF toWidget(const Point& point) const;
  void showAll();
  void paintPoints(QPainter& painter);
  void paintLegend(QPainter& painter);
  void paintHovered(QPainter& painter);

  ThumbnailCache& m_cache;
  std::vector<Point> m_points;
  std::vector<float> m_values;
  QString m_label;
  QString m_xAxis, m_yAxis;
  QString m_emptyText;
  std::function<QString(int)> m_name;
  bool m_isSigned = false;
  double m_low = 0, m_high = 1;
  QRectF m_shown;  ///< in the points' coordinates
  int m_current = -1;
  int m_hovered = -1;
  QPointF m_pressed;
  QRectF m_shownWhenPressed;
  bool m_isDragging = false;
};

}  // namespace corticast
