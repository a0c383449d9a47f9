#pragma once
#include <cstddef>
#include <functional>

namespace corticast {

/// Threads this process may use: its CPU affinity, at least 1.
[[nodiscard]] unsigned availableThreads();

/// Calls `work(index)` for 0 <= index < count on `threads` threads (0 = availableThreads()), each taking the next
/// free index from a counter. Returns when all are done; the first exception is rethrown after the others stopped.
/// BLAS calls made inside run on one thread (linalg/blas.h has the guard).
void parallelFor(size_t count, unsigned threads, const std::function<void(size_t index)>& work);

}  // namespace corticast
