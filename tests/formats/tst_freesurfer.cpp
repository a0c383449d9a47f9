#include <cstring>

#include "core/base/atomic_file.h"
#include "core/formats/freesurfer_annot.h"
#include "core/formats/freesurfer_curv.h"
#include "core/formats/freesurfer_label.h"
#include "core/formats/freesurfer_surface.h"
#include "core/formats/mgh.h"
#include "tests/testing/testing.h"

using namespace corticast;
using namespace corticast::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The files were written by tests/oracles/surfaces.py.
namespace {

std::filesystem::path data(const std::string& name) {
  return testFile("formats/data/surfaces/" + name);
}

struct Reader {
  std::string name;
  std::string file;
  std::function<void(const std::filesystem::path&)> read;
};

template <auto kFunction>
void call(const std::filesystem::path& path) {
  static_cast<void>(kFunction(path));
}

const std::vector<Reader>& readers() {
  static const std::vector<Reader> kReaders{
      {"surface", "lh.tetra", call<readFreesurferSurface>},
      {"patch", "lh.patch.flat", call<readFreesurferPatch>},
      {"curv", "lh.curv", call<readFreesurferCurv>},
      {"annot", "lh.new.annot", call<readFreesurferAnnot>},
      {"old annot", "lh.old.annot", call<readFreesurferAnnot>},
      {"label", "lh.V1.label", [](const auto& path) { static_cast<void>(readFreesurferLabel(path, 4)); }},
      {"mgh", "f4.mgh", call<readMgh>},
      {"mgz", "f4.mgz", call<readMgh>},
  };
  return kReaders;
}

std::string withInt(std::string bytes, size_t offset, int32_t value) {
  for (size_t i = 0; i < 4; ++i) bytes[offset + i] = static_cast<char>(static_cast<uint32_t>(value) >> (24 - 8 * i));
  return bytes;
}

}  // namespace

TEST(Freesurfer, ReadsSurfacesAsNibabelWritesThem) {
  const auto surface = readFreesurferSurface(data("lh.tetra"));
  ASSERT_EQ(surface.positions.size(), 4u);
  EXPECT_THAT(surface.positions[3], ElementsAre(-1, -1, 1.5f));
  EXPECT_THAT(surface.triangles[1], ElementsAre(0, 3, 1));
  const TempDir folder;
  writeFreesurferSurface(folder / "lh.copy", surface);
  EXPECT_EQ(readFreesurferSurface(folder / "lh.copy").positions, surface.positions);
  EXPECT_EQ(readFreesurferSurface(folder / "lh.copy").triangles, surface.triangles);
}

TEST(Freesurfer, ReadsPatches) {
  const auto patch = readFreesurferPatch(data("lh.patch.flat"));
  EXPECT_THAT(patch.vertices, ElementsAre(0, 1, 3));
  EXPECT_THAT(patch.isBorder, ElementsAre(false, true, false));
  EXPECT_THAT(patch.positions[2], ElementsAre(-1, -1, 1.5f));
}

TEST(Freesurfer, ReadsValues) {
  EXPECT_THAT(readFreesurferCurv(data("lh.curv")), ElementsAre(0.5f, -1.25f, 1e-3f, 7.0f));
  const TempDir folder;
  writeFreesurferCurv(folder / "lh.copy", readFreesurferCurv(data("lh.curv")), 4);
  EXPECT_EQ(readTextFile(folder / "lh.copy"), readTextFile(data("lh.curv")));
}

TEST(Freesurfer, ReadsAnnotationsOldAndNew) {
  const auto annot = readFreesurferAnnot(data("lh.new.annot"));
  ASSERT_EQ(annot.entries.size(), 3u);
  EXPECT_EQ(annot.entries[1].name, "V1v");
  EXPECT_THAT(annot.entries[2].rgb, ElementsAre(10, 20, 255));
  EXPECT_EQ(annot.entries[2].value, 10 + 20 * 256 + 255 * 65536);
  EXPECT_THAT(annot.labels, ElementsAre(0, 2, -1, 1));
  const auto old = readFreesurferAnnot(data("lh.old.annot"));
  EXPECT_THAT(old.labels, ElementsAre(0, 2, 1, 1));
  EXPECT_EQ(old.entries[2].name, "OFA");
}

