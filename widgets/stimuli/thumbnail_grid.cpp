#include "widgets/stimuli/thumbnail_grid.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QSet>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "widgets/stimuli/thumbnail_cache.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr int kGap = 6;

}  // namespace

ThumbnailGrid::ThumbnailGrid(ThumbnailCache& cache, QWidget* parent) : QAbstractScrollArea(parent), m_cache(cache) {
  setFocusPolicy(Qt::StrongFocus);
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  viewport()->setBackgroundRole(QPalette::Base);
  connect(&cache, &ThumbnailCache::ready, this, [this](int picture) {
    if (const QRect cell = cellOf(picture); cell.intersects(viewport()->rect())) viewport()->update(cell);
  });
}

void ThumbnailGrid::setOrder(std::vector<int> order) {
  m_order = std::move(order);
  layOut();
  if (m_current >= 0) setCurrent(m_current);
  viewport()->update();
}

void ThumbnailGrid::setTexts(std::function<QString(int)> caption, std::function<QString(int)> toolTip) {
  m_caption = std::move(caption);
  m_toolTip = std::move(toolTip);
  layOut();
  viewport()->update();
}

void ThumbnailGrid::setPictureSize(int pixels) {
  m_pictureSize = std::clamp(pixels, 48, 256);
  layOut();
  setCurrent(m_current);
  viewport()->update();
}

void ThumbnailGrid::setEmptyText(const QString& text) {
  m_emptyText = text;
  viewport()->update();
}

void ThumbnailGrid::layOut() {
  m_cache.setSize(static_cast<int>(std::lround(m_pictureSize * devicePixelRatioF())));
  m_cell = QSize(m_pictureSize + kGap, m_pictureSize + kGap + (m_caption ? fontMetrics().height() : 0));
  m_columns = std::max(1, (viewport()->width() - kGap) / m_cell.width());
  const int rows = (static_cast<int>(m_order.size()) + m_columns - 1) / m_columns;
  verticalScrollBar()->setRange(0, std::max(0, rows * m_cell.height() + kGap - viewport()->height()));
  verticalScrollBar()->setPageStep(viewport()->height());
  verticalScrollBar()->setSingleStep(m_cell.height() / 2);
}

QRect ThumbnailGrid::cellAt(int place) const {
  return {QPoint(kGap + place % m_columns * m_cell.width(),
                 kGap + place / m_columns * m_cell.height() - verticalScrollBar()->value()),
          m_cell};
}

QRect ThumbnailGrid::cellOf(int picture) const {
  const auto found = std::ranges::find(m_order, picture);
  return found == m_order.end() ? QRect() : cellAt(static_cast<int>(found - m_order.begin()));
}

int ThumbnailGrid::placeAt(const QPoint& point) const {
  const int column = (point.x() - kGap) / m_cell.width();
  const int row = (point.y() - kGap + verticalScrollBar()->value()) / m_cell.height();
  if (point.x() < kGap || column >= m_columns || row < 0) return -1;
  const int place = row * m_columns + column;
  return place < static_cast<int>(m_order.size()) ? place : -1;
}

void ThumbnailGrid::setCurrent(int picture, bool scrollTo) {
  m_current = picture;
  if (const QRect cell = cellOf(picture); scrollTo && cell.isValid()) {
    QScrollBar* bar = verticalScrollBar();
    if (cell.top() < 0) bar->setValue(bar->value() + cell.top() - kGap);
    if (cell.bottom() > viewport()->height()) bar->setValue(bar->value() + cell.bottom() - viewport()->height() + kGap);
  }
  viewport()->update();
}

void ThumbnailGrid::choosePlace(int place) {
  if (m_order.empty()) return;
  const int picture = m_order[static_cast<size_t>(std::clamp(place, 0, static_cast<int>(m_order.size()) - 1))];
  setCurrent(picture);
  Q_EMIT chosen(picture);
}

