#include "widgets/style/eliding_style.h"

#include <QStyleOptionComboBox>

namespace corticast {
namespace {

constexpr int kTextMargin = 1;  // as Fusion draws the label of a combo box, which is clipped to the edit field
constexpr int kIconMargin = 4;

}  // namespace

ElidingStyle::ElidingStyle() : QProxyStyle("Fusion") {}

void ElidingStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                               const QWidget* widget) const {
  const auto* box = qstyleoption_cast<const QStyleOptionComboBox*>(option);
  if (element != CE_ComboBoxLabel || !box) return QProxyStyle::drawControl(element, option, painter, widget);
  QStyleOptionComboBox shortened = *box;
  int room = proxy()->subControlRect(CC_ComboBox, box, SC_ComboBoxEditField, widget).width() - kTextMargin;
  if (!box->currentIcon.isNull()) room -= box->iconSize.width() + kIconMargin;
  // By its ink: a text whose last letter just ends at the edge is in sight as a whole.
  if (box->fontMetrics.boundingRect(box->currentText).right() >= room)
    shortened.currentText = box->fontMetrics.elidedText(box->currentText, Qt::ElideMiddle, room);
  QProxyStyle::drawControl(element, &shortened, painter, widget);
}

}  // namespace corticast