TEST(Freesurfer, ReadsLabels) {
  const auto label = readFreesurferLabel(data("lh.V1.label"), 4);
  EXPECT_THAT(label.vertices, ElementsAre(3, 0));
  EXPECT_THAT(label.values, ElementsAre(0.25f, 1e-3f));
  EXPECT_THAT(label.positions[0], ElementsAre(-1, -1, 1.5f));
  EXPECT_THAT(errorOf([] { static_cast<void>(readFreesurferLabel(data("lh.V1.label"), 3)); }).why,
              HasSubstr("vertex 3"));
}

TEST(Mgh, ReadsEveryTypeAsNibabelWritesIt) {
  for (const auto& [name, scale] :
       {std::pair{"u1.mgh", 1.0f}, {"i2.mgh", -3.0f}, {"i4.mgh", -70000.0f}, {"f4.mgh", 0.25f}, {"f4.mgz", 0.25f}}) {
    const auto volume = readMgh(data(name));
    EXPECT_THAT(volume.shape, ElementsAre(2, 3, 1, 2)) << name;
    ASSERT_EQ(volume.values.size(), 12u);
    for (size_t i = 0; i < 12; ++i) EXPECT_EQ(volume.values[i], static_cast<float>(i) * scale) << name;
  }
}

TEST(Mgh, GathersVerticesFromSomeFrames) {
  for (const char* name : {"f4.mgh", "f4.mgz"}) {
    MghFile file(data(name));
    Matrix<float> part(1, 3);
    const std::vector<uint32_t> voxels{5, 0, 2};
    file.read(1, voxels, part.view());
    EXPECT_THAT(part.row(0), ElementsAre(2.75f, 1.5f, 2.0f)) << name;
    file.read(0, voxels, part.view());
    EXPECT_THAT(part.row(0), ElementsAre(1.25f, 0.0f, 0.5f)) << "backwards too: " << name;
    Matrix<float> both(2, 3);
    EXPECT_THAT(errorOf([&] { file.read(1, voxels, both.view()); }).why, HasSubstr("frame 2"));
    EXPECT_THAT(errorOf([&] { file.read(0, std::vector<uint32_t>{0, 1, 6}, both.view()); }).why, HasSubstr("voxel 6"));
    EXPECT_FALSE(errorOf([&] { file.read(0, std::vector<uint32_t>{0}, both.view()); }).why.empty());
  }
}

TEST(Mgh, WritesMapsThatReadBack) {
  const TempDir folder;
  Matrix<float> maps(2, 5);
  for (size_t i = 0; i < 10; ++i) maps.values()[i] = 0.1f * static_cast<float>(i);
  for (const char* name : {"maps.mgh", "maps.mgz"}) {
    writeMghMaps(folder / name, maps.view());
    const auto back = readMgh(folder / name);
    EXPECT_THAT(back.shape, ElementsAre(5, 1, 1, 2));
    EXPECT_THAT(back.values, ::testing::ElementsAreArray(maps.values()));
  }
}

TEST(FreesurferCorrupt, EveryTruncationIsRefused) {
  const TempDir folder;
  for (const Reader& reader : readers()) {
    const std::string whole = readTextFile(data(reader.file));
    reader.read(data(reader.file));
    // Tags behind a surface or a volume, and within the last number of a label the text may be cut.
    size_t needed = whole.size();
    if (reader.name == "surface") needed = 3 + std::string("created by oracle\n\n").size() + 8 + 96;
    if (reader.name == "mgh") needed = 284 + 48;
    if (reader.name == "label") needed -= 4;
    for (size_t size = 0; size < needed; ++size) {
      if (reader.name.ends_with("annot") && size == 4 + 4 * 8) continue;  // an annotation without a table
      const auto path = folder / "cut";
      writeFile(path, whole.substr(0, size));
      EXPECT_EQ(errorOf([&] { reader.read(path); }).where.substr(0, path.string().size()), path.string())
          << reader.name << " cut to " << size;
    }
  }
}

