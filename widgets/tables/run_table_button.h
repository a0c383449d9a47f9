#pragma once
#include <QToolButton>

#include "widgets/state/file_chooser.h"
#include "widgets/state/workbench_state.h"

namespace corticast {

/// Writes the results table of the selected runs (of all when none is selected) as CSV, LaTeX or Markdown, on a thread.
/// objectNames: "runsExport", its actions "runsExportCsv", "runsExportLatex", "runsExportMarkdown".
class RunTableButton : public QToolButton {
  Q_OBJECT

 public:
  explicit RunTableButton(WorkbenchState& state, QWidget* parent = nullptr);

  void setFileChooser(FileChooser chooser) { m_chooser = std::move(chooser); }

 Q_SIGNALS:
  void exported(const QString& file);
  void failed(const QString& what, const QString& reason);

 private:
  void write(const QString& format, const QString& suffix);

  WorkbenchState& m_state;
  FileChooser m_chooser = fileDialog();
};

}  // namespace corticast
