#pragma once
#include <memory>

namespace corticast {

/// An OpenGL context, 3.2 or later, that needs no window: VTK draws into framebuffers of its own. Belongs to the thread
/// that made it.
class GlContext {
 public:
  GlContext() = default;
  virtual ~GlContext() = default;
  GlContext(const GlContext&) = delete;
  GlContext& operator=(const GlContext&) = delete;

  virtual void makeCurrent() = 0;
  [[nodiscard]] virtual bool isCurrent() const = 0;
};

/// Without any display: EGL's surfaceless platform, by the graphics card where its driver offers it, else in software.
/// Throws Error when there is no EGL or no OpenGL 3.2.
[[nodiscard]] std::unique_ptr<GlContext> makeEglContext();

}  // namespace corticast
