#include "core/formats/tensor_file.h"
#include "tests/fuzz/fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return corticast::testing::fuzzFile(data, size, [](const std::filesystem::path& path) {
    const auto file = corticast::openTensorFile(path);
    for (const auto& entry : file->entries()) (void)file->read(entry.name);
  });
}
