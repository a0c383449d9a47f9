#include "widgets/cortex/colour_bar.h"

#include <QFontMetricsF>
#include <QImage>
#include <QPainter>
#include <QPainterPath>
#include <QPalette>

#include "widgets/brain/colour_map.h"
#include "widgets/cortex/value_range.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr double kBarWidth = 14;
constexpr double kTipHeight = 9;

/// The bar's outline: a body with a pointed end above and below.
QPainterPath barShape(const QRectF& body) {
  QPainterPath path;
  path.moveTo(body.topLeft());
  path.lineTo(body.center().x(), body.top() - kTipHeight);
  path.lineTo(body.topRight());
  path.lineTo(body.bottomRight());
  path.lineTo(body.center().x(), body.bottom() + kTipHeight);
  path.lineTo(body.bottomLeft());
  path.closeSubpath();
  return path;
}

QLinearGradient gradientOf(const ColourMap& map, const QRectF& body) {
  QLinearGradient gradient(body.bottomLeft(), body.topLeft());
  constexpr int kStops = 64;
  for (int i = 0; i <= kStops; ++i) {
    const double place = i / static_cast<double>(kStops);
    const Rgb colour = map.at(place);
    gradient.setColorAt(place, QColor(colour.red, colour.green, colour.blue));
  }
  return gradient;
}

}  // namespace

void paintColourBar(QPainter& painter, const QRectF& area, const ColourBarContent& content, const QColor& text,
                    const QColor& missing) {
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  const QFontMetricsF metrics(painter.font());
  const double line = metrics.height();
  const double bottomSpace = content.hasMissing ? 2.2 * line : 0.5 * line;
  const QRectF body(area.left(), area.top() + kTipHeight + line * 0.6, kBarWidth,
                    area.height() - 2 * kTipHeight - line * 0.6 - bottomSpace);
  if (body.height() > 2 * line) {
    painter.setPen(QPen(text, 0.8));
    painter.setBrush(gradientOf(colourMap(content.colours.colourMap), body));
    painter.drawPath(barShape(body));

    const ValueRange range{content.colours.low, content.colours.high};
    const auto places = tickPlaces(range, std::max(2, static_cast<int>(body.height() / (2.4 * line))));
    const double step = places.size() > 1 ? places[1] - places[0] : 1;
    double widest = 0;
    for (const double value : places) {
      const double y = body.bottom() - (value - range.low) / (range.high - range.low) * body.height();
      painter.drawLine(QPointF(body.right(), y), QPointF(body.right() + 4, y));
      const QString label = QString::fromStdString(tickText(value, step));
      widest = std::max(widest, metrics.horizontalAdvance(label));
      painter.drawText(QPointF(body.right() + 7, y + metrics.ascent() / 2 - 1), label);
    }
    painter.save();
    painter.translate(body.right() + 14 + widest + metrics.ascent(), body.center().y());
    painter.rotate(-90);
    painter.drawText(QRectF(-body.height() / 2, -metrics.ascent(), body.height(), line), Qt::AlignCenter,
                     metrics.elidedText(content.title, Qt::ElideRight, static_cast<int>(body.height())));
    painter.restore();
  }
  if (content.hasMissing) {
    const QRectF swatch(area.left(), area.bottom() - line, kBarWidth, line * 0.7);
    painter.setBrush(missing);
    painter.drawRect(swatch);
    painter.drawText(QPointF(swatch.right() + 7, swatch.center().y() + metrics.ascent() / 2 - 1),
                     QObject::tr("no value"));
  }
  painter.restore();
}

ColourBar::ColourBar(QWidget* parent) : QWidget(parent) {
  setObjectName("colourBar");
  setToolTip(tr("Double click to set the range"));
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
}

void ColourBar::setContent(const ColourBarContent& content) {
  m_content = content;
  update();
}

QSize ColourBar::sizeHint() const {
  return {fontMetrics().horizontalAdvance("no value") + 44, 200};
}

void ColourBar::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const ThemeColours theme = themeColours(palette());
  paintColourBar(painter, QRectF(rect()).adjusted(4, 8, -2, -6), m_content, palette().color(QPalette::WindowText),
                 theme.gyrus);
}

void ColourBar::mouseDoubleClickEvent(QMouseEvent*) {
  Q_EMIT rangeRequested();
}

}  // namespace corticast
