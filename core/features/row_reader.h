#pragma once
#include <cstddef>
#include <functional>

#include "core/base/matrix.h"

namespace corticast {

/// Features of many pictures that need not fit in memory. read(first, out) fills `out` [any number x cols] with the
/// rows first .. first + out.rows(); it is called front to back, over and over.
struct RowReader {
  size_t rows = 0;
  size_t cols = 0;
  std::function<void(size_t first, MatrixView<float> out)> read;
};

}  // namespace corticast
