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

/// From now on this process computes products and convolutions of float32 on CUDA devices in float32, so that they give
/// the CPU's numbers to rounding. Left alone, torch rounds what convolutions multiply to the 11 bits of TF32.
void keepFloat32();

/// While one lives, this process keeps the memory that it frees for what comes next, instead of giving it back to the
/// system and having it cleared, page by page, for the next batch: a fifth of the time of a small network.
class FreedMemoryKept {
 public:
  FreedMemoryKept();
  ~FreedMemoryKept();
  FreedMemoryKept(const FreedMemoryKept&) = delete;
  FreedMemoryKept& operator=(const FreedMemoryKept&) = delete;
};

/// Gives memory that torch has kept for later use back to the device, for other processes. Nothing to do on the CPU.
void releaseUnused(const Device& device) noexcept;

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
