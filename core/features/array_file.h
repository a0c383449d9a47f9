#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace corticast {

/// An array [rows x ...] in a file, read row by row as float32.
class ArrayFile {
 public:
  virtual ~ArrayFile() = default;
  [[nodiscard]] virtual size_t rows() const = 0;
  /// Of one row; at least one extent, none 0.
  [[nodiscard]] virtual std::vector<size_t> rowShape() const = 0;
  /// Names of the rows; empty where the file has none.
  [[nodiscard]] virtual std::vector<std::string> names() const = 0;
  /// Rows [first, first + count) into `out` [count x values per row].
  virtual void read(size_t first, size_t count, std::span<float> out) const = 0;
};

/// Opens a .npy file, or an HDF5 file (.h5, .hdf5, .hdf): dataset /embedding, or the only one of two or more
/// dimensions of numbers; names from /image. Throws Error for other files and for arrays without rows or features.
/// Such files come from elsewhere and the HDF5 library is not hardened: a damaged file can crash or hang it. So a
/// process that may be lost (`corticast-cli array`) reads an HDF5 file to its end first; where that process crashes or
/// takes too long, this is an Error.
[[nodiscard]] std::unique_ptr<ArrayFile> openArrayFile(const std::filesystem::path& path);
/// The same for a process that may be lost.
[[nodiscard]] std::unique_ptr<ArrayFile> openArrayFileUntried(const std::filesystem::path& path);

// One function per kind of file, for openArrayFile.
[[nodiscard]] std::unique_ptr<ArrayFile> openNpyArray(const std::filesystem::path& path);
[[nodiscard]] std::unique_ptr<ArrayFile> openHdf5Array(const std::filesystem::path& path);
void tryHdf5Array(const std::filesystem::path& path);

}  // namespace corticast
