#include "widgets/plots/export_menu.h"

#include <QMenu>
#include <QToolButton>

#include "core/base/atomic_file.h"
#include "widgets/plots/themed_plot.h"
#include "widgets/style/theme.h"

namespace corticast {

ExportMenu::ExportMenu(ThemedPlot& plot, std::function<std::string()> csv, const QString& name, QObject* parent)
    : QObject(parent),
      m_plot(plot),
      m_csv(std::move(csv)),
      m_name(name),
      m_button(new QToolButton(plot.parentWidget())) {
  m_button->setObjectName(name + "Export");
  m_button->setText(tr("Export"));
  m_button->setIcon(themeIcon("document-export"));
  m_button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_button->setPopupMode(QToolButton::InstantPopup);
  m_button->setAutoRaise(true);
  m_button->setToolTip(tr("Save what is shown as a picture on white, or its numbers"));
  m_button->setMenu(new QMenu(m_button));
  add("Png", tr("PNG, size of the screen"), "png", 1);
  add("Png2", tr("PNG, twice the size"), "png", 2);
  add("Png4", tr("PNG, four times the size"), "png", 4);
  add("Svg", tr("SVG"), "svg", 1);
  add("Pdf", tr("PDF"), "pdf", 1);
  m_button->menu()->addSeparator();
  add("Csv", tr("Numbers as CSV"), "csv", 1);
}

ExportMenu::~ExportMenu() = default;

void ExportMenu::add(const QString& name, const QString& label, const QString& suffix, double scale) {
  QAction* action = m_button->menu()->addAction(label + "…", this, [this, suffix, scale] { save(suffix, scale); });
  action->setObjectName(m_name + "Export" + name);
}

void ExportMenu::save(const QString& suffix, double scale) {
  const QString kind = suffix.toUpper();
  const QString file = m_chooser(m_plot.window(), {.title = tr("Export as %1").arg(kind),
                                                   .suggested = m_name + "." + suffix,
                                                   .filter = QString("%1 (*.%2)").arg(kind, suffix)});
  if (file.isEmpty()) return;
  try {
    if (suffix == "csv")
      writeFileAtomically(file.toStdString(), m_csv());
    else
      m_plot.saveTo(file, scale);
    Q_EMIT exported(file);
  } catch (const std::exception& error) {
    Q_EMIT failed(tr("Exporting"), QString::fromUtf8(error.what()));
  }
}

}  // namespace corticast
