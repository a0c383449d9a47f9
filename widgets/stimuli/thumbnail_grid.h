#pragma once
#include <QAbstractScrollArea>
#include <QString>
#include <functional>
#include <vector>

class QPainter;

namespace corticast {

class ThumbnailCache;

/// Pictures in rows, each with a line below it. Draws what is visible and nothing else, so that ten thousand scroll as
/// smoothly as ten. Arrow keys, Page up and down, Home and End move; a click chooses.
class ThumbnailGrid : public QAbstractScrollArea {
  Q_OBJECT

 public:
  explicit ThumbnailGrid(ThumbnailCache& cache, QWidget* parent = nullptr);

  /// Indices of pictures in the order in which they are shown. Keeps the current one in view if it is among them.
  void setOrder(std::vector<int> order);
  [[nodiscard]] const std::vector<int>& order() const { return m_order; }
  /// What stands below a picture, and its name for the tool tip.
  void setTexts(std::function<QString(int picture)> caption, std::function<QString(int picture)> toolTip);
  /// Side of a picture, in pixels of the screen's own scale: 48 to 256.
  void setPictureSize(int pixels);
  /// -1: none.
  [[nodiscard]] int current() const { return m_current; }
  void setCurrent(int picture, bool scrollTo = true);
  /// What stands there when there is no picture to show.
  void setEmptyText(const QString& text);
  /// Where a picture is drawn, in the viewport's coordinates; empty when it is not among the shown.
  [[nodiscard]] QRect cellOf(int picture) const;

 Q_SIGNALS:
  void chosen(int picture);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void scrollContentsBy(int dx, int dy) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool viewportEvent(QEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void layOut();
  [[nodiscard]] int placeAt(const QPoint& point) const;
  [[nodiscard]] QRect cellAt(int place) const;
  void choosePlace(int place);
  void paintCell(QPainter& painter, int place);

  ThumbnailCache& m_cache;
  std::vector<int> m_order;
  std::function<QString(int)> m_caption;
  std::function<QString(int)> m_toolTip;
  QString m_emptyText;
  int m_pictureSize = 96;
  int m_columns = 1;
  QSize m_cell;
  int m_current = -1;
};

}  // namespace corticast
