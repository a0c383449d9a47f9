#include "core/linalg/torch_scope.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/util/Exception.h>
#include <malloc.h>

#include <mutex>

#include "core/base/error.h"
#include "core/base/log.h"

namespace corticast {

TorchThreads::TorchThreads(int threads) : m_before(at::get_num_threads()) {
  at::set_num_threads(threads);
}

TorchThreads::~TorchThreads() {
  at::set_num_threads(m_before);
}

void keepFloat32() {
  at::globalContext().setAllowTF32CuBLAS(false);
  at::globalContext().setAllowTF32CuDNN(false);
}

#ifdef __GLIBC__
namespace {

constexpr int kKeptBytes = 1 << 30;
constexpr int kUsualBytes = 4 << 20;  // glibc begins with less and would have come to it by itself (mallopt(3))
std::mutex keeping;
int keepers = 0;

// Blocks up to that size come from the heap, and as much that is free stays with it.
void keep(int bytes) {
  ::mallopt(M_MMAP_THRESHOLD, bytes);
  ::mallopt(M_TRIM_THRESHOLD, bytes);
}

}  // namespace

FreedMemoryKept::FreedMemoryKept() {
  const std::lock_guard lock(keeping);
  if (++keepers == 1) keep(kKeptBytes);
}

FreedMemoryKept::~FreedMemoryKept() {
  const std::lock_guard lock(keeping);
  if (--keepers > 0) return;
  keep(kUsualBytes);
  ::malloc_trim(0);
}
#else
FreedMemoryKept::FreedMemoryKept() = default;
FreedMemoryKept::~FreedMemoryKept() = default;
#endif

void releaseUnused(const Device& device) noexcept {
  if (device.kind == DeviceKind::Cpu) return;
  try {
    c10::getDeviceAllocator(c10::kCUDA)->emptyCache();
  } catch (const std::exception& failure) {
    log::warning(std::string("memory of ") + device.id() + " is kept: " + failure.what());
  }
}

void rethrowTorch(const Device& device, const std::string& what, const TorchRemedies& remedies) {
  try {
    throw;
  } catch (const c10::OutOfMemoryError& failure) {
    throw Error({.what = what,
                 .where = device.id(),
                 .why = "the device's memory is full: " + failure.msg(),
                 .remedy = remedies.whenFull});
  } catch (const c10::Error& failure) {
    throw Error(
        {.what = what, .where = device.id(), .why = failure.what_without_backtrace(), .remedy = remedies.otherwise});
  }
}

}  // namespace corticast
