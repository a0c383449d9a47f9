#pragma once
#include "widgets/plots/custom_plot.h"

#include <QString>

namespace corticast {

/// A QCustomPlot in the window's colours: quiet grid and axes, text at 4.5:1, redrawn when the theme changes, a line
/// of advice where there is nothing to show, and exported on white whatever the theme.
class ThemedPlot : public QCustomPlot {
  Q_OBJECT

 public:
  explicit ThemedPlot(QWidget* parent = nullptr);
  ~ThemedPlot() override;

  /// Shown in the middle instead of axes; empty: the plot.
  void setEmptyText(const QString& text);
  [[nodiscard]] QString emptyText() const;

  /// Writes the plot as shown, on white: PNG (`scale` pixels per point of the screen), SVG or PDF by the suffix of
  /// `file`. Throws Error.
  void saveTo(const QString& file, double scale = 1);

 protected:
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  /// Colours everything anew; the palette is the widget's own, or that of paper while exporting.
  virtual void applyPalette(const QPalette& palette);
  /// Marks that belong to the mouse and not into a figure.
  virtual void setPointerShown(bool isShown);
  /// `colour` moved towards `other` by `share` (0..1).
  [[nodiscard]] static QColor mixed(const QColor& colour, const QColor& other, double share);

 private:
  void write(const QString& file, const QString& kind, double scale);

  QLabel* m_empty;
};

}  // namespace corticast