void ThumbnailGrid::paintEvent(QPaintEvent* event) {
  QPainter painter(viewport());
  painter.fillRect(event->rect(), palette().base());
  if (m_order.empty()) {
    painter.setPen(themeColours(palette()).quietText);
    painter.drawText(viewport()->rect().adjusted(20, 20, -20, -20), Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
    return;
  }
  const int top = verticalScrollBar()->value();
  const int firstRow = std::max(0, (top - kGap) / m_cell.height());
  const int lastRow = (top + viewport()->height()) / m_cell.height();
  const int first = firstRow * m_columns;
  const int end = std::min(static_cast<int>(m_order.size()), (lastRow + 1) * m_columns);
  QSet<int> wanted;
  for (int place = first; place < end; ++place) wanted.insert(m_order[static_cast<size_t>(place)]);
  m_cache.setWanted(wanted);
  // The newest request is decoded first, so the first row is asked for last.
  for (int place = end - 1; place >= first; --place)
    if (cellAt(place).intersects(event->rect())) paintCell(painter, place);
}

void ThumbnailGrid::paintCell(QPainter& painter, int place) {
  const int picture = m_order[static_cast<size_t>(place)];
  const QRect cell = cellAt(place);
  const QRect frame(cell.topLeft(), QSize(m_pictureSize, m_pictureSize));
  const bool isCurrent = picture == m_current;
  const ThemeColours theme = themeColours(palette());
  if (const QImage image = m_cache.thumbnail(picture); !image.isNull()) {
    const QSize size = image.size().scaled(frame.size(), Qt::KeepAspectRatio);
    painter.drawImage(QRect(frame.center() - QPoint(size.width() / 2, size.height() / 2), size), image);
  } else {
    painter.fillRect(frame, theme.grid);
    if (m_cache.isBroken(picture)) {
      painter.setPen(theme.error);
      painter.drawText(frame, Qt::AlignCenter | Qt::TextWordWrap, tr("cannot be decoded"));
    }
  }
  if (isCurrent) {
    painter.setPen(QPen(palette().color(QPalette::Highlight), 3));
    painter.drawRect(frame.adjusted(-1, -1, 1, 1));
  }
  if (!m_caption) return;
  painter.setPen(isCurrent ? palette().color(QPalette::Text) : theme.quietText);
  const QRect line(frame.left(), frame.bottom() + 1, frame.width(), fontMetrics().height());
  painter.drawText(line, Qt::AlignCenter, fontMetrics().elidedText(m_caption(picture), Qt::ElideMiddle, frame.width()));
}

void ThumbnailGrid::resizeEvent(QResizeEvent* event) {
  QAbstractScrollArea::resizeEvent(event);
  layOut();
}

void ThumbnailGrid::scrollContentsBy(int, int) {
  viewport()->update();
}

void ThumbnailGrid::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  if (const int place = placeAt(event->pos()); place >= 0) choosePlace(place);
}

void ThumbnailGrid::keyPressEvent(QKeyEvent* event) {
  const auto found = std::ranges::find(m_order, m_current);
  const int place = found == m_order.end() ? -1 : static_cast<int>(found - m_order.begin());
  const int page = std::max(1, viewport()->height() / m_cell.height()) * m_columns;
  int next = 0;
  switch (event->key()) {
    case Qt::Key_Left:
      next = place - 1;
      break;
    case Qt::Key_Right:
      next = place + 1;
      break;
    case Qt::Key_Up:
      next = place - m_columns;
      break;
    case Qt::Key_Down:
      next = place < 0 ? 0 : place + m_columns;
      break;
    case Qt::Key_PageUp:
      next = place - page;
      break;
    case Qt::Key_PageDown:
      next = place + page;
      break;
    case Qt::Key_Home:
      next = 0;
      break;
    case Qt::Key_End:
      next = static_cast<int>(m_order.size()) - 1;
      break;
    default:
      QAbstractScrollArea::keyPressEvent(event);
      return;
  }
  choosePlace(next);
}

bool ThumbnailGrid::viewportEvent(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QAbstractScrollArea::viewportEvent(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const int place = placeAt(help->pos());
  if (place >= 0 && m_toolTip)
    QToolTip::showText(help->globalPos(), m_toolTip(m_order[static_cast<size_t>(place)]), viewport(), cellAt(place));
  else
    QToolTip::hideText();
  return true;
}

void ThumbnailGrid::changeEvent(QEvent* event) {
  QAbstractScrollArea::changeEvent(event);
  if (event->type() == QEvent::FontChange) layOut();
}

}  // namespace corticast
