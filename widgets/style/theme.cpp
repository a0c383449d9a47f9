#include "widgets/style/theme.h"

#include <QApplication>
#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QSvgRenderer>
#include <optional>

#include "widgets/style/eliding_style.h"

namespace corticast {
namespace {

struct Grounds {
  QColor window, base, alternate, text, button, mid, highlight, highlightedText, link, toolTip;
};

QPalette paletteOf(const Grounds& g) {
  QPalette palette;
  palette.setColor(QPalette::Window, g.window);
  palette.setColor(QPalette::WindowText, g.text);
  palette.setColor(QPalette::Base, g.base);
  palette.setColor(QPalette::AlternateBase, g.alternate);
  palette.setColor(QPalette::Text, g.text);
  palette.setColor(QPalette::Button, g.button);
  palette.setColor(QPalette::ButtonText, g.text);
  palette.setColor(QPalette::BrightText, g.highlightedText);
  palette.setColor(QPalette::Mid, g.mid);
  palette.setColor(QPalette::Midlight, g.mid);
  palette.setColor(QPalette::Light, g.base);
  palette.setColor(QPalette::Dark, g.mid);
  palette.setColor(QPalette::Shadow, g.mid.darker(150));
  palette.setColor(QPalette::Highlight, g.highlight);
  palette.setColor(QPalette::HighlightedText, g.highlightedText);
  palette.setColor(QPalette::Link, g.link);
  palette.setColor(QPalette::ToolTipBase, g.toolTip);
  palette.setColor(QPalette::ToolTipText, g.text);
  QColor quiet = g.text;
  quiet.setAlphaF(0.55F);
  palette.setColor(QPalette::PlaceholderText, quiet);
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    palette.setColor(QPalette::Disabled, role, quiet);
  palette.setColor(QPalette::Disabled, QPalette::Highlight, g.mid);
  return palette;
}

QPalette lightPalette() {
  return paletteOf({.window = "#f3f4f6",
                    .base = "#ffffff",
                    .alternate = "#f7f8fa",
                    .text = "#1d2127",
                    .button = "#fbfbfc",
                    .mid = "#c9ced6",
                    .highlight = "#2f6fb4",
                    .highlightedText = "#ffffff",
                    .link = "#1d5fa8",
                    .toolTip = "#ffffff"});
}

QPalette darkPalette() {
  return paletteOf({.window = "#23262b",
                    .base = "#1b1d21",
                    .alternate = "#212429",
                    .text = "#e6e8eb",
                    .button = "#2d3138",
                    .mid = "#454b55",
                    .highlight = "#3f83cc",
                    .highlightedText = "#ffffff",
                    .link = "#7fb5ee",
                    .toolTip = "#2d3138"});
}

bool isDark(const QPalette& palette) {
  return palette.color(QPalette::Window).lightnessF() < palette.color(QPalette::WindowText).lightnessF();
}

/// Paints an SVG in one colour (none: that of the program's buttons at the time), dimmed when disabled.
class SvgIconEngine : public QIconEngine {
 public:
  SvgIconEngine(const QByteArray& svg, const std::optional<QColor>& colour) : m_svg(svg), m_colour(colour) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
    QColor colour = m_colour.value_or(QGuiApplication::palette().color(QPalette::Active, QPalette::ButtonText));
    if (mode == QIcon::Disabled) colour.setAlphaF(0.4F);
    QByteArray coloured = m_svg;
    coloured.replace("currentColor", colour.name(QColor::HexRgb).toLatin1());
    QSvgRenderer renderer(coloured);
    painter->save();
    painter->setOpacity(colour.alphaF());
    renderer.render(painter, rect);
    painter->restore();
  }
  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    if (size.isEmpty()) return {};
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint(&painter, QRect(QPoint(), size), mode, state);
    return pixmap;
  }
  [[nodiscard]] QIconEngine* clone() const override { return new SvgIconEngine(m_svg, m_colour); }

 private:
  QByteArray m_svg;
  std::optional<QColor> m_colour;
};

QIcon iconOf(const QString& name, const std::optional<QColor>& colour) {
  QFile file(":/icons/" + name + ".svg");
  if (!file.open(QIODevice::ReadOnly)) return {};
  return QIcon(new SvgIconEngine(file.readAll(), colour));
}

}  // namespace

void applyTheme(QApplication& application, ThemeChoice choice) {
  static const bool kSystemIsDark = isDark(application.palette());
  application.setStyle(new ElidingStyle);
  const bool dark = choice == ThemeChoice::Dark || (choice == ThemeChoice::System && kSystemIsDark);
  application.setPalette(dark ? darkPalette() : lightPalette());
  application.setStyleSheet(
      "QToolTip { border: 1px solid palette(mid); padding: 3px; }"
      "QDockWidget::title { padding: 5px 8px; background: palette(window); }"
      "QMainWindow::separator { background: palette(window); width: 5px; height: 5px; }"
      "QTreeView, QTableView { border: none; }"
      "QHeaderView::section { padding: 3px 6px; border: none; border-bottom: 1px solid palette(mid);"
      " background: palette(window); }");
}

ThemeColours themeColours(const QPalette& palette) {
  if (isDark(palette))
    return {.isDark = true,
            .grid = "#363b43",
            .quietText = "#a7aeb8",
            .error = "#ff8a80",
            .warning = "#ffcc66",
            .good = "#7fd197",
            .cortexGround = "#16181b",
            .gyrus = "#b4b4b4",
            .sulcus = "#7d7d7d"};
  return {.isDark = false,
          .grid = "#e1e4e9",
          .quietText = "#5a626d",
          .error = "#b3261e",
          .warning = "#8a5a00",
          .good = "#1e7a3c",
          .cortexGround = "#ffffff",
          .gyrus = "#cdcdcd",
          .sulcus = "#969696"};
}

QIcon themeIcon(const QString& name) {
  return iconOf(name, {});
}

QIcon themeIcon(const QString& name, const QPalette& palette) {
  return iconOf(name, palette.color(QPalette::ButtonText));
}

}  // namespace corticast
