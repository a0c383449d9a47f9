#include <algorithm>
#include <functional>
#include <numeric>
#include <unordered_map>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/features/array_file.h"
#include "core/features/embedding_source.h"

namespace corticast {
namespace {

constexpr size_t kRowsAtOnce = 64;
constexpr const char* kWhat = "read a precomputed embedding";

std::string shapeText(const std::vector<size_t>& shape) {
  std::vector<std::string> parts;
  for (const size_t extent : shape) parts.push_back(std::to_string(extent));
  return join(parts, " x ");
}

// Which row of which file is a picture's.
struct Place {
  const ArrayFile* file = nullptr;
  size_t row = 0;
};

bool isHdf5(const std::filesystem::path& path) {
  const auto kind = path.extension();
  return kind == ".h5" || kind == ".hdf5" || kind == ".hdf";
}

bool follows(const Place& next, const Place& place) {
  return next.file == place.file && next.row == place.row + 1;
}

class ArraySource : public EmbeddingSource {
 public:
  ArraySource(const EmbedOptions& options, const PictureSet& pictures) {
    m_training = openArrayFile(forSubject(options.weights, pictures.subject));
    addTraining(forSubject(options.weights, pictures.subject), pictures);
    if (options.testWeights.empty()) return;
    const auto path = forSubject(options.testWeights, pictures.subject);
    if (m_places.size() > pictures.training)
      throw Error({.what = kWhat,
                   .where = path.string(),
                   .why = "the training pictures' file names the test pictures too",
                   .remedy = "leave --test-weights out"});
    m_test = openArrayFile(path);
    if (m_test->rowShape() != m_training->rowShape())
      throw Error({.what = kWhat,
                   .where = path.string(),
                   .why = "a test picture's embedding is " + shapeText(m_test->rowShape()) + ", a training picture's " +
                          shapeText(m_training->rowShape()),
                   .remedy = "make both arrays with the same network and layer"});
    append(*m_test, path, std::span(pictures.names).subspan(pictures.training), "test", pictures.subject);
  }

  [[nodiscard]] std::vector<size_t> shape() const override { return m_training->rowShape(); }
  [[nodiscard]] size_t images() const override { return m_places.size(); }

  [[nodiscard]] Matrix<float> rows(size_t first, size_t count, ProgressReporter& progress) override {
    const auto extents = shape();
    Matrix<float> result(count, std::accumulate(extents.begin(), extents.end(), size_t{1}, std::multiplies<>()));
    for (size_t begin = 0; begin < count;) {
      progress.checkCancelled();
      size_t end = begin + 1;
      while (end < count && end - begin < kRowsAtOnce && follows(m_places[first + end], m_places[first + end - 1]))
        ++end;
      const Place& place = m_places[first + begin];
      place.file->read(place.row, end - begin,
                       result.values().subspan(begin * result.cols(), (end - begin) * result.cols()));
      progress.advance(end - begin);
      begin = end;
    }
    return result;
  }

 private:
  void addTraining(const std::filesystem::path& path, const PictureSet& pictures) {
    const std::vector<std::string> names = m_training->names();
    append(*m_training, path, std::span(pictures.names).first(pictures.training), "training", pictures.subject);
    const auto test = std::span(pictures.names).subspan(pictures.training);
    const bool hasTest = std::ranges::any_of(
        test, [&](const std::string& name) { return std::ranges::find(names, name) != names.end(); });
    if (hasTest) append(*m_training, path, test, "test", pictures.subject);
  }

  void append(const ArrayFile& file, const std::filesystem::path& path, std::span<const std::string> pictures,
              const std::string& kind, const std::string& subject) {
    const std::vector<std::string> names = file.names();
    if (!names.empty()) return appendByName(file, path, pictures, names);
    if (file.rows() != pictures.size())
      throw Error({.what = kWhat,
                   .where = path.string(),
                   .why = "it has " + thousands(file.rows()) + " rows, " + subject + " has " +
                          thousands(pictures.size()) + " " + kind + " pictures",
                   .remedy = "give one row per " + kind + " picture, in the order of the pictures' names"});
    for (size_t row = 0; row < pictures.size(); ++row) m_places.push_back({.file = &file, .row = row});
  }

  void appendByName(const ArrayFile& file, const std::filesystem::path& path, std::span<const std::string> pictures,
                    const std::vector<std::string>& names) {
    std::unordered_map<std::string, size_t> rowOf;
    for (size_t row = 0; row < names.size(); ++row)
      if (!rowOf.emplace(names[row], row).second)
        throw Error({.what = kWhat,
                     .where = path.string(),
                     .why = "/image names " + names[row] + " twice",
                     .remedy = "give every picture one row"});
    for (const std::string& picture : pictures) {
      const auto found = rowOf.find(picture);
      if (found == rowOf.end())
        throw Error({.what = kWhat,
                     .where = path.string(),
                     .why = "picture " + picture + " is not among the " + thousands(names.size()) + " names in /image",
                     .remedy = "give every picture a row, under its file name"});
      m_places.push_back({.file = &file, .row = found->second});
    }
  }

  std::unique_ptr<ArrayFile> m_training;
  std::unique_ptr<ArrayFile> m_test;
  std::vector<Place> m_places;  ///< per picture
};

}  // namespace

std::unique_ptr<ArrayFile> openArrayFile(const std::filesystem::path& path) {
  if (isHdf5(path)) tryHdf5Array(path);
  return openArrayFileUntried(path);
}

std::unique_ptr<ArrayFile> openArrayFileUntried(const std::filesystem::path& path) {
  if (!isHdf5(path) && path.extension() != ".npy")
    throw Error({.what = kWhat,
                 .where = path.string(),
                 .why = "it is neither .npy nor HDF5 (.h5, .hdf5)",
                 .remedy = "save the array with numpy.save or h5py"});
  std::unique_ptr<ArrayFile> file = isHdf5(path) ? openHdf5Array(path) : openNpyArray(path);
  const std::vector<size_t> shape = file->rowShape();
  if (file->rows() == 0 || shape.empty() || std::ranges::find(shape, size_t{0}) != shape.end())
    throw Error({.what = kWhat,
                 .where = path.string(),
                 .why = "it is " + std::to_string(file->rows()) + " rows of " + shapeText(shape) + " values",
                 .remedy = "give an array [pictures x features]"});
  return file;
}

std::unique_ptr<EmbeddingSource> precomputedSource(const EmbedOptions& options, const PictureSet& pictures) {
  return std::make_unique<ArraySource>(options, pictures);
}

}  // namespace corticast
