#include "core/base/atomic_file.h"
#include "core/formats/zip.h"
#include "tests/formats/keep.h"
#include "tests/testing/damage.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using namespace corticast::testing;
using ::testing::HasSubstr;

std::filesystem::path oracle(const std::string& name) {
  return testFile("formats/data/" + name);
}

std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Zip, readsWhatPythonWrites) {
  const ZipReader zip(oracle("good.zip"));
  ASSERT_EQ(zip.entries().size(), 2u);
  EXPECT_EQ(zip.entries()[0].name, "a.txt");
  EXPECT_EQ(zip.entries()[0].size, 300u);
  EXPECT_EQ(zip.read("a.txt"), repeated("hello ", 50));
  const std::string bytes = zip.read("folder/b.bin");
  ASSERT_EQ(bytes.size(), 256u);
  EXPECT_EQ(static_cast<unsigned char>(bytes[255]), 255);
  EXPECT_TRUE(zip.has("folder/b.bin"));
  EXPECT_FALSE(zip.has("folder"));
  const TempDir folder;
  zip.extract("a.txt", folder / "out.txt");
  EXPECT_EQ(readTextFile(folder / "out.txt"), repeated("hello ", 50));
  EXPECT_THAT(errorOf([&] { (void)zip.read("none"); }).why, HasSubstr("no file 'none'"));
  EXPECT_THAT(errorOf([&] { (void)zip.read("a.txt", 299); }).why, HasSubstr("at most"));
}

TEST(Zip, readsBackWhatItWritesAndWritesTheSameBytesAgain) {
  const TempDir folder;
  writeFile(folder / "data.bin", repeated("abc", 1000));
  const auto write = [&](const std::string& name) {
    ZipWriter zip(folder / name);
    zip.add("subj01/lh_pred_test.npy", folder / "data.bin");
    zip.add("stored.bin", folder / "data.bin", ZipMethod::Store);
    zip.addText("é.txt", "text");
    zip.addText("empty", "");
    zip.finish();
  };
  write("written.zip");
  write("again.zip");
  keep(folder / "written.zip");
  const ZipReader zip(folder / "written.zip");
  EXPECT_EQ(zip.entries().size(), 4u);
  EXPECT_EQ(zip.read("subj01/lh_pred_test.npy"), repeated("abc", 1000));
  EXPECT_EQ(zip.read("stored.bin"), repeated("abc", 1000));
  EXPECT_EQ(zip.entries()[1].compressed, 3000u);
  EXPECT_EQ(zip.read("é.txt"), "text");
  EXPECT_EQ(zip.read("empty"), "");
  EXPECT_EQ(readTextFile(folder / "written.zip"), readTextFile(folder / "again.zip"));
}

TEST(Zip, refusesUnsafeArchives) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"dotdot.zip", "leads out"},      {"absolute.zip", "is absolute"},
      {"backslash.zip", "backslash"},   {"inner.zip", "leads out"},
      {"drive.zip", "is absolute"},     {"symlink.zip", "is a link"},
      {"duplicate.zip", "two entries"}, {"rgb.png", "zip"},
      {"none.zip", "no such file"},
  };
  for (const auto& [name, why] : table)
    EXPECT_THAT(errorOf([&] { ZipReader zip(oracle(name)); }).why, ::testing::ContainsRegex(why)) << name;
}

TEST(Zip, keepsItsLimits) {
  const auto refusal = [&](const std::string& name, ZipLimits limits) {
    return errorOf([&] { ZipReader zip(oracle(name), limits); }).why;
  };
  EXPECT_THAT(refusal("bomb.zip", {.maxRatio = 100}), HasSubstr("4.0 MB"));
  EXPECT_THAT(refusal("bomb.zip", {.maxEntryBytes = 3'999'999}), HasSubstr("unpacks to 4.0 MB"));
  EXPECT_THAT(refusal("good.zip", {.maxTotalBytes = 400}), HasSubstr("more than"));
  EXPECT_THAT(refusal("good.zip", {.maxEntries = 1}), HasSubstr("2 entries"));
  EXPECT_EQ(ZipReader(oracle("bomb.zip")).read("zeros").size(), 4'000'000u);
}

TEST(Zip, writesNoUnsafeNames) {
  const TempDir folder;
  ZipWriter zip(folder / "x.zip");
  zip.addText("a", "1");
  for (const char* name : {"", "/a", "../a", "a/../b", "a//b", "a/./b", "a\\b", "C:a", "folder/", "a\nb", "\xff", "a"})
    EXPECT_THAT(errorOf([&] { zip.addText(name, ""); }).what, HasSubstr("write zip")) << name;
  EXPECT_THAT(errorOf([&] { zip.add("b", folder / "none"); }).why, HasSubstr("no such file"));
  EXPECT_THAT(errorOf([&] { ZipWriter(folder / "y.zip").finish(); }).why, HasSubstr("nothing"));
}

TEST(Zip, refusesEveryCutAndNoticesDamagedContent) {
  const FileReader read = [](const auto& path) {
    const ZipReader zip(path);
    for (const ZipEntry& entry : zip.entries()) (void)zip.read(entry.name);
  };
  expectEveryCutRefused(oracle("good.zip"), read);
  EXPECT_GT(expectDamageSurvived(oracle("good.zip"), read), 0u);

  const TempDir folder;
  std::string content = readTextFile(oracle("good.zip"));
  const size_t at = content.find("\x10\x11\x12\x13");
  ASSERT_NE(at, std::string::npos);
  content[at] = '\x11';
  writeFile(folder / "damaged.zip", content);
  EXPECT_THAT(errorOf([&] { (void)ZipReader(folder / "damaged.zip").read("folder/b.bin"); }).why, HasSubstr("CRC"));
  EXPECT_THAT(errorOf([&] { ZipReader(folder / "damaged.zip").extract("folder/b.bin", folder / "out"); }).why,
              HasSubstr("CRC"));
  EXPECT_FALSE(std::filesystem::exists(folder / "out"));
}

TEST(Zip, saysWhenTheDiskIsFullAndLeavesTheOldFile) {
  const TempDir folder;
  writeFile(folder / "x.zip", "old");
  EXPECT_THAT(errorOnFullDisk(50'000,
                              [&] {
                                ZipWriter zip(folder / "x.zip");
                                zip.addText("a", std::string(200'000, 'x'), ZipMethod::Store);
                                zip.finish();
                              }),
              HasSubstr("write zip file"));
  EXPECT_EQ(readTextFile(folder / "x.zip"), "old");
}

}  // namespace
}  // namespace corticast
