#pragma once
#include <QDialog>
#include <QTemporaryDir>
#include <memory>

#include "widgets/figures/figure.h"
#include "widgets/state/file_chooser.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QProcess;
class QPushButton;
class QTimer;

namespace corticast {

/// Composes a figure of the cortex: size, resolution, ground, views and labels, with a preview that is drawn by the
/// very program that draws the figure (`corticast --render`, in a process of its own, so that the window never waits).
/// Writes PNG, SVG or PDF, and beside it, if wished, the description (JSON) from which the figure can be made again.
class FigureDialog : public QDialog {
  Q_OBJECT

 public:
  /// `start` is what the cortex shows now.
  FigureDialog(Figure start, QWidget* parent);
  ~FigureDialog() override;

  /// As the form stands.
  [[nodiscard]] Figure figure() const;
  /// Draws into `file`; written() or failed().
  void exportTo(const QString& file);
  void setFileChooser(FileChooser chooser) { m_chooser = std::move(chooser); }

 Q_SIGNALS:
  void previewShown();
  void written(const QString& file);
  void failed(const QString& reason);

 private:
  QWidget* buildForm();
  QDoubleSpinBox* lengthBox(const QString& name);
  void changeUnit();
  void onChanged();
  void drawPreview();
  void showPreview(const QString& file);
  void chooseFile();
  void say(const QString& text, bool isError);
  [[nodiscard]] bool isInPixels() const;
  /// Starts the drawing program on a description; `done` gets its error text, empty when it went well.
  void render(const Figure& figure, const QString& file, const std::function<void(const QString&)>& done);

  Figure m_start;
  FileChooser m_chooser = fileDialog();
  QTemporaryDir m_folder;
  QLineEdit* m_title;
  QComboBox* m_views;
  QDoubleSpinBox* m_width;
  QDoubleSpinBox* m_height;
  QComboBox* m_unit;
  QDoubleSpinBox* m_dpi;
  QCheckBox* m_transparent;
  QCheckBox* m_dark;
  QCheckBox* m_bar;
  QCheckBox* m_labels;
  QCheckBox* m_legend;
  QCheckBox* m_description;
  QLabel* m_preview;
  QLabel* m_message;
  QPushButton* m_export = nullptr;
  QTimer* m_timer;
  int m_drawings = 0;  ///< under way or begun, for file names
  bool m_isDrawing = false;
  bool m_isOutdated = false;
};

/// The `corticast` program beside the running one. Throws Error when it is not there.
[[nodiscard]] QString findWorkbenchProgram();

}  // namespace corticast
