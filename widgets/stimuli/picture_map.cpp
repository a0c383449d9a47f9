#include "widgets/stimuli/picture_map.h"

#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "widgets/brain/colour_map.h"
#include "widgets/stimuli/thumbnail_cache.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr double kReach = 8;
constexpr double kRadius = 3;
constexpr int kLegendWidth = 76;
constexpr double kZoomStep = 1.2;

QColor toColour(Rgb colour) {
  return {colour.red, colour.green, colour.blue};
}

}  // namespace

PictureMap::PictureMap(ThumbnailCache& cache, QWidget* parent) : QWidget(parent), m_cache(cache) {
  setMouseTracking(true);
  connect(&cache, &ThumbnailCache::ready, this, [this](int picture) {
    if (picture == m_hovered) update();
  });
}

void PictureMap::setPoints(std::vector<Point> points) {
  m_points = std::move(points);
  m_hovered = -1;
  showAll();
}

void PictureMap::setValues(std::vector<float> values, const QString& label, bool isSigned) {
  m_values = std::move(values);
  m_label = label;
  m_isSigned = isSigned;
  std::vector<float> known;
  std::ranges::copy_if(m_values, std::back_inserter(known), [](float value) { return std::isfinite(value); });
  std::ranges::sort(known);
  // 2nd to 98th percentile: outliers keep the end colours.
  m_low = known.empty() ? 0 : static_cast<double>(known[known.size() / 50]);
  m_high = known.empty() ? 1 : static_cast<double>(known[known.size() - 1 - known.size() / 50]);
  if (isSigned) {
    m_high = std::max(std::abs(m_low), std::abs(m_high));
    m_low = -m_high;
  }
  if (m_high <= m_low) m_high = m_low + 1;
  update();
}

void PictureMap::setAxes(const QString& x, const QString& y) {
  m_xAxis = x;
  m_yAxis = y;
  update();
}

void PictureMap::setCurrent(int picture) {
  m_current = picture;
  update();
}

void PictureMap::setEmptyText(const QString& text) {
  m_emptyText = text;
  update();
}

void PictureMap::showAll() {
  float left = 0, right = 0, top = 0, bottom = 0;
  for (const Point& point : m_points) {
    left = std::min(left, point.x);
    right = std::max(right, point.x);
    bottom = std::min(bottom, point.y);
    top = std::max(top, point.y);
  }
  const double width = std::max(1e-12, static_cast<double>(right - left));
  const double height = std::max(1e-12, static_cast<double>(top - bottom));
  m_shown = QRectF(static_cast<double>(left) - 0.03 * width, static_cast<double>(bottom) - 0.03 * height, 1.06 * width,
                   1.06 * height);
  update();
}

QRectF PictureMap::plotArea() const {
  return QRectF(rect()).adjusted(22, 6, m_label.isEmpty() ? -6.0 : -6.0 - kLegendWidth, -22);
}

QPointF PictureMap::toWidget(const Point& point) const {
  const QRectF area = plotArea();
  return {area.left() + (static_cast<double>(point.x) - m_shown.left()) / m_shown.width() * area.width(),
          area.bottom() - (static_cast<double>(point.y) - m_shown.top()) / m_shown.height() * area.height()};
}

QPointF PictureMap::placeOf(int picture) const {
  const auto found = std::ranges::find(m_points, picture, &Point::picture);
  return found == m_points.end() ? QPointF(-1, -1) : toWidget(*found);
}

int PictureMap::pictureAt(const QPointF& place) const {
  int nearest = -1;
  double least = kReach * kReach;
  for (const Point& point : m_points) {
    const QPointF away = toWidget(point) - place;
    const double squared = QPointF::dotProduct(away, away);
    if (squared > least) continue;
    least = squared;
    nearest = point.picture;
  }
  return nearest;
}

void PictureMap::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const ThemeColours theme = themeColours(palette());
  painter.fillRect(rect(), palette().base());
  if (m_points.empty()) {
    painter.setPen(theme.quietText);
    painter.drawText(rect().adjusted(20, 20, -20, -20), Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
    return;
  }
  painter.setPen(theme.grid);
  painter.drawRect(plotArea());
  painter.setPen(theme.quietText);
  const QRectF area = plotArea();
  painter.drawText(QRectF(area.left(), area.bottom() + 2, area.width(), 20), Qt::AlignCenter, m_xAxis);
  painter.save();
  painter.translate(area.left() - 20, area.center().y());
  painter.rotate(-90);
  painter.drawText(QRectF(-area.height() / 2, 0, area.height(), 18), Qt::AlignCenter, m_yAxis);
  painter.restore();
  paintPoints(painter);
  paintLegend(painter);
  paintHovered(painter);
}

