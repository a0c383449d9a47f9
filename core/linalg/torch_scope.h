#pragma once
#include <string>

#include "core/linalg/device.h"

namespace corticast {

/// While it lives, torch's operations called from this thread use so many threads each.
class TorchThreads {
 public:
  explicit TorchThreads(int threads);
  ~TorchThreads();
  TorchThreads(const TorchThreads&) = delete;
  TorchThreads& operator=(const TorchThreads&) = delete;

 private:
  int m_before;
};

/// What a person can do when torch fails.
struct TorchRemedies {
  std::string whenFull;   ///< the device's memory does not suffice
  std::string otherwise;  ///< anything else
};

/// To be called inside a catch: throws what is being handled again, as an Error if it is torch's.
[[noreturn]] void rethrowTorch(const Device& device, const std::string& what, const TorchRemedies& remedies);

/// Calls `work`; what torch throws becomes an Error. `what` is being done.
template <typename Work>
auto onDevice(const Device& device, const std::string& what, const TorchRemedies& remedies, const Work& work) {
  try {
    return work();
  } catch (...) {
    rethrowTorch(device, what, remedies);
  }
}

}  // namespace corticast
