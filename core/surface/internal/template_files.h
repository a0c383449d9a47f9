#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "core/surface/template.h"

namespace corticast {

enum class TemplateValues { Curvature, Sulc, Thickness };

/// The files of one template folder, at the level they were made for. Reads anew at every call.
class TemplateFiles {
 public:
  virtual ~TemplateFiles() = default;
  [[nodiscard]] virtual Mesh surface(Hemisphere hemisphere, SurfaceKind kind) const = 0;
  [[nodiscard]] virtual std::vector<float> values(Hemisphere hemisphere, TemplateValues which) const = 0;
  /// [vertices], or nothing where the folder has no label of the cortex.
  [[nodiscard]] virtual std::optional<std::vector<bool>> cortex(Hemisphere hemisphere, size_t vertexCount) const = 0;
};

/// Absent when the folder holds no template of a known kind.
[[nodiscard]] std::unique_ptr<TemplateFiles> openTemplateFiles(const std::filesystem::path& folder);

}  // namespace corticast
