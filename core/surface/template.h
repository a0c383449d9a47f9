#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/surface/flat.h"
#include "core/surface/levels.h"
#include "core/surface/mesh.h"
#include "core/surface/topology.h"

namespace corticast {

enum class SurfaceKind { White, Pial, Inflated, Sphere, Flat };

inline constexpr std::array kSurfaceKinds{SurfaceKind::White, SurfaceKind::Pial, SurfaceKind::Inflated,
                                          SurfaceKind::Sphere, SurfaceKind::Flat};

/// "white", "pial", "inflated", "sphere", "flat".
[[nodiscard]] std::string toString(SurfaceKind kind);
[[nodiscard]] SurfaceKind parseSurfaceKind(std::string_view text, const std::string& where);

/// The average brain that all subjects' vertices lie on: fsaverage at one of its levels.
///
///     const auto fsaverage = Template::open(SurfaceLevel::Fsaverage5);
///     const Mesh& inflated = fsaverage.mesh(Hemisphere::Left, SurfaceKind::Inflated);
///
/// What is asked for is read at the first time and kept; references stay valid as long as a copy of the Template
/// lives. Copies share everything. Safe to use from several threads.
class Template {
 public:
  /// Where `./bootstrap` puts the templates: $CORTICAST_DEPS, or $XDG_CACHE_HOME/corticast/deps, or
  /// ~/.cache/corticast/deps.
  [[nodiscard]] static std::filesystem::path dataFolder();

  /// Opens `dataFolder()/fsaverage5` (GIFTI, as in nilearn) for fsaverage5 and coarser levels, otherwise
  /// `dataFolder()/fsaverage` (FreeSurfer's files). Throws Error naming the command that fetches what is missing.
  [[nodiscard]] static Template open(SurfaceLevel level);
  /// Opens a folder of either kind: FreeSurfer's (with `surf/`), or nilearn's (`white_left.gii.gz`, ...), at its own
  /// level or a coarser one.
  [[nodiscard]] static Template openFrom(const std::filesystem::path& folder);
  [[nodiscard]] static Template openFrom(const std::filesystem::path& folder, SurfaceLevel level);

  [[nodiscard]] SurfaceLevel level() const;
  /// Per hemisphere.
  [[nodiscard]] size_t vertexCount() const;
  [[nodiscard]] const std::filesystem::path& folder() const;

  /// Positions in mm. All kinds of one hemisphere have the same vertices and, but for Flat, the same triangles.
  /// Flat keeps the numbers: vertices that are not in it are at (0, 0, 0) and in no triangle.
  [[nodiscard]] const Mesh& mesh(Hemisphere hemisphere, SurfaceKind kind) const&;
  /// The flat map with only its own vertices.
  [[nodiscard]] FlatPatch flatPatch(Hemisphere hemisphere) const;
  [[nodiscard]] const Neighbours& neighbours(Hemisphere hemisphere) const&;

  /// [vertices] mean curvature in 1/mm; positive in sulci.
  [[nodiscard]] const std::vector<float>& curvature(Hemisphere hemisphere) const&;
  /// [vertices] sulcal depth in mm; positive in sulci.
  [[nodiscard]] const std::vector<float>& sulc(Hemisphere hemisphere) const&;
  /// [vertices] cortical thickness in mm.
  [[nodiscard]] const std::vector<float>& thickness(Hemisphere hemisphere) const&;

  /// [vertices] false on the medial wall. By FreeSurfer's `cortex.label`, of this folder or of the fsaverage beside it;
  /// where there is none, the largest connected part thinner than 0.6 mm is called medial wall, which is some 60 % of
  /// it.
  [[nodiscard]] const std::vector<bool>& isCortex(Hemisphere hemisphere) const&;

  // A reference out of a Template that is gone at the end of the line would dangle.
  const Mesh& mesh(Hemisphere, SurfaceKind) const&& = delete;
  const Neighbours& neighbours(Hemisphere) const&& = delete;
  const std::vector<float>& curvature(Hemisphere) const&& = delete;
  const std::vector<float>& sulc(Hemisphere) const&& = delete;
  const std::vector<float>& thickness(Hemisphere) const&& = delete;
  const std::vector<bool>& isCortex(Hemisphere) const&& = delete;

 private:
  struct State;
  explicit Template(std::shared_ptr<State> state);
  std::shared_ptr<State> m_state;
};

}  // namespace corticast
