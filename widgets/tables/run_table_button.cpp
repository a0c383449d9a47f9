#include "widgets/tables/run_table_button.h"

#include <QCoreApplication>
#include <QMenu>
#include <QPointer>
#include <QThreadPool>
#include <algorithm>

#include "core/base/atomic_file.h"
#include "core/export/run_table.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

/// Writes the results table of some runs; empty when all went well, else why it did not.
QString writeTable(const std::vector<std::filesystem::path>& runs, const std::string& format, const QString& file) {
  try {
    std::vector<TableRow> rows;
    for (const auto& run : runs) std::ranges::move(runTable(RunFolder(run)), std::back_inserter(rows));
    writeFileAtomically(file.toStdString(), formatTable(rows, tableFormatFrom(format)));
    return {};
  } catch (const std::exception& error) {
    return QString::fromUtf8(error.what());
  }
}

}  // namespace

RunTableButton::RunTableButton(WorkbenchState& state, QWidget* parent) : QToolButton(parent), m_state(state) {
  setObjectName("runsExport");
  setText(tr("Table"));
  setIcon(themeIcon("document-export"));
  setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  setAutoRaise(true);
  setPopupMode(QToolButton::InstantPopup);
  setToolTip(tr("The results of the selected runs, one row per model; of all runs when none is selected"));
  auto* choices = new QMenu(this);
  struct Format {
    const char *name, *label, *format, *suffix;
  };
  for (const Format& f :
       {Format{"runsExportCsv", "CSV", "csv", "csv"}, Format{"runsExportLatex", "LaTeX", "latex", "tex"},
        Format{"runsExportMarkdown", "Markdown", "markdown", "md"}}) {
    QAction* action =
        choices->addAction(tr("%1…").arg(f.label), this,
                           [this, format = QString(f.format), suffix = QString(f.suffix)] { write(format, suffix); });
    action->setObjectName(f.name);
  }
  setMenu(choices);
}

void RunTableButton::write(const QString& format, const QString& suffix) {
  std::vector<std::filesystem::path> runs;
  for (const auto& run : m_state.runs())
    if (m_state.selectedRuns().isEmpty() || m_state.selectedRuns().contains(QString::fromStdString(run->id)))
      runs.push_back(run->path);
  const QString file = m_chooser(window(), {.title = tr("Save the results table"),
                                            .suggested = "results." + suffix,
                                            .filter = QString("%1 (*.%1)").arg(suffix)});
  if (file.isEmpty()) return;
  const QPointer<RunTableButton> self(this);
  QThreadPool::globalInstance()->start([self, runs, format = format.toStdString(), file] {
    const QString failure = writeTable(runs, format, file);
    QMetaObject::invokeMethod(
        qApp,
        [self, failure, file] {
          if (!self) return;
          if (failure.isEmpty())
            Q_EMIT self->exported(file);
          else
            Q_EMIT self->failed(tr("Saving the table"), failure);
        },
        Qt::QueuedConnection);
  });
}

}  // namespace corticast
