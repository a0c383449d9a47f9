#include "core/linalg/device.h"

#include <dlfcn.h>

#include <array>
#include <filesystem>

#include "core/base/error.h"

namespace corticast {
namespace {

// The driver's own C interface (cuda.h, "Device Management"), found at run time: builds need no CUDA.
struct Driver {
  int (*init)(unsigned) = nullptr;
  int (*deviceCount)(int*) = nullptr;
  int (*deviceName)(char*, int, int) = nullptr;
  int (*deviceMemory)(size_t*, int) = nullptr;

  explicit Driver(void* library) {
    load(library, "cuInit", init);
    load(library, "cuDeviceGetCount", deviceCount);
    load(library, "cuDeviceGetName", deviceName);
    load(library, "cuDeviceTotalMem_v2", deviceMemory);
  }
  [[nodiscard]] bool isComplete() const { return init && deviceCount && deviceName && deviceMemory; }

 private:
  template <typename Function>
  static void load(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
  }
};

// LibTorch's CUDA half lies beside the half that is linked.
std::string torchFolder() {
  Dl_info info{};
  void* const symbol = ::dlsym(RTLD_DEFAULT, "sgemm_");
  if (!symbol || ::dladdr(symbol, &info) == 0 || !info.dli_fname) return {};
  return std::filesystem::path(info.dli_fname).parent_path().string();
}

std::string whyNoTorchCuda() {
  const std::string path = torchFolder() + "/libtorch_cuda.so";
  if (!std::filesystem::exists(path)) return "LibTorch's CUDA part is not installed (./bootstrap cuda fetches it)";
  if (::dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL)) return {};
  const char* const why = ::dlerror();
  return "LibTorch's CUDA part cannot be loaded: " + std::string(why ? why : "unknown reason");
}

CudaStatus look() {
  CudaStatus status;
  void* const library = ::dlopen("libcuda.so.1", RTLD_NOW | RTLD_GLOBAL);
  if (!library) return status.reason = "no NVIDIA driver", status;
  const Driver driver(library);
  if (!driver.isComplete()) return status.reason = "the NVIDIA driver is too old", status;
  if (const int code = driver.init(0); code != 0)
    return status.reason = "the NVIDIA driver does not start (error " + std::to_string(code) + ")", status;
  int count = 0;
  if (driver.deviceCount(&count) != 0 || count == 0) return status.reason = "no CUDA device", status;
  if (status.reason = whyNoTorchCuda(); !status.reason.empty()) return status;
  for (int index = 0; index < count; ++index) {
    std::array<char, 256> name{};
    size_t bytes = 0;
    driver.deviceName(name.data(), static_cast<int>(name.size()) - 1, index);
    driver.deviceMemory(&bytes, index);
    status.devices.push_back({index, name.data(), bytes});
  }
  return status;
}

Device cudaDevice(const CudaDevice& device, const std::string& why) {
  return {DeviceKind::Cuda, device.index,
          "cuda:" + std::to_string(device.index) + ", " + device.name + " (" + why + ")"};
}

Error noSuchDevice(const std::string& request, const std::string& why) {
  return Error({.what = "choose a device",
                .where = request,
                .why = why,
                .remedy = "use the device cpu, or auto to take what there is"});
}

}  // namespace

std::string Device::id() const {
  return kind == DeviceKind::Cpu ? "cpu" : "cuda:" + std::to_string(index);
}

const CudaStatus& cudaStatus() {
  static const CudaStatus status = look();
  return status;
}

std::string fullName(const Device& device) {
  if (device.kind == DeviceKind::Cpu) return device.id();
  for (const CudaDevice& each : cudaStatus().devices)
    if (each.index == device.index) return device.id() + ", " + each.name;
  return device.id();
}

Device chooseDevice(const std::string& request) {
  if (request == "cpu") return {DeviceKind::Cpu, 0, "cpu (as asked)"};
  if (request == "auto") {
    const CudaStatus& status = cudaStatus();
    if (status.devices.empty()) return {DeviceKind::Cpu, 0, "cpu (" + status.reason + ")"};
    return cudaDevice(status.devices.front(), "found by auto");
  }
  size_t index = 0;
  if (request.starts_with("cuda:") && request.size() > 5 && request.size() < 9 &&
      request.find_first_not_of("0123456789", 5) == std::string::npos)
    index = std::stoul(request.substr(5));
  else if (request != "cuda")
    throw noSuchDevice(request, "there is no device of this name; known are auto, cpu, cuda, cuda:N");
  const CudaStatus& status = cudaStatus();
  if (status.devices.empty()) throw noSuchDevice(request, status.reason);
  if (index >= status.devices.size())
    throw noSuchDevice(request, "there are " + std::to_string(status.devices.size()) + " CUDA devices, counted from 0");
  return cudaDevice(status.devices[index], "as asked");
}

}  // namespace corticast
