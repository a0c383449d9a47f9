#include "core/data/responses.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/formats/npy.h"

namespace corticast {
namespace {

// Rows of one tile are read for all columns before the next ones, so that a transposed result is written a cache
// line at a time.
constexpr size_t kTileRows = 16;
// Between two looks at the stop token, and between two releases of what was read.
constexpr size_t kScanBytes = size_t{64} << 20;

// The values as stored; NumPy does not promise alignment, hence memcpy (one load all the same).
template <typename T>
struct Values {
  const std::byte* data;
  size_t rowStep;     // bytes from row to row
  size_t columnStep;  // bytes from column to column

  [[nodiscard]] float at(size_t row, size_t column) const { return load(data + row * rowStep + column * columnStep); }
  [[nodiscard]] static float load(const std::byte* place) {
    T value;
    std::memcpy(&value, place, sizeof(T));
    return static_cast<float>(value);
  }
};

template <typename T>
void gatherValues(const Values<T>& values, std::span<const uint32_t> rows, std::span<const uint32_t> columns,
                  MatrixView<float> out) {
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::byte* row = values.data + rows[i] * values.rowStep;
    float* to = out.row(i).data();
    for (size_t j = 0; j < columns.size(); ++j) to[j] = Values<T>::load(row + columns[j] * values.columnStep);
  }
}

template <typename T>
void gatherValuesTransposed(const Values<T>& values, std::span<const uint32_t> rows, std::span<const uint32_t> columns,
                            MatrixView<float> out) {
  for (size_t first = 0; first < rows.size(); first += kTileRows) {
    const size_t last = std::min(first + kTileRows, rows.size());
    for (size_t j = 0; j < columns.size(); ++j) {
      const std::byte* column = values.data + columns[j] * values.columnStep;
      float* to = out.row(j).data();
      for (size_t i = first; i < last; ++i) to[i] = Values<T>::load(column + rows[i] * values.rowStep);
    }
  }
}

void checkIndices(const std::filesystem::path& path, std::span<const uint32_t> indices, size_t bound,
                  const char* what) {
  const auto largest = std::max_element(indices.begin(), indices.end());
  if (largest == indices.end() || *largest < bound) return;
  throw Error(
      {.what = "gather responses",
       .where = path.string(),
       .why = std::string(what) + " " + std::to_string(*largest) + " is asked for, there are " + std::to_string(bound),
       .remedy = "use rows and columns of this subject and hemisphere"});
}

void checkShape(const std::filesystem::path& path, size_t rows, size_t columns, MatrixView<float> out) {
  if (out.rows() == rows && out.cols() == columns) return;
  throw Error({.what = "gather responses",
               .where = path.string(),
               .why = "the result holds " + std::to_string(out.rows()) + " x " + std::to_string(out.cols()) +
                      " values, " + std::to_string(rows) + " x " + std::to_string(columns) + " are asked for",
               .remedy = "give a result of that shape"});
}

[[noreturn]] void refuse(const MappedNpy& file, std::string why, std::string remedy) {
  throw Error(
      {.what = "open responses", .where = file.path().string(), .why = std::move(why), .remedy = std::move(remedy)});
}

// A scan goes along the file: a line is a row in C order, a column in Fortran order.
template <typename T>
class LineScan {
 public:
  LineScan(const std::byte* data, size_t lines, size_t length) : m_data(data), m_lines(lines), m_length(length) {}

  struct BadValue {
    size_t line, position;
  };

  template <typename AfterChunk>
  void run(const AfterChunk& afterChunk) {
    m_varies.assign(m_length, 0);
    m_lineVaries.assign(m_lines, 0);
    const size_t chunk = std::max<size_t>(1, kScanBytes / (m_length * sizeof(T)));
    for (size_t first = 0; first < m_lines; first += chunk) {
      const size_t last = std::min(first + chunk, m_lines);
      for (size_t line = first; line < last; ++line) scanLine(line);
      afterChunk((last - first) * m_length);
    }
  }
  [[nodiscard]] uint64_t notFinite() const { return m_notFinite; }
  [[nodiscard]] const std::vector<BadValue>& firstBadOfLines() const { return m_bad; }
  [[nodiscard]] const std::vector<uint8_t>& positionVaries() const { return m_varies; }
  [[nodiscard]] const std::vector<uint8_t>& lineVaries() const { return m_lineVaries; }

 private:
  void scanLine(size_t line) {
    m_first.resize(m_length);
    m_line.resize(m_length);
    std::memcpy(m_line.data(), m_data + line * m_length * sizeof(T), m_length * sizeof(T));
    if (line == 0) m_first = m_line;
    uint32_t bad = 0;
    uint8_t varies = 0;
    for (size_t i = 0; i < m_length; ++i) {
      bad += !(std::abs(m_line[i]) <= std::numeric_limits<float>::max());
      m_varies[i] |= static_cast<uint8_t>(m_line[i] != m_first[i]);
      varies |= static_cast<uint8_t>(m_line[i] != m_line[0]);
    }
    m_lineVaries[line] = varies;
    if (bad == 0) return;
    m_notFinite += bad;
    const auto isBad = [](T value) { return !(std::abs(value) <= std::numeric_limits<float>::max()); };
    m_bad.push_back({line, size_t(std::find_if(m_line.begin(), m_line.end(), isBad) - m_line.begin())});
  }

