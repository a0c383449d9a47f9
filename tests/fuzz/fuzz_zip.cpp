#include "core/formats/zip.h"
#include "tests/fuzz/fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return corticast::testing::fuzzFile(data, size, [](const std::filesystem::path& path) {
    const corticast::ZipReader zip(path);
    for (const auto& entry : zip.entries())
      if (!entry.isFolder && entry.size < 1'000'000) (void)zip.read(entry.name);
  });
}