TEST(FreesurferCorrupt, LyingNumbersAreRefused) {
  const TempDir folder;
  const size_t counts = 3 + std::string("created by oracle\n\n").size();
  struct Case {
    size_t reader;
    size_t offset;
    int32_t value;
  };
  std::vector<Case> cases;
  for (const int32_t value : {-1, INT32_MIN, INT32_MAX, 1'000'000}) {
    for (const size_t offset : {counts, counts + 4, counts + 8 + 48}) cases.push_back({0, offset, value});
    cases.push_back({1, 4, value});
    for (const size_t offset : {3, 11}) cases.push_back({2, offset, value});
    for (const size_t offset : {0, 4, 40}) cases.push_back({3, offset, value});
    cases.push_back({4, 40, value});
    for (const size_t offset : {4, 8, 12, 16, 20}) cases.push_back({6, offset, value});
  }
  cases.push_back({0, counts + 8 + 48, 4});                            // a triangle names vertex 4 of 4
  cases.push_back({0, counts + 8 + 48, 1});                            // a triangle names vertex 1 twice
  cases.push_back({0, counts + 8, static_cast<int32_t>(0x7FC00000)});  // NaN
  cases.push_back({1, 8, 0});
  cases.push_back({1, 8, 2});
  cases.push_back({1, 0, 7});
  cases.push_back({2, 3, 3});
  cases.push_back({2, 3, 5});
  cases.push_back({3, 4, 1});
  cases.push_back({3, 36, 2});
  cases.push_back({4, 56 + 8, 256});
  cases.push_back({6, 0, 2});
  cases.push_back({6, 20, 7});
  for (const auto& [index, offset, value] : cases) {
    const Reader& reader = readers()[index];
    writeFile(folder / "bad", withInt(readTextFile(data(reader.file)), offset, value));
    EXPECT_FALSE(errorOf([&] { reader.read(folder / "bad"); }).why.empty())
        << reader.name << ": " << value << " at " << offset;
  }
}

TEST(FreesurferCorrupt, OtherKindsOfFileAreRefusedByEveryReader) {
  const TempDir folder;
  writeFile(folder / "text", "not a brain\n");
  writeFile(folder / "empty", "");
  writeFile(folder / "quad", std::string("\xFF\xFF\xFD") + std::string(100, '\0'));
  std::filesystem::create_directory(folder / "folder");
  for (const Reader& reader : readers())
    for (const char* name : {"text", "empty", "quad", "folder", "absent"})
      EXPECT_FALSE(errorOf([&] { reader.read(folder / name); }).remedy.empty()) << reader.name << " on " << name;
  EXPECT_THAT(errorOf([&] { static_cast<void>(readFreesurferSurface(folder / "quad")); }).remedy,
              HasSubstr("mris_convert"));
}

TEST(FreesurferCorrupt, BytesLeftOverAreRefused) {
  const TempDir folder;
  for (const Reader& reader : readers()) {
    if (reader.name == "surface" || reader.name == "mgh") continue;  // tags may follow these
    writeFile(folder / "long", readTextFile(data(reader.file)) + "xxxx");
    if (reader.name == "mgz") continue;  // zlib itself passes over rubbish behind a whole gzip file
    EXPECT_FALSE(errorOf([&] { reader.read(folder / "long"); }).why.empty()) << reader.name;
  }
}

TEST(FreesurferCorrupt, LabelTextIsCheckedLineByLine) {
  const TempDir folder;
  for (const char* text :
       {"0 0 0 0 0\n", "#c\n", "#c\nx\n", "#c\n-1\n", "#c\n999999999999\n", "#c\n1\n0 0 0 0\n", "#c\n1\n0 0 0 0 0 0\n",
        "#c\n1\n4 0 0 0 0\n", "#c\n1\n-1 0 0 0 0\n", "#c\n1\n0 0 0 0 0\n1 0 0 0 0\n", "#c\n1\n0.5 0 0 0 0\n",
        "#c\n1\n0 0 0 0 1x\n", "#c\n1\n99999999999 0 0 0 0\n"}) {
    writeFile(folder / "bad.label", text);
    EXPECT_FALSE(errorOf([&] { static_cast<void>(readFreesurferLabel(folder / "bad.label", 4)); }).why.empty()) << text;
  }
}

TEST(FreesurferCorrupt, IntegersThatFloatCannotHoldAreRefused) {
  const TempDir folder;
  writeFile(folder / "big.mgh", withInt(readTextFile(data("i4.mgh")), 284, 16777217));
  EXPECT_THAT(errorOf([&] { static_cast<void>(readMgh(folder / "big.mgh")); }).why, HasSubstr("16777217"));
}
