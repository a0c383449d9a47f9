#include "app/workbench/demo_maker.h"

#include <QFileInfo>
#include <QStandardPaths>

#include "core/demo/demo_study.h"

namespace corticast {

DemoMaker::DemoMaker(QObject* parent) : QObject(parent) {
  connect(&m_job, &BackgroundJob::progressed, this, &DemoMaker::progressed);
  connect(&m_job, &BackgroundJob::failed, this, &DemoMaker::failed);
  connect(&m_job, &BackgroundJob::cancelled, this, &DemoMaker::cancelled);
  connect(&m_job, &BackgroundJob::finished, this, [this] { Q_EMIT ready(folder()); });
}

QString DemoMaker::folder() {
  return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + "/corticast/demo";
}

void DemoMaker::start() {
  // A study appears in one step, so one subject's folder means a whole study.
  if (QFileInfo(folder() + "/subj01").isDir()) {
    Q_EMIT ready(folder());
    return;
  }
  m_job.start([target = folder().toStdString()](ProgressReporter& progress) {
    std::filesystem::create_directories(std::filesystem::path(target).parent_path());
    makeDemoStudy(target, {}, progress);
  });
}

}  // namespace corticast
