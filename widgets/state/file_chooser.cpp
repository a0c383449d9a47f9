#include "widgets/state/file_chooser.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <memory>

namespace corticast {

FileChooser fileDialog() {
  return [folder = std::make_shared<QString>(QDir::homePath())](QWidget* parent, const FileQuestion& question) {
    QString file = QFileDialog::getSaveFileName(parent, question.title, QDir(*folder).filePath(question.suggested),
                                                question.filter);
    if (file.isEmpty()) return file;
    if (QFileInfo(file).suffix().isEmpty()) file += "." + QFileInfo(question.suggested).suffix();
    *folder = QFileInfo(file).absolutePath();
    return file;
  };
}

}  // namespace corticast
