#pragma once
#include <QString>
#include <functional>

class QWidget;

namespace corticast {

/// What a person is asked when something is to be saved.
struct FileQuestion {
  QString title;      ///< "Export the curves as PDF"
  QString suggested;  ///< file name with its suffix
  QString filter;     ///< "PDF (*.pdf)"
};

/// Asks where to save; empty when the person thinks better of it. Panels are given one, so that a test can answer.
using FileChooser = std::function<QString(QWidget* parent, const FileQuestion& question)>;

/// The desktop's own dialog. Remembers the folder of the last answer while the program runs, and adds the suggested
/// suffix to a name without one.
[[nodiscard]] FileChooser fileDialog();

}  // namespace corticast
