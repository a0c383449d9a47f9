#include "core/linalg/torch_scope.h"

#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include "core/base/error.h"

namespace corticast {

TorchThreads::TorchThreads(int threads) : m_before(at::get_num_threads()) {
  at::set_num_threads(threads);
}

TorchThreads::~TorchThreads() {
  at::set_num_threads(m_before);
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
