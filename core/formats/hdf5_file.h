#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/matrix.h"

namespace corticast {

enum class Hdf5Type { Float16, Float32, Float64, Int32, Int64, UInt8, Text, Other };

/// What stands under a name of a file.
struct Hdf5Info {
  bool isGroup = false;
  Hdf5Type type = Hdf5Type::Other;  ///< as stored; reading converts where nothing is lost
  std::vector<uint64_t> shape;      ///< empty: one value
  [[nodiscard]] uint64_t valueCount() const;
};

class Hdf5RowWriter;

/// An HDF5 file. Names are paths ("/validation/subj01-lh-OFA"); groups on the way are made when writing. Every
/// failure is an Error naming the file and the object.
///
///     writeFileAtomically(path, [&](const auto& temporary) {      // HDF5 does not survive a crash while writing
///       auto file = Hdf5File::create(temporary);
///       file.write("/test/subj01-lh-OFA", prediction.view());
///       file.setAttribute("/", "seed", int64_t{7});
///       file.close();                                              // a full disk shows here at the latest
///     });
///     auto file = Hdf5File::open(path);
///     Matrix<float> prediction = file.readMatrix("/test/subj01-lh-OFA");
///
/// HDF5 fills what was never written with zeros and says nothing; here every part of a dataset must be stored, or
/// reading it is an Error. Sizes are checked against the file before anything is allocated. Links into other files,
/// external data and filter plug-ins are refused. The library itself is not hardened: a file made to attack it can
/// crash or hang the process, so files of unknown origin are opened in a process that may be lost.
/// Locking is best effort: on file systems without locks files are read and written unlocked. Usable from several
/// threads; calls take turns.
class Hdf5File {
 public:
  /// For reading.
  [[nodiscard]] static Hdf5File open(const std::filesystem::path& path);
  /// For writing; there must be no file of that name yet.
  [[nodiscard]] static Hdf5File create(const std::filesystem::path& path);
  ~Hdf5File();
  Hdf5File(Hdf5File&&) noexcept;
  Hdf5File& operator=(Hdf5File&&) noexcept;

  /// Writes all that is pending. A file that was created counts as written only when this has returned.
  void close();

  [[nodiscard]] const std::filesystem::path& path() const;
  [[nodiscard]] bool has(const std::string& name) const;
  /// Names of a group's members, without the group's own, sorted.
  [[nodiscard]] std::vector<std::string> list(const std::string& group = "/") const;
  [[nodiscard]] Hdf5Info info(const std::string& name) const;

  /// Values in C order; T: float, double, int32_t, int64_t, uint8_t. A floating T takes any floating type (rounded;
  /// a finite value beyond T is an Error), an integer T any integer type whose values fit.
  template <typename T>
  [[nodiscard]] std::vector<T> read(const std::string& name) const;
  /// A dataset of two axes.
  [[nodiscard]] Matrix<float> readMatrix(const std::string& name) const;
  /// Rows first .. first + out.rows() of a dataset [rows x ...]; all axes but the first are one, as out.cols().
  void readRows(const std::string& name, uint64_t first, MatrixView<float> out) const;
  /// A dataset of texts (fixed or variable length), which must be UTF-8.
  [[nodiscard]] std::vector<std::string> readTexts(const std::string& name) const;

  /// Writes a new dataset; `shape`'s product must be the number of values.
  template <typename T>
  void write(const std::string& name, std::span<const T> values, const std::vector<uint64_t>& shape);
  void write(const std::string& name, MatrixView<const float> values);
  /// UTF-8 without zeros, stored with the length of the longest.
  void writeTexts(const std::string& name, std::span<const std::string> texts);
  /// A new dataset [rows x rowShape] of float32 or float16 (rounded to nearest), 0 rows at first, in checked
  /// (Fletcher-32) chunks of `chunkRows`.
  [[nodiscard]] Hdf5RowWriter appendableRows(const std::string& name, const std::vector<uint64_t>& rowShape,
                                             uint64_t chunkRows, Hdf5Type type = Hdf5Type::Float32);

  /// Attributes of a group ("/" is the file) or dataset. No value when there is none; Error on another type.
  [[nodiscard]] std::optional<std::string> textAttribute(const std::string& object, const std::string& key) const;
  [[nodiscard]] std::optional<int64_t> intAttribute(const std::string& object, const std::string& key) const;
  [[nodiscard]] std::optional<double> realAttribute(const std::string& object, const std::string& key) const;
  [[nodiscard]] std::vector<std::string> attributeNames(const std::string& object) const;
  /// The object must exist ("/" always does), the attribute must not.
  void setAttribute(const std::string& object, const std::string& key, const std::string& value);
  void setAttribute(const std::string& object, const std::string& key, int64_t value);
  void setAttribute(const std::string& object, const std::string& key, double value);

 private:
  friend class Hdf5RowWriter;
  struct State;
  explicit Hdf5File(std::shared_ptr<State> state);
  std::shared_ptr<State> m_state;
};

/// Appends rows to a dataset of a file that is being written, chunk by chunk. finish() before the file's close(),
/// which fails while rows are pending.
///
///     auto rows = file.appendableRows("/embedding", {256, 6, 6}, 32);
///     rows.append(batch.view());       // [any number x 9216]
///     rows.finish();
class Hdf5RowWriter {
 public:
  ~Hdf5RowWriter();
  Hdf5RowWriter(Hdf5RowWriter&&) noexcept;
  Hdf5RowWriter& operator=(Hdf5RowWriter&&) noexcept;

  void append(MatrixView<const float> rows);
  [[nodiscard]] uint64_t rows() const;
  void finish();

 private:
  friend class Hdf5File;
  struct State;
  explicit Hdf5RowWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> m_state;
};

}  // namespace corticast
