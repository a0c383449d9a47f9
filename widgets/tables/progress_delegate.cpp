#include "widgets/tables/progress_delegate.h"

#include <QApplication>
#include <QPainter>
#include <algorithm>

#include "widgets/tables/run_words.h"
#include "widgets/tables/runs_model.h"

namespace corticast {

ProgressDelegate::ProgressDelegate(QObject* parent) : QStyledItemDelegate(parent) {}

void ProgressDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  QStyleOptionViewItem cell = option;
  initStyleOption(&cell, index);
  const QString text = cell.text;
  cell.text.clear();
  const QStyle* style = cell.widget ? cell.widget->style() : QApplication::style();
  style->drawControl(QStyle::CE_ItemViewItem, &cell, painter, cell.widget);

  const QFontMetrics metrics(cell.font);
  const int words = metrics.horizontalAdvance("100 %");
  const QRectF area = QRectF(cell.rect).adjusted(6, 0, -6, 0);
  const bool isSelected = cell.state & QStyle::State_Selected;
  const QColor ink = cell.palette.color(isSelected ? QPalette::HighlightedText : QPalette::Text);
  const auto condition = static_cast<RunCondition>(index.data(RunsModel::kConditionRole).toInt());
  const double fraction = std::clamp(index.data(RunsModel::kFractionRole).toDouble(), 0.0, 1.0);
  constexpr double kThickness = 6;
  const QRectF groove(area.left(), area.center().y() - kThickness / 2, std::max(10.0, area.width() - words - 8),
                      kThickness);
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setPen(Qt::NoPen);
  QColor ground = ink;
  ground.setAlphaF(0.16F);
  painter->setBrush(ground);
  painter->drawRoundedRect(groove, kThickness / 2, kThickness / 2);
  QRectF done = groove;
  done.setWidth(groove.width() * fraction);
  painter->setBrush(isSelected ? ink : conditionColour(condition, cell.palette));
  if (done.width() >= 1) painter->drawRoundedRect(done, std::min(3.0, done.width() / 2), kThickness / 2);
  painter->setPen(ink);
  painter->drawText(QRectF(area.right() - words, area.top(), words, area.height()), Qt::AlignRight | Qt::AlignVCenter,
                    text);
  painter->restore();
}

}  // namespace corticast
