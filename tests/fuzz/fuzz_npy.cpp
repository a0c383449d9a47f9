#include "core/formats/npy.h"
#include "tests/fuzz/fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return corticast::testing::fuzzFile(data, size, [](const std::filesystem::path& path) {
    if (corticast::readNpyHeader(path).shape.size() == 1)
      (void)corticast::readNpyVector<int32_t>(path);
    else
      (void)corticast::readNpyMatrix(path);
  });
}
