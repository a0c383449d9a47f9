#include "core/formats/label_map.h"
#include "tests/fuzz/fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return corticast::testing::fuzzFile(data, size,
                                      [](const std::filesystem::path& path) { (void)corticast::readLabelMap(path); });
}
