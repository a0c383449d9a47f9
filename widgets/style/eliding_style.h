#pragma once
#include <QProxyStyle>

namespace corticast {

/// Fusion, with one difference: where a combo box is too narrow for its text, the text is shortened in the middle,
/// with an ellipsis, instead of being cut off. Its list is as wide as its entries all the same.
class ElidingStyle : public QProxyStyle {
 public:
  ElidingStyle();

  void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                   const QWidget* widget) const override;
};

}  // namespace corticast
