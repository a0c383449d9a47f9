#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/formats/surface_geometry.h"

/// GIFTI 1.0 (https://www.nitrc.org/projects/gifti), plain or gzipped. The reader is strict: no entity, no DTD and no
/// external file is ever followed, dimensions must equal the bytes that are there, and nothing is allocated because
/// a header says so. A DOCTYPE line that only points to GIFTI's DTD is passed over.
namespace corticast {

enum class GiftiType { UInt8, Int8, Int16, UInt16, Int32, UInt32, Float32, Float64 };

/// "NIFTI_TYPE_FLOAT32"
[[nodiscard]] std::string toString(GiftiType type);
[[nodiscard]] size_t sizeOf(GiftiType type);

struct GiftiArray {
  std::string intent;  ///< "NIFTI_INTENT_POINTSET"
  GiftiType type = GiftiType::Float32;
  std::vector<size_t> shape;    ///< 1 to 6 dimensions, each at least 1
  std::vector<std::byte> data;  ///< row-major, in this machine's byte order
  std::map<std::string, std::string> metadata;

  [[nodiscard]] size_t valueCount() const;
  /// All values as float32, row-major. Integers must be exact in float32; throws Error otherwise.
  [[nodiscard]] std::vector<float> floats(const std::string& where) const;
  /// All values as int32; throws Error for a fraction or a value out of range.
  [[nodiscard]] std::vector<int32_t> integers(const std::string& where) const;
};

struct GiftiLabel {
  int32_t key = 0;
  std::string name;
  std::array<float, 4> rgba{0, 0, 0, 1};  ///< 0..1
};

struct Gifti {
  std::map<std::string, std::string> metadata;
  std::vector<GiftiLabel> labels;
  std::vector<GiftiArray> arrays;
};

[[nodiscard]] Gifti readGifti(const std::filesystem::path& path);
/// The same of a document in memory; `where` names its origin.
[[nodiscard]] Gifti parseGifti(std::string_view document, const std::string& where);

/// The file's one POINTSET [vertices x 3] and one TRIANGLE [triangles x 3], checked (surface_geometry.h).
[[nodiscard]] SurfaceGeometry readGiftiSurface(const std::filesystem::path& path);

/// One map per data array that holds one value per vertex; a single 2-D array [vertices x maps] gives its columns.
[[nodiscard]] std::vector<std::vector<float>> readGiftiMaps(const std::filesystem::path& path);

/// One value per vertex, to be written.
struct GiftiMap {
  std::string name;
  std::span<const float> values;
};

/// Writes maps as one functional file (float32, GZipBase64, NIFTI_INTENT_NONE as Workbench writes metrics), marked
/// as that hemisphere's cortex, in one step. A name ending in .gz is gzipped. All maps must be equally long.
void writeGiftiMaps(const std::filesystem::path& path, Hemisphere hemisphere, std::span<const GiftiMap> maps);

/// Writes a surface (POINTSET float32, TRIANGLE int32).
void writeGiftiSurface(const std::filesystem::path& path, Hemisphere hemisphere, const SurfaceGeometry& geometry);

}  // namespace corticast