void PictureMap::paintPoints(QPainter& painter) {
  const ThemeColours theme = themeColours(palette());
  const ColourMap& colours = colourMap(m_isSigned ? "vik" : "viridis");
  painter.save();
  painter.setClipRect(plotArea());
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  for (const Point& point : m_points) {
    const auto index = static_cast<size_t>(point.picture);
    const float value = index < m_values.size() ? m_values[index] : NAN;
    QColor colour = std::isfinite(value) && !m_label.isEmpty()
                        ? toColour(colours.at((static_cast<double>(value) - m_low) / (m_high - m_low)))
                    : m_label.isEmpty() ? palette().color(QPalette::Highlight)
                                        : theme.grid;
    painter.setBrush(colour);
    painter.drawEllipse(toWidget(point), kRadius, kRadius);
  }
  if (const QPointF place = placeOf(m_current); place.x() >= 0) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(palette().color(QPalette::Text), 2));
    painter.drawEllipse(place, kRadius + 4, kRadius + 4);
  }
  painter.restore();
}

void PictureMap::paintLegend(QPainter& painter) {
  if (m_label.isEmpty()) return;
  const ColourMap& colours = colourMap(m_isSigned ? "vik" : "viridis");
  const QRect bar(width() - kLegendWidth, 26, 12, std::max(40, std::min(160, height() - 60)));
  for (int y = 0; y < bar.height(); ++y) {
    painter.setPen(toColour(colours.at(1 - y / static_cast<double>(bar.height() - 1))));
    painter.drawLine(bar.left(), bar.top() + y, bar.right(), bar.top() + y);
  }
  painter.setPen(palette().color(QPalette::Text));
  const auto text = [](double value) { return QString::fromStdString(fixed(value, 2)).replace('-', QChar(0x2212)); };
  painter.drawText(QRect(bar.right() + 6, bar.top() - 8, kLegendWidth, 16), Qt::AlignVCenter, text(m_high));
  painter.drawText(QRect(bar.right() + 6, bar.bottom() - 8, kLegendWidth, 16), Qt::AlignVCenter, text(m_low));
  painter.drawText(QRect(bar.left(), 4, kLegendWidth, 16), Qt::AlignLeft | Qt::AlignVCenter,
                   fontMetrics().elidedText(m_label, Qt::ElideRight, kLegendWidth - 4));
}

void PictureMap::paintHovered(QPainter& painter) {
  if (m_hovered < 0) return;
  const QPointF place = placeOf(m_hovered);
  const QImage image = m_cache.thumbnail(m_hovered);
  const QSizeF size = image.isNull() ? QSizeF(96, 96) : QSizeF(image.size()) / devicePixelRatioF();
  const double line = fontMetrics().height() + 4;
  QRectF box(place + QPointF(12, 12), QSizeF(size.width() + 8, size.height() + 8 + line));
  if (box.right() > width()) box.moveRight(place.x() - 12);
  if (box.bottom() > height()) box.moveBottom(std::max(box.height(), place.y() - 12));
  painter.setPen(palette().color(QPalette::Mid));
  painter.setBrush(palette().color(QPalette::ToolTipBase));
  painter.drawRect(box);
  if (!image.isNull()) painter.drawImage(QRectF(box.topLeft() + QPointF(4, 4), size), image);
  painter.setPen(palette().color(QPalette::Text));
  if (m_name)
    painter.drawText(QRectF(box.left() + 4, box.bottom() - line, box.width() - 8, line), Qt::AlignCenter,
                     fontMetrics().elidedText(m_name(m_hovered), Qt::ElideMiddle, static_cast<int>(box.width()) - 8));
}

void PictureMap::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  m_pressed = event->position();
  m_shownWhenPressed = m_shown;
  m_isDragging = false;
}

void PictureMap::mouseMoveEvent(QMouseEvent* event) {
  if (event->buttons() & Qt::LeftButton) {
    const QPointF moved = event->position() - m_pressed;
    m_isDragging = m_isDragging || moved.manhattanLength() > 5;
    if (m_isDragging)
      m_shown = m_shownWhenPressed.translated(-moved.x() / plotArea().width() * m_shown.width(),
                                              moved.y() / plotArea().height() * m_shown.height());
    update();
    return;
  }
  const int under = pictureAt(event->position());
  if (under == m_hovered) return;
  m_hovered = under;
  update();
}

void PictureMap::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || m_isDragging) return;
  if (const int picture = pictureAt(event->position()); picture >= 0) {
    setCurrent(picture);
    Q_EMIT chosen(picture);
  }
}

void PictureMap::mouseDoubleClickEvent(QMouseEvent*) {
  showAll();
}

void PictureMap::wheelEvent(QWheelEvent* event) {
  const double factor = std::pow(kZoomStep, -event->angleDelta().y() / 120.0);
  const QRectF area = plotArea();
  const double x = m_shown.left() + (event->position().x() - area.left()) / area.width() * m_shown.width();
  const double y = m_shown.top() + (area.bottom() - event->position().y()) / area.height() * m_shown.height();
  m_shown = QRectF(x + (m_shown.left() - x) * factor, y + (m_shown.top() - y) * factor, m_shown.width() * factor,
                   m_shown.height() * factor);
  update();
  event->accept();
}

void PictureMap::leaveEvent(QEvent*) {
  m_hovered = -1;
  update();
}

}  // namespace corticast
