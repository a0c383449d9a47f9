#include <algorithm>
#include <cmath>

#include "core/base/random.h"
#include "core/demo/internal/drive.h"

namespace corticast::demo {

namespace {

/// Standard deviation, per column, of white noise after `rounds` of averaging: the norm of that row of the operator.
class RowNorms {
 public:
  explicit RowNorms(const Neighbours& neighbours)
      : m_neighbours(neighbours), m_weights(neighbours.vertexCount()), m_next(neighbours.vertexCount()) {}

  double of(uint32_t column, int rounds) {
    std::vector<uint32_t> reached{column};
    m_weights[column] = 1;
    for (int round = 0; round < rounds; ++round) reached = spread(reached);
    double sum = 0;
    for (const uint32_t c : reached) {
      sum += m_weights[c] * m_weights[c];
      m_weights[c] = 0;
    }
    return std::sqrt(sum);
  }

 private:
  std::vector<uint32_t> spread(const std::vector<uint32_t>& reached) {
    std::vector<uint32_t> now;
    const auto add = [&](uint32_t to, double weight) {
      if (m_next[to] == 0) now.push_back(to);
      m_next[to] += weight;
    };
    for (const uint32_t from : reached) {
      const auto around = m_neighbours.of(from);
      const double share = m_weights[from] / static_cast<double>(around.size() + 1);
      add(from, share);
      for (const uint32_t to : around) add(to, share);
      m_weights[from] = 0;
    }
    for (const uint32_t c : now) {
      m_weights[c] = m_next[c];
      m_next[c] = 0;
    }
    return now;
  }

  const Neighbours& m_neighbours;
  std::vector<double> m_weights;
  std::vector<double> m_next;
};

}  // namespace

void averageWithNeighbours(const Neighbours& neighbours, int rounds, Matrix<float>& values) {
  const size_t count = values.cols();
  Matrix<float> next(values.rows(), count);
  for (int round = 0; round < rounds; ++round) {
    for (uint32_t column = 0; column < values.rows(); ++column) {
      float* to = next.row(column).data();
      const auto around = neighbours.of(column);
      std::copy_n(values.row(column).data(), count, to);
      for (const uint32_t other : around) {
        const float* from = values.row(other).data();
        for (size_t i = 0; i < count; ++i) to[i] += from[i];
      }
      const float share = 1.0F / static_cast<float>(around.size() + 1);
      for (size_t i = 0; i < count; ++i) to[i] *= share;
    }
    std::swap(values, next);
  }
}

int roundsForWidth(double millimetres, double spacing) {
  // One round spreads each axis of the sheet by 6/7 * spacing^2 / 2.
  return std::max(1, static_cast<int>(std::lround(millimetres * millimetres / (3.0 / 7.0 * spacing * spacing))));
}

SmoothNoise::SmoothNoise(const Neighbours& neighbours, int rounds, uint64_t seed)
    : m_neighbours(neighbours), m_rounds(rounds), m_seed(seed), m_scale(neighbours.vertexCount()) {
  RowNorms norms(neighbours);
  for (uint32_t column = 0; column < m_scale.size(); ++column)
    m_scale[column] = static_cast<float>(1 / norms.of(column, rounds));
}

void SmoothNoise::draw(uint64_t first, MatrixView<float> out) const {
  const size_t columns = m_neighbours.vertexCount();
  const size_t images = out.rows();
  // One row per column, so that averaging runs along images.
  Matrix<float> now(columns, images);
  for (size_t i = 0; i < images; ++i) {
    Philox random(m_seed, first + i);
    for (size_t column = 0; column < columns; ++column) now(column, i) = static_cast<float>(random.normal());
  }
  averageWithNeighbours(m_neighbours, m_rounds, now);
  for (size_t column = 0; column < columns; ++column)
    for (size_t i = 0; i < images; ++i) out(i, column) = m_scale[column] * now(column, i);
}

}  // namespace corticast::demo
