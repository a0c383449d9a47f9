#include "widgets/forms/train_files.h"

#include <QFileDialog>

namespace corticast {

TrainFiles TrainFiles::desktop() {
  const QString plans = QObject::tr("Plans (*.json)");
  return {.openPlan =
              [plans](QWidget* parent) {
                return QFileDialog::getOpenFileName(parent, QObject::tr("Open a plan"), {}, plans);
              },
          .savePlan =
              [plans](QWidget* parent, const QString& suggested) {
                return QFileDialog::getSaveFileName(parent, QObject::tr("Save the plan"), suggested, plans);
              },
          .openFile = [](QWidget* parent, const QString& what,
                         const QString& filter) { return QFileDialog::getOpenFileName(parent, what, {}, filter); },
          .openFolder =
              [](QWidget* parent) {
                return QFileDialog::getExistingDirectory(parent, QObject::tr("Folder of an embedding"));
              }};
}

}  // namespace corticast
