#include <algorithm>

#include "core/base/child_process.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/features/array_file.h"
#include "core/formats/hdf5_file.h"

namespace corticast {
namespace {

// Generous: an array is read at more than ten times this speed.
constexpr double kTrialSeconds = 30;
constexpr double kTrialBytesPerSecond = 20e6;
constexpr uint64_t kTrialMemoryBytes = uint64_t{8} << 30;  // LibTorch's libraries take 1.5 GB of it
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kHasShadowMemory = true;  // terabytes of address space
#else
constexpr bool kHasShadowMemory = false;
#endif

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why, const std::string& remedy) {
  throw Error({.what = "read a precomputed embedding", .where = path.string(), .why = why, .remedy = remedy});
}

bool isArray(const Hdf5Info& info) {
  return !info.isGroup &&
         (info.type == Hdf5Type::Float16 || info.type == Hdf5Type::Float32 || info.type == Hdf5Type::Float64) &&
         info.shape.size() >= 2;
}

std::string arrayName(const Hdf5File& file) {
  if (file.has("/embedding")) {
    if (!isArray(file.info("/embedding")))
      fail(file.path(), "/embedding is no array [pictures x features] of float16, float32 or float64",
           "save it as float32 with one row per picture");
    return "/embedding";
  }
  std::vector<std::string> names;
  for (const std::string& name : file.list())
    if (isArray(file.info("/" + name))) names.push_back("/" + name);
  if (names.size() == 1) return names.front();
  fail(file.path(),
       names.empty() ? "it has no array [pictures x features] of float16, float32 or float64"
                     : "it has several arrays: " + join(names, ", "),
       "name the dataset /embedding");
}

class Hdf5Array : public ArrayFile {
 public:
  explicit Hdf5Array(const std::filesystem::path& path) : m_file(Hdf5File::open(path)), m_name(arrayName(m_file)) {
    const Hdf5Info info = m_file.info(m_name);
    m_rows = info.shape.front();
    m_rowShape.assign(info.shape.begin() + 1, info.shape.end());
    if (m_file.has("/image")) m_names = m_file.readTexts("/image");
    if (!m_names.empty() && m_names.size() != m_rows)
      fail(path, "/image has " + thousands(m_names.size()) + " names, " + m_name + " " + thousands(m_rows) + " rows",
           "give every row one name");
  }

  [[nodiscard]] size_t rows() const override { return m_rows; }
  [[nodiscard]] std::vector<size_t> rowShape() const override { return m_rowShape; }
  [[nodiscard]] std::vector<std::string> names() const override { return m_names; }
  void read(size_t first, size_t count, std::span<float> out) const override {
    m_file.readRows(m_name, first, MatrixView<float>(out.data(), count, out.size() / count));
  }

 private:
  Hdf5File m_file;
  std::string m_name;
  size_t m_rows = 0;
  std::vector<size_t> m_rowShape;
  std::vector<std::string> m_names;
};

}  // namespace

std::unique_ptr<ArrayFile> openHdf5Array(const std::filesystem::path& path) {
  return std::make_unique<Hdf5Array>(path);
}

void tryHdf5Array(const std::filesystem::path& path) {
  std::error_code failure;
  const uint64_t bytes = std::filesystem::file_size(path, failure);
  if (failure) return;  // opening it will say why
  ChildLimits limits{.seconds = kTrialSeconds + static_cast<double>(bytes) / kTrialBytesPerSecond};
  if (!kHasShadowMemory) limits.memoryBytes = kTrialMemoryBytes;
  std::filesystem::path cli;
  try {
    cli = findCli();
  } catch (const Error& missing) {
    log::warning(path.string() + " is opened untried: " + missing.what());
    return;
  }
  const ChildEnd end = runLimited({cli.string(), "array", std::filesystem::absolute(path).string()}, limits);
  if (!end.isOrderly())
    fail(path, "a process that read it to try it " + end.text(limits),
         "the file is damaged or not made by HDF5: make it again, or save the array as .npy");
}

}  // namespace corticast
