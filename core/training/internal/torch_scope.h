#pragma once
#include <ATen/Parallel.h>
#include <c10/core/Device.h>
#include <c10/util/Exception.h>

#include "core/base/error.h"
#include "core/training/device.h"

namespace corticast {

/// While it lives, torch's operations called from this thread use so many threads each.
class TorchThreads {
 public:
  explicit TorchThreads(int threads) : m_before(at::get_num_threads()) { at::set_num_threads(threads); }
  ~TorchThreads() { at::set_num_threads(m_before); }
  TorchThreads(const TorchThreads&) = delete;
  TorchThreads& operator=(const TorchThreads&) = delete;

 private:
  int m_before;
};

[[nodiscard]] inline c10::Device torchDevice(const Device& device) {
  if (device.kind == DeviceKind::Cpu) return c10::Device(c10::kCPU);
  return c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(device.index));
}

/// Calls `work`; what torch throws becomes an Error. `what` is being done.
template <typename Work>
auto onDevice(const Device& device, const char* what, const Work& work) {
  try {
    return work();
  } catch (const c10::OutOfMemoryError& failure) {
    throw Error({.what = what,
                 .where = device.id(),
                 .why = "the device's memory is full: " + failure.msg(),
                 .remedy = "train fewer ROIs at once, use smaller batches, or use the device cpu"});
  } catch (const c10::Error& failure) {
    throw Error({.what = what,
                 .where = device.id(),
                 .why = failure.what_without_backtrace(),
                 .remedy = "resume the run; if it fails again, use the device cpu"});
  }
}

}  // namespace corticast
