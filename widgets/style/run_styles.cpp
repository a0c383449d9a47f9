#include "widgets/style/run_styles.h"

#include <QIconEngine>
#include <QPainter>
#include <array>
#include <cmath>
#include <numbers>

namespace corticast {
namespace {

constexpr std::array kColours = {0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9};
constexpr std::array kMarkers = {RunMarker::Disc,       RunMarker::Square, RunMarker::Diamond,
                                 RunMarker::TriangleUp, RunMarker::Star,   RunMarker::Cross};

QList<qreal> dashesOf(size_t slot) {
  static const std::array<QList<qreal>, 4> kDashes = {
      {{}, {9, 3, 2, 3}, {14, 4}, {9, 3, 2, 3, 2, 3}},
  };
  // Neighbours differ in pattern as well as in colour, and the six colours meet each pattern.
  return kDashes[(slot + slot / kColours.size()) % kDashes.size()];
}

QPolygonF polygon(const QPointF& centre, double radius, int corners, double innerShare) {
  QPolygonF shape;
  const int points = innerShare < 1 ? 2 * corners : corners;
  for (int i = 0; i < points; ++i) {
    const double r = innerShare < 1 && i % 2 == 1 ? radius * innerShare : radius;
    const double angle = -std::numbers::pi / 2 + 2 * std::numbers::pi * i / points;
    shape << centre + QPointF(r * std::cos(angle), r * std::sin(angle));
  }
  return shape;
}

void drawMarker(QPainter& painter, RunMarker marker, const QPointF& centre, double radius) {
  switch (marker) {
    case RunMarker::Disc:
      painter.drawEllipse(centre, radius, radius);
      return;
    case RunMarker::Square:
      painter.drawRect(QRectF(centre.x() - radius * 0.85, centre.y() - radius * 0.85, radius * 1.7, radius * 1.7));
      return;
    case RunMarker::Diamond:
      painter.drawPolygon(polygon(centre, radius * 1.15, 4, 1));
      return;
    case RunMarker::TriangleUp:
      painter.drawPolygon(polygon(centre, radius * 1.2, 3, 1));
      return;
    case RunMarker::Star:
      painter.drawPolygon(polygon(centre, radius * 1.3, 5, 0.45));
      return;
    case RunMarker::Cross:
      painter.drawPolygon(polygon(centre, radius * 1.3, 4, 0.4));
      return;
  }
}

class SwatchEngine : public QIconEngine {
 public:
  explicit SwatchEngine(size_t slot) : m_slot(slot) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode, QIcon::State) override {
    const RunStyle style = runStyle(m_slot);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRectF area(rect);
    painter->setPen(style.pen(area.height() / 8));
    painter->drawLine(QPointF(area.left() + 1, area.center().y()), QPointF(area.right() - 1, area.center().y()));
    painter->setPen(Qt::NoPen);
    painter->setBrush(style.colour);
    drawMarker(*painter, style.marker, area.center(), area.height() * 0.26);
    painter->restore();
  }
  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint(&painter, QRect(QPoint(), size), mode, state);
    return pixmap;
  }
  [[nodiscard]] QIconEngine* clone() const override { return new SwatchEngine(m_slot); }

 private:
  size_t m_slot;
};

}  // namespace

QPen RunStyle::pen(double lineWidth) const {
  QPen pen(colour, lineWidth);
  pen.setCapStyle(Qt::FlatCap);
  if (!dashes.isEmpty()) pen.setDashPattern(dashes);
  return pen;
}

RunStyle runStyle(size_t slot) {
  return {.colour = QColor(static_cast<QRgb>(0xff000000U | static_cast<QRgb>(kColours[slot % kColours.size()]))),
          .dashes = dashesOf(slot),
          .marker = kMarkers[slot % kMarkers.size()]};
}

QIcon runSwatch(size_t slot) {
  return QIcon(new SwatchEngine(slot));
}

}  // namespace corticast
