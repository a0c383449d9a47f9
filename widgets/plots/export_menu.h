#pragma once
#include <QObject>
#include <functional>
#include <string>

#include "widgets/state/file_chooser.h"

class QToolButton;

namespace corticast {

class ThemedPlot;

/// The button "Export" of a plot: PNG at three scales, SVG, PDF, and the numbers as CSV.
class ExportMenu : public QObject {
  Q_OBJECT

 public:
  /// `csv` gives the shown numbers; `name` is the suggested file name without suffix.
  ExportMenu(ThemedPlot& plot, std::function<std::string()> csv, const QString& name, QObject* parent);
  ~ExportMenu() override;

  [[nodiscard]] QToolButton* button() const { return m_button; }
  void setFileChooser(FileChooser chooser) { m_chooser = std::move(chooser); }

 Q_SIGNALS:
  void exported(const QString& file);
  void failed(const QString& what, const QString& reason);

 private:
  void add(const QString& name, const QString& label, const QString& suffix, double scale);
  void save(const QString& suffix, double scale);

  ThemedPlot& m_plot;
  std::function<std::string()> m_csv;
  QString m_name;
  QToolButton* m_button;
  FileChooser m_chooser = fileDialog();
};

}  // namespace corticast
