#include "core/formats/freesurfer_annot.h"
#include "core/formats/freesurfer_curv.h"
#include "core/formats/freesurfer_label.h"
#include "core/formats/freesurfer_surface.h"
#include "core/formats/mgh.h"
#include "tests/fuzz/fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using Path = std::filesystem::path;
  for (void (*read)(const Path&) : {+[](const Path& path) { (void)corticast::readFreesurferSurface(path); },
                                    +[](const Path& path) { (void)corticast::readFreesurferPatch(path); },
                                    +[](const Path& path) { (void)corticast::readFreesurferCurv(path); },
                                    +[](const Path& path) { (void)corticast::readFreesurferAnnot(path); },
                                    +[](const Path& path) { (void)corticast::readFreesurferLabel(path); },
                                    +[](const Path& path) { (void)corticast::readMgh(path); }})
    corticast::testing::fuzzFile(data, size, read);
  return 0;
}
