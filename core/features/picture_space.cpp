#include "core/features/picture_space.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/features/streamed_pca.h"

namespace corticast {
namespace {

constexpr size_t kInMemoryBytes = 256U << 20U;
constexpr int kComponents = 50;

/// Reads rows of an embedding and tells of it.
class Rows {
 public:
  Rows(const Embedding& embedding, ProgressReporter& progress) : m_embedding(embedding), m_progress(progress) {
    for (const std::string& each : embedding.images())
      if (const auto row = embedding.rowOf(each)) {
        m_pictures.push_back(each);
        m_rows.push_back(*row);
      }
  }
  [[nodiscard]] const std::vector<std::string>& pictures() const { return m_pictures; }
  [[nodiscard]] RowReader reader() const {
    return {m_rows.size(), m_embedding.featureCount(), [this](size_t first, MatrixView<float> out) {
              m_progress.checkCancelled();
              m_embedding.gather(std::span(m_rows).subspan(first, out.rows()), out);
              m_progress.advance(out.rows());
            }};
  }

 private:
  const Embedding& m_embedding;
  ProgressReporter& m_progress;
  std::vector<std::string> m_pictures;
  std::vector<uint32_t> m_rows;
};

Matrix<float> applied(const Reduction& reduction, const RowReader& rows) {
  // A reduction that takes any number of features does not know it.
  Matrix<float> all(rows.rows, reduction.outputs() > 0 ? reduction.outputs() : rows.cols);
  const size_t most = rowsPerBlock(rows.cols);
  Matrix<float> block;
  for (size_t first = 0; first < rows.rows; first += most) {
    block = Matrix<float>(std::min(most, rows.rows - first), rows.cols);
    rows.read(first, block.view());
    std::ranges::copy(reduction.apply(block.view()).values(), all.row(first).begin());
  }
  return all;
}

// Two components of rows that are in memory, by the same iteration as for those that are not.
StreamedComponents twoOf(const Matrix<float>& centred, const std::stop_token& stop) {
  const size_t count = std::min<size_t>({2, centred.rows() - 1, centred.cols()});
  return streamedComponents({centred.rows(), centred.cols(),
                             [&](size_t first, MatrixView<float> out) {
                               for (size_t r = 0; r < out.rows(); ++r)
                                 std::ranges::copy(centred.row(first + r), out.row(r).begin());
                             }},
                            count, stop);
}

void centre(Matrix<float>& rows, std::vector<double>& mean) {
  mean.assign(rows.cols(), 0.0);
  for (size_t r = 0; r < rows.rows(); ++r)
    for (size_t c = 0; c < rows.cols(); ++c) mean[c] += static_cast<double>(rows(r, c));
  for (double& value : mean) value /= static_cast<double>(rows.rows());
  for (size_t r = 0; r < rows.rows(); ++r)
    for (size_t c = 0; c < rows.cols(); ++c) rows(r, c) = static_cast<float>(static_cast<double>(rows(r, c)) - mean[c]);
}

void normalise(std::span<float> direction) {
  double squares = 0;
  for (const float value : direction) squares += static_cast<double>(value) * static_cast<double>(value);
  if (squares == 0) return;
  for (float& value : direction) value = static_cast<float>(static_cast<double>(value) / std::sqrt(squares));
}

}  // namespace

PictureSpace PictureSpace::of(const Embedding& embedding, ProgressReporter& progress) {
  const Rows rows(embedding, progress);
  const RowReader reader = rows.reader();
  if (reader.rows < 2)
    throw Error({.what = "lay out pictures",
                 .where = embedding.info().path.string(),
                 .why = "it has fewer than two pictures",
                 .remedy = "choose another embedding"});
  PictureSpace space;
  space.m_pictures = rows.pictures();
  const bool isLarge = reader.rows * reader.cols * sizeof(float) > kInMemoryBytes;
  progress.begin("lay out pictures", reader.rows * (isLarge ? 18 : 1), "readings");
  if (isLarge)
    space.m_reduction = Reduction::fit(reader, {.standardise = false, .pca = kComponents}, progress.stopToken());
  space.m_directions = applied(space.m_reduction, reader);
  centre(space.m_directions, space.m_mean);

  double total = 0;
  for (const float value : space.m_directions.values())
    total += static_cast<double>(value) * static_cast<double>(value);
  const StreamedComponents two = twoOf(space.m_directions, progress.stopToken());
  space.m_map = Matrix<float>(reader.rows, 2);
  for (size_t k = 0; k < two.directions.rows(); ++k) {
    for (size_t r = 0; r < reader.rows; ++r) {
      double sum = 0;
      for (size_t c = 0; c < space.m_directions.cols(); ++c)
        sum += static_cast<double>(space.m_directions(r, c)) * static_cast<double>(two.directions(k, c));
      space.m_map(r, k) = static_cast<float>(sum);
    }
    space.m_mapVariance.push_back(total > 0 ? two.explainedVariance[k] * static_cast<double>(reader.rows - 1) / total
                                            : 0.0);
  }
  for (size_t r = 0; r < reader.rows; ++r) normalise(space.m_directions.row(r));
  return space;
}

std::vector<PictureNeighbour> PictureSpace::closest(std::span<const float> direction, size_t count,
                                                    int64_t leftOut) const {
  std::vector<PictureNeighbour> all;
  for (uint32_t r = 0; r < m_pictures.size(); ++r) {
    if (static_cast<int64_t>(r) == leftOut) continue;
    double sum = 0;
    for (size_t c = 0; c < direction.size(); ++c)
      sum += static_cast<double>(direction[c]) * static_cast<double>(m_directions(r, c));
    all.push_back({r, static_cast<float>(sum)});
  }
  const auto last = all.begin() + static_cast<std::ptrdiff_t>(std::min(count, all.size()));
  std::partial_sort(all.begin(), last, all.end(), [](const PictureNeighbour& a, const PictureNeighbour& b) {
    return a.similarity != b.similarity ? a.similarity > b.similarity : a.picture < b.picture;
  });
  all.erase(last, all.end());
  return all;
}

std::vector<PictureNeighbour> PictureSpace::neighbours(uint32_t picture, size_t count) const {
  return closest(m_directions.row(picture), count, picture);
}

std::vector<PictureNeighbour> PictureSpace::neighbours(std::span<const float> features, size_t count) const {
  Matrix<float> row = m_reduction.apply(MatrixView<const float>(features.data(), 1, features.size()));
  for (size_t c = 0; c < row.cols(); ++c) row(0, c) = static_cast<float>(static_cast<double>(row(0, c)) - m_mean[c]);
  normalise(row.row(0));
  return closest(row.row(0), count, -1);
}

}  // namespace corticast
