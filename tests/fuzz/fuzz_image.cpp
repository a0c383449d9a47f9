#include "core/formats/image.h"
#include "tests/fuzz/fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return corticast::testing::fuzzFile(data, size, [](const std::filesystem::path& path) {
    const auto info = corticast::readImageInfo(path);
    if (int64_t{info.size.width} * info.size.height < 1'000'000) (void)corticast::readImage(path);
  });
}
