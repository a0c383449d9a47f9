#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "core/base/matrix.h"

/// FreeSurfer's volumes, .mgh and gzipped .mgz (big-endian), as they hold maps on a surface too: NSD's sessions are
/// [163842 x 1 x 1 x frames].
namespace corticast {

enum class MghType { UInt8, Int32, Float32, Int16, UInt16 };

struct MghHeader {
  std::array<size_t, 4> shape{};  ///< width, height, depth, frames
  MghType type = MghType::Float32;

  /// Values of one frame: width * height * depth.
  [[nodiscard]] size_t voxelCount() const { return shape[0] * shape[1] * shape[2]; }
  [[nodiscard]] size_t frameCount() const { return shape[3]; }
};

/// Reads a volume frame by frame, so that a session larger than memory can be gathered. The size of a plain .mgh is
/// checked when it is opened; a cut .mgz is found when the cut is reached. Throws Error for types other than the five,
/// and for 32-bit integers that float32 cannot hold.
///
///     MghFile session(path);
///     Matrix<float> part(session.header().frameCount(), vertices.size());
///     session.read(0, vertices, part.view());
class MghFile {
 public:
  explicit MghFile(const std::filesystem::path& path);
  ~MghFile();
  MghFile(MghFile&&) noexcept;
  MghFile& operator=(MghFile&&) noexcept;

  [[nodiscard]] const MghHeader& header() const;
  /// All values of one frame, width running fastest. Frames of an .mgz are best read in ascending order: going back
  /// unpacks it again from its front.
  [[nodiscard]] std::vector<float> frame(size_t index);
  /// Values of `voxels` (numbers within a frame) in frames `first`, `first` + 1, ... into `out` [frames x voxels].
  void read(size_t first, std::span<const uint32_t> voxels, MatrixView<float> out);

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

/// A whole volume in memory: frame by frame, width running fastest within a frame.
struct MghVolume {
  std::array<size_t, 4> shape{};
  std::vector<float> values;
};
[[nodiscard]] MghVolume readMgh(const std::filesystem::path& path);

/// Writes maps [maps x vertices] as float32 of shape [vertices x 1 x 1 x maps], in one step; gzipped when the name ends
/// in .mgz.
void writeMghMaps(const std::filesystem::path& path, MatrixView<const float> maps);

}  // namespace corticast
