#pragma once
#include <QString>
#include <functional>
#include <memory>

#include "widgets/cortex/cortex_surfaces.h"

class QObject;

namespace corticast {

/// The surfaces, or none and why.
using SurfacesLoaded =
    std::function<void(const std::shared_ptr<const CortexSurfaces>& surfaces, const QString& failure)>;

/// loadSurfaces() on a pool thread. `done` is called on the UI thread, unless `owner` is gone by then.
void loadSurfacesInBackground(QObject& owner, std::shared_ptr<const Study> study, SurfacesLoaded done);

}  // namespace corticast
