#include "widgets/plots/themed_plot.h"

#include <QEvent>
#include <QFileInfo>
#include <QLabel>
#include <QScopeGuard>
#include <QSvgGenerator>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

QPalette paperPalette() {
  QPalette palette;
  palette.setColor(QPalette::Window, Qt::white);
  palette.setColor(QPalette::Base, Qt::white);
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    palette.setColor(role, QColor("#1d2127"));
  palette.setColor(QPalette::Mid, QColor("#c9ced6"));
  palette.setColor(QPalette::Highlight, QColor("#2f6fb4"));
  return palette;
}

[[noreturn]] void cannotWrite(const QString& file, const QString& kind) {
  throw Error({.what = "export the plot",
               .where = file.toStdString(),
               .why = "it cannot be written as " + kind.toUpper().toStdString(),
               .remedy = "choose a folder with room that you may write to"});
}

}  // namespace

ThemedPlot::ThemedPlot(QWidget* parent) : QCustomPlot(parent), m_empty(new QLabel(this)) {
  m_empty->setObjectName("emptyText");
  m_empty->setAlignment(Qt::AlignCenter);
  m_empty->setWordWrap(true);
  m_empty->setAutoFillBackground(true);
  m_empty->setBackgroundRole(QPalette::Base);
  m_empty->hide();
  setAutoAddPlottableToLegend(false);
  setNoAntialiasingOnDrag(false);
  // Plots that change together are painted together: painting composes the whole window, its OpenGL view included.
  setPlottingHint(QCP::phImmediateRefresh, false);
  ThemedPlot::applyPalette(palette());
}

ThemedPlot::~ThemedPlot() = default;

void ThemedPlot::setEmptyText(const QString& text) {
  m_empty->setText(text);
  m_empty->setVisible(!text.isEmpty());
  m_empty->setGeometry(rect());
}

QString ThemedPlot::emptyText() const {
  return m_empty->text();
}

QColor ThemedPlot::mixed(const QColor& colour, const QColor& other, double share) {
  const auto part = [share](int a, int b) { return qRound(a + share * (b - a)); };
  return {part(colour.red(), other.red()), part(colour.green(), other.green()), part(colour.blue(), other.blue())};
}

void ThemedPlot::applyPalette(const QPalette& palette) {
  const ThemeColours theme = themeColours(palette);
  const QColor text = palette.color(QPalette::Text);
  setBackground(palette.color(QPalette::Base));
  QPalette quiet = m_empty->palette();
  quiet.setColor(QPalette::WindowText, theme.quietText);
  quiet.setColor(QPalette::Base, palette.color(QPalette::Base));
  m_empty->setPalette(quiet);
  for (QCPAxisRect* area : axisRects())
    for (QCPAxis* axis : area->axes()) {
      axis->setBasePen(QPen(theme.quietText, 1));
      axis->setTickPen(QPen(theme.quietText, 1));
      axis->setSubTickPen(QPen(theme.quietText, 1));
      axis->setTickLabelColor(text);
      axis->setLabelColor(text);
      axis->setTickLabelFont(font());
      axis->setLabelFont(font());
      axis->grid()->setPen(QPen(theme.grid, 1));
      axis->grid()->setZeroLinePen(QPen(theme.grid, 1));
      axis->grid()->setSubGridVisible(false);
    }
  if (legend) {
    legend->setFont(font());
    legend->setTextColor(text);
    legend->setBorderPen(Qt::NoPen);
    legend->setBrush(Qt::NoBrush);
  }
  if (selectionRect()) {
    QColor area = palette.color(QPalette::Highlight);
    selectionRect()->setPen(QPen(area, 1));
    area.setAlpha(40);
    selectionRect()->setBrush(area);
  }
}

void ThemedPlot::setPointerShown(bool) {}

void ThemedPlot::changeEvent(QEvent* event) {
  QCustomPlot::changeEvent(event);
  if (event->type() != QEvent::PaletteChange && event->type() != QEvent::FontChange) return;
  applyPalette(palette());
  replot(QCustomPlot::rpQueuedReplot);
}

void ThemedPlot::resizeEvent(QResizeEvent* event) {
  QCustomPlot::resizeEvent(event);
  m_empty->setGeometry(rect());
}

void ThemedPlot::write(const QString& file, const QString& kind, double scale) {
  if (kind == "png") {
    if (!toPixmap(width(), height(), scale).save(file, "PNG")) cannotWrite(file, kind);
  } else if (kind == "pdf") {
    if (!savePdf(file, width(), height(), QCP::epNoCosmetic, "Corticast", windowTitle())) cannotWrite(file, kind);
  } else {
    QSvgGenerator picture;
    picture.setFileName(file);
    picture.setSize(size());
    picture.setViewBox(QRect(QPoint(), size()));
    picture.setTitle("Corticast");
    QCPPainter painter;
    if (!painter.begin(&picture)) cannotWrite(file, kind);
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    toPainter(&painter, width(), height());
    painter.end();
  }
}

void ThemedPlot::saveTo(const QString& file, double scale) {
  const QString kind = QFileInfo(file).suffix().toLower();
  if (kind != "png" && kind != "svg" && kind != "pdf")
    throw Error({.what = "export the plot",
                 .where = file.toStdString(),
                 .why = "\"" + kind.toStdString() + "\" is no kind of picture that can be written",
                 .remedy = "end the name in .png, .svg or .pdf"});
  const auto restore = qScopeGuard([this] {
    setPointerShown(true);
    applyPalette(palette());
    replot(QCustomPlot::rpQueuedReplot);
  });
  setPointerShown(false);
  applyPalette(paperPalette());
  writeFileAtomically(file.toStdString(), [&](const std::filesystem::path& temporary) {
    write(QString::fromStdString(temporary.string()), kind, scale);
  });
}

}  // namespace corticast
