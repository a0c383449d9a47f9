#include "widgets/cortex/surface_loading.h"

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>

namespace corticast {

void loadSurfacesInBackground(QObject& owner, std::shared_ptr<const Study> study, SurfacesLoaded done) {
  const QPointer<QObject> waiting(&owner);
  QThreadPool::globalInstance()->start([waiting, study = std::move(study), done = std::move(done)] {
    std::shared_ptr<const CortexSurfaces> surfaces;
    QString failure;
    try {
      surfaces = loadSurfaces(study.get());
    } catch (const std::exception& error) {
      failure = QString::fromUtf8(error.what());
    }
    QMetaObject::invokeMethod(qApp, [waiting, surfaces, failure, done] {
      if (waiting) done(surfaces, failure);
    });
  });
}

}  // namespace corticast
