#pragma once
#include <memory>

#include "widgets/brain/gl_context.h"

namespace corticast {

/// An OpenGL context of the display that the application runs on, or of EGL without a display where it has none.
/// UI thread only. Throws Error when neither offers OpenGL 3.2.
[[nodiscard]] std::unique_ptr<GlContext> makeDisplayContext();

}  // namespace corticast
