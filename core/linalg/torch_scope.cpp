#include "core/linalg/torch_scope.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/util/Exception.h>

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
