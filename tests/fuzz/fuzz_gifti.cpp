#include "core/formats/gifti.h"
#include "tests/fuzz/fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto asMaps = [](const std::filesystem::path& path) { (void)corticast::readGiftiMaps(path); };
  const auto asSurface = [](const std::filesystem::path& path) { (void)corticast::readGiftiSurface(path); };
  corticast::testing::fuzzFile(data, size, asMaps);
  return corticast::testing::fuzzFile(data, size, asSurface);
}
