#include "core/formats/hdf5_file.h"
#include "tests/fuzz/fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return corticast::testing::fuzzFile(data, size, [](const std::filesystem::path& path) {
    const auto file = corticast::Hdf5File::open(path);
    for (const auto& name : file.list()) {
      const auto info = file.info(name);
      if (info.isGroup || info.valueCount() > 100'000) continue;
      if (info.type == corticast::Hdf5Type::Text)
        (void)file.readTexts(name);
      else if (info.type != corticast::Hdf5Type::Other)
        (void)file.read<float>(name);
    }
  });
}