  const std::byte* m_data;
  size_t m_lines;
  size_t m_length;
  uint64_t m_notFinite = 0;
  std::vector<BadValue> m_bad;
  std::vector<uint8_t> m_varies;
  std::vector<uint8_t> m_lineVaries;
  std::vector<T> m_first;
  std::vector<T> m_line;
};

template <typename T>
ValueCheck checkFile(const MappedNpy& file, ProgressReporter& progress) {
  const NpyHeader& header = file.header();
  const bool isFortran = header.isFortranOrder;
  LineScan<T> scan(file.bytes().data(), header.shape[isFortran ? 1 : 0], header.shape[isFortran ? 0 : 1]);
  scan.run([&](size_t count) {
    file.release();
    progress.checkCancelled();
    progress.advance(count);
  });
  ValueCheck check;
  check.notFinite = scan.notFinite();
  bool isFirst = true;
  for (const auto& bad : scan.firstBadOfLines()) {
    const size_t row = isFortran ? bad.position : bad.line;
    const size_t column = isFortran ? bad.line : bad.position;
    if (isFirst || row < check.firstRow) {
      check.firstRow = row;
      check.firstColumn = column;
      isFirst = false;
    }
  }
  const std::vector<uint8_t>& varies = isFortran ? scan.lineVaries() : scan.positionVaries();
  check.constantColumns = std::count(varies.begin(), varies.end(), 0);
  check.firstConstantColumn = std::find(varies.begin(), varies.end(), 0) - varies.begin();
  return check;
}

}  // namespace

struct Responses::Impl {
  explicit Impl(const std::filesystem::path& path) : file(path) {}

  // Calls `work` with the values as their stored type.
  template <typename Work>
  void visit(const Work& work) const {
    const NpyHeader& header = file.header();
    const size_t size = sizeOf(header.type);
    const size_t rowStep = size * (header.isFortranOrder ? 1 : header.shape[1]);
    const size_t columnStep = size * (header.isFortranOrder ? header.shape[0] : 1);
    if (header.type == NpyType::Float64) {
      work(Values<double>{file.bytes().data(), rowStep, columnStep});
    } else {
      work(Values<float>{file.bytes().data(), rowStep, columnStep});
    }
  }

  MappedNpy file;
};

Responses::Responses(std::unique_ptr<const Impl> impl) : m_impl(std::move(impl)) {}
Responses::~Responses() = default;

std::shared_ptr<const Responses> Responses::open(const std::filesystem::path& path) {
  auto impl = std::make_unique<Impl>(path);
  const NpyHeader& header = impl->file.header();
  if (header.type != NpyType::Float32 && header.type != NpyType::Float64)
    refuse(impl->file, toString(header.type) + " values; float32 or float64 are needed",
           "convert the file with numpy.save(path, array.astype('float32'))");
  if (header.shape.size() != 2 || header.shape[0] == 0 || header.shape[1] == 0)
    refuse(impl->file, "shape is " + header.shapeText() + "; [images x vertices] is needed",
           "save a two-dimensional array, one row per picture");
  if (header.isByteSwapped)
    refuse(impl->file, "values are stored big-endian", "convert the file with numpy.save(path, array.astype('<f4'))");
  return std::shared_ptr<const Responses>(new Responses(std::move(impl)));
}

size_t Responses::rows() const {
  return m_impl->file.header().shape[0];
}
size_t Responses::cols() const {
  return m_impl->file.header().shape[1];
}
const std::filesystem::path& Responses::path() const {
  return m_impl->file.path();
}
std::string_view Responses::dtype() const {
  return m_impl->file.header().type == NpyType::Float64 ? "float64" : "float32";
}
uint64_t Responses::byteCount() const {
  return uint64_t{rows()} * cols() * sizeOf(m_impl->file.header().type);
}

void Responses::gather(std::span<const uint32_t> rowIndices, std::span<const uint32_t> columns,
                       MatrixView<float> out) const {
  checkShape(path(), rowIndices.size(), columns.size(), out);
  checkIndices(path(), rowIndices, rows(), "row");
  checkIndices(path(), columns, cols(), "column");
  m_impl->visit([&](const auto& values) { gatherValues(values, rowIndices, columns, out); });
}

void Responses::gatherTransposed(std::span<const uint32_t> rowIndices, std::span<const uint32_t> columns,
                                 MatrixView<float> out) const {
  checkShape(path(), columns.size(), rowIndices.size(), out);
  checkIndices(path(), rowIndices, rows(), "row");
  checkIndices(path(), columns, cols(), "column");
  m_impl->visit([&](const auto& values) { gatherValuesTransposed(values, rowIndices, columns, out); });
}

void Responses::release() const {
  m_impl->file.release();
}

ValueCheck Responses::checkValues(ProgressReporter& progress) const {
  progress.begin("check " + path().filename().string(), rows() * cols(), "values");
  ValueCheck check;
  m_impl->visit([&]<typename T>(const Values<T>&) { check = checkFile<T>(m_impl->file, progress); });
  return check;
}

}  // namespace corticast
