#pragma once
#include <QRectF>
#include <QString>
#include <QWidget>

#include "widgets/brain/hemisphere_actor.h"

namespace corticast {

/// What a colour bar says: the colours of a map, its ends, its name and unit.
struct ColourBarContent {
  MapColours colours;
  QString title;           ///< "Correlation r"
  bool hasMissing = true;  ///< a swatch for vertices without a value
};

/// Paints a vertical colour bar into `area`: the same code for the screen and for figures. Values beyond the ends take
/// the ends' colours, which pointed ends say.
void paintColourBar(QPainter& painter, const QRectF& area, const ColourBarContent& content, const QColor& text,
                    const QColor& missing);

/// The bar beside the cortex. Double click asks for the range dialog.
class ColourBar : public QWidget {
  Q_OBJECT

 public:
  explicit ColourBar(QWidget* parent = nullptr);
  void setContent(const ColourBarContent& content);
  [[nodiscard]] const ColourBarContent& content() const { return m_content; }
  [[nodiscard]] QSize sizeHint() const override;

 Q_SIGNALS:
  void rangeRequested();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;

 private:
  ColourBarContent m_content;
};

}  // namespace corticast
