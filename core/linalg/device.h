#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace corticast {

enum class DeviceKind { Cpu, Cuda };

/// Where something computes.
struct Device {
  DeviceKind kind = DeviceKind::Cpu;
  int index = 0;       ///< of the CUDA device
  std::string reason;  ///< one line for a person: which is used and why

  [[nodiscard]] std::string id() const;  ///< "cpu", "cuda:0"
};

struct CudaDevice {
  int index = 0;
  std::string name;  ///< "NVIDIA H100"
  uint64_t memoryBytes = 0;
};

/// What the machine offers. LibTorch's CUDA half is loaded on the first call, where it and a driver are found.
struct CudaStatus {
  std::vector<CudaDevice> devices;
  std::string reason;  ///< why there is none: "no NVIDIA driver", "LibTorch's CUDA part is not installed ...", ...
};
[[nodiscard]] const CudaStatus& cudaStatus();

/// "cpu", "cuda:0, NVIDIA H100": for the record of a result.
[[nodiscard]] std::string fullName(const Device& device);

/// `request` is "auto" (CUDA where there is one), "cpu", "cuda" or "cuda:N". Throws Error when CUDA is asked for and
/// not to be had, with the reason.
[[nodiscard]] Device chooseDevice(const std::string& request);

}  // namespace corticast
