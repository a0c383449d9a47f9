#include <thread>

#include "core/base/atomic_file.h"
#include "core/formats/hdf5_file.h"
#include "tests/formats/keep.h"
#include "tests/testing/damage.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using namespace corticast::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::filesystem::path oracle() {
  return testFile("formats/data/h5py.h5");
}

Matrix<float> counting(size_t rows, size_t cols) {
  Matrix<float> matrix(rows, cols);
  for (size_t i = 0; i < rows * cols; ++i) matrix.values()[i] = static_cast<float>(i) / 8;
  return matrix;
}

TEST(Hdf5File, readsWhatH5pyWrites) {
  const auto file = Hdf5File::open(oracle());
  const auto expected = counting(3, 4);
  for (const char* name : {"plain", "double", "big", "chunked", "soft"}) {
    const auto matrix = file.readMatrix(name);
    EXPECT_EQ(matrix.rows(), 3u) << name;
    EXPECT_THAT(matrix.values(), ::testing::ElementsAreArray(expected.values())) << name;
  }
  EXPECT_THAT(file.read<int64_t>("/group/int"), ElementsAre(1, -2, int64_t{1} << 40));
  EXPECT_THAT(file.read<uint8_t>("bytes"), ElementsAre(0, 255));
  EXPECT_THAT(file.read<int32_t>("bytes"), ElementsAre(0, 255));
  EXPECT_THAT(file.read<double>("scalar"), ElementsAre(1.25));
  EXPECT_THAT(file.readTexts("names"), ElementsAre("a.png", "é中.png", ""));
  EXPECT_THAT(file.readTexts("fixed"), ElementsAre("ab", "c"));
  EXPECT_EQ(file.textAttribute("plain", "text"), "wörter");
  EXPECT_EQ(file.textAttribute("plain", "fixed"), "abc");
  EXPECT_EQ(file.intAttribute("plain", "int"), -7);
  EXPECT_EQ(file.realAttribute("plain", "real"), 0.5);
  EXPECT_EQ(file.intAttribute("plain", "none"), std::nullopt);
  EXPECT_THAT(file.attributeNames("plain"), ElementsAre("fixed", "int", "real", "text"));
}

TEST(Hdf5File, describesItsObjects) {
  const auto file = Hdf5File::open(oracle());
  EXPECT_THAT(file.list("/group"), ElementsAre("int"));
  EXPECT_TRUE(file.info("group").isGroup);
  EXPECT_EQ(file.info("chunked").type, Hdf5Type::Float32);
  EXPECT_THAT(file.info("chunked").shape, ElementsAre(3, 4));
  EXPECT_EQ(file.info("names").type, Hdf5Type::Text);
  EXPECT_EQ(file.info("scalar").valueCount(), 1u);
  EXPECT_TRUE(file.has("/group/int"));
  EXPECT_TRUE(file.has("/"));
  EXPECT_FALSE(file.has("/group/none/deeper"));
  EXPECT_FALSE(file.has("elsewhere"));
}

TEST(Hdf5File, readsRows) {
  const auto file = Hdf5File::open(oracle());
  Matrix<float> wide(2, 6);
  file.readRows("chunked", 1, wide.view().block(0, 1, 2, 4));
  EXPECT_EQ(wide(0, 1), 4 / 8.0f);
  EXPECT_EQ(wide(1, 4), 11 / 8.0f);
  EXPECT_EQ(wide(0, 0), 0);
  EXPECT_EQ(wide(0, 5), 0);
  Matrix<float> rows(1, 4);
  file.readRows("double", 2, rows.view());
  EXPECT_EQ(rows(0, 3), 11 / 8.0f);
  EXPECT_THAT(errorOf([&] { file.readRows("plain", 3, rows.view()); }).why, HasSubstr("it has 3"));
  EXPECT_THAT(errorOf([&] { file.readRows("plain", uint64_t{0} - 1, rows.view()); }).why, HasSubstr("it has 3"));
  EXPECT_THAT(errorOf([&] { file.readRows("plain", 0, wide.view()); }).why, HasSubstr("have 4 values"));
  EXPECT_THAT(errorOf([&] { file.readRows("scalar", 0, rows.view()); }).why, HasSubstr("no rows"));
}

TEST(Hdf5File, refusesWhatWasNeverWritten) {
  const auto file = Hdf5File::open(oracle());
  EXPECT_THAT(errorOf([&] { (void)file.read<float>("unwritten"); }).why, HasSubstr("0 of its 16 bytes"));
  EXPECT_THAT(errorOf([&] { (void)file.read<float>("half"); }).why, HasSubstr("only 1 of its 2 chunks"));
  Matrix<float> rows(1, 2);
  EXPECT_THAT(errorOf([&] { file.readRows("half", 0, rows.view()); }).why, HasSubstr("only 1 of its 2 chunks"));
}

TEST(Hdf5File, refusesWhatDoesNotFit) {
  const auto file = Hdf5File::open(oracle());
  EXPECT_THAT(errorOf([&] { (void)file.read<float>("huge"); }).why, HasSubstr("value 0"));
  EXPECT_THAT(errorOf([&] { (void)file.read<int32_t>("group/int"); }).why, HasSubstr("value 2"));
  EXPECT_THAT(errorOf([&] { (void)file.read<float>("group/int"); }).why, HasSubstr("not floating-point"));
  EXPECT_THAT(errorOf([&] { (void)file.read<int64_t>("plain"); }).why, HasSubstr("not whole"));
  EXPECT_THAT(errorOf([&] { (void)file.read<float>("compound"); }).why, HasSubstr("not floating-point"));
  EXPECT_THAT(errorOf([&] { (void)file.readTexts("plain"); }).why, HasSubstr("not texts"));
  EXPECT_THAT(errorOf([&] { (void)file.readMatrix("bytes"); }).why, HasSubstr("1 axes"));
  EXPECT_THAT(errorOf([&] { (void)file.read<float>("group"); }).why, HasSubstr("not a dataset"));
  EXPECT_THAT(errorOf([&] { (void)file.read<float>("none"); }).why, HasSubstr("no such dataset"));
  EXPECT_THAT(errorOf([&] { (void)file.read<float>("elsewhere"); }).why, HasSubstr("no such dataset"));
  EXPECT_THAT(errorOf([&] { (void)file.list("plain"); }).why, HasSubstr("no such group"));
  EXPECT_THAT(errorOf([&] { (void)file.intAttribute("plain", "text"); }).why, HasSubstr("another type"));
}

TEST(Hdf5File, readsBackWhatItWrites) {
  const TempDir folder;
  const auto path = folder / "written.h5";
  const auto matrix = counting(4, 6);
  const std::vector<std::string> names = {"train-0001_nsd-00013.png", "é.png", ""};
  const std::vector<int64_t> ints = {-1, int64_t{1} << 60};
  const std::vector<uint8_t> bytes = {1, 2};
  writeFileAtomically(path, [&](const std::filesystem::path& temporary) {
    auto file = Hdf5File::create(temporary);
    file.write("/validation/subj01-lh-OFA", matrix.view());
    file.write("/part", matrix.view().block(1, 2, 2, 3));
    file.write<int64_t>("ints", ints, {2});
    file.write<uint8_t>("bytes", bytes, {2, 1});
    file.write<float>("empty", {}, {0, 5});
    file.writeTexts("/images/subj01/validation", names);
    file.writeTexts("/images/none", {});
    file.setAttribute("/", "backbone", std::string("alexnet"));
    file.setAttribute("/", "empty", std::string());
    file.setAttribute("/validation/subj01-lh-OFA", "best_epoch", int64_t{12});
    file.setAttribute("/validation", "r", 0.1);
    file.close();
  });
  keep(path);
  const auto file = Hdf5File::open(path);
  EXPECT_THAT(file.readMatrix("/validation/subj01-lh-OFA").values(), ::testing::ElementsAreArray(matrix.values()));
  EXPECT_THAT(file.readMatrix("part").values(), ElementsAre(1, 9 / 8.0f, 10 / 8.0f, 14 / 8.0f, 15 / 8.0f, 2));
  EXPECT_EQ(file.read<int64_t>("ints"), ints);
  EXPECT_EQ(file.read<uint8_t>("bytes"), bytes);
  EXPECT_TRUE(file.read<float>("empty").empty());
  EXPECT_EQ(file.readTexts("/images/subj01/validation"), names);
  EXPECT_TRUE(file.readTexts("/images/none").empty());
  EXPECT_EQ(file.textAttribute("/", "backbone"), "alexnet");
  EXPECT_EQ(file.textAttribute("/", "empty"), "");
  EXPECT_EQ(file.intAttribute("/validation/subj01-lh-OFA", "best_epoch"), 12);
  EXPECT_EQ(file.realAttribute("validation", "r"), 0.1);
}

TEST(Hdf5File, appendsRowsChunkByChunk) {
  const TempDir folder;
  const auto path = folder / "rows.h5";
  const auto matrix = counting(11, 6);
  {
    auto file = Hdf5File::create(path);
    auto rows = file.appendableRows("/embedding", {2, 3}, 4);
    rows.append(matrix.view().block(0, 0, 1, 6));
    rows.append(matrix.view().block(1, 0, 9, 6));
    EXPECT_THAT(errorOf([&] { file.close(); }).why, HasSubstr("finish()"));
    rows.append(matrix.view().block(10, 0, 1, 6));
    EXPECT_THAT(errorOf([&] { rows.append(matrix.view().block(0, 0, 1, 5)); }).why, HasSubstr("rows of 5"));
    EXPECT_EQ(rows.rows(), 11u);
    rows.finish();
    EXPECT_THAT(errorOf([&] { rows.append(matrix.view()); }).why, HasSubstr("after finish()"));
    file.close();
  }
  keep(path);
  const auto file = Hdf5File::open(path);
  EXPECT_THAT(file.info("embedding").shape, ElementsAre(11, 2, 3));
  EXPECT_THAT(file.read<float>("embedding"), ::testing::ElementsAreArray(matrix.values()));
  Matrix<float> part(3, 6);
  file.readRows("embedding", 3, part.view());
  EXPECT_EQ(part(2, 5), matrix(5, 5));
}

TEST(Hdf5File, equalContentGivesEqualBytes) {
  const TempDir folder;
  for (const char* name : {"a.h5", "b.h5"}) {
    auto file = Hdf5File::create(folder / name);
    file.write("x/y", counting(2, 2).view());
    file.setAttribute("x", "k", std::string("v"));
    file.close();
  }
  EXPECT_EQ(readTextFile(folder / "a.h5"), readTextFile(folder / "b.h5"));
}

TEST(Hdf5File, refusesMisuseWhenWriting) {
  const TempDir folder;
  auto file = Hdf5File::create(folder / "x.h5");
  const std::vector<float> values = {1, 2};
  file.write<float>("a", values, {2});
  EXPECT_THAT(errorOf([&] { file.write<float>("a", values, {2}); }).why, HasSubstr("exist"));
  EXPECT_THAT(errorOf([&] { file.write<float>("b", values, {3}); }).why, HasSubstr("2 values"));
  EXPECT_THAT(errorOf([&] { file.setAttribute("none", "k", 1.0); }).why, HasSubstr("nothing"));
  const std::vector<std::string> bad = {"\xff"};
  EXPECT_THAT(errorOf([&] { file.writeTexts("t", bad); }).why, HasSubstr("UTF-8"));
  EXPECT_THAT(errorOf([&] { (void)file.appendableRows("r", {0}, 4); }).why, HasSubstr("cannot be stored"));
  EXPECT_THAT(errorOf([&] { (void)Hdf5File::create(folder / "x.h5"); }).what, HasSubstr("write"));
  file.close();
  file.close();
  EXPECT_THAT(errorOf([&] { file.write<float>("c", values, {2}); }).why, HasSubstr("closed"));
  auto reader = Hdf5File::open(folder / "x.h5");
  EXPECT_THAT(errorOf([&] { reader.write<float>("c", values, {2}); }).why, HasSubstr("reading only"));
}

TEST(Hdf5File, refusesWhatIsNoHdf5File) {
  const TempDir folder;
  writeFile(folder / "text.h5", "no HDF5");
  writeFile(folder / "empty.h5", "");
  EXPECT_THAT(errorOf([&] { (void)Hdf5File::open(folder / "text.h5"); }).why, HasSubstr("not an HDF5 file"));
  EXPECT_THAT(errorOf([&] { (void)Hdf5File::open(folder / "empty.h5"); }).why, HasSubstr("not an HDF5 file"));
  EXPECT_THAT(errorOf([&] { (void)Hdf5File::open(folder / "none.h5"); }).why, HasSubstr("no such file"));
  EXPECT_THAT(errorOf([&] { (void)Hdf5File::open(folder.path()); }).why, HasSubstr("not a plain file"));
  expectEveryCutRefused(
      oracle(), [](const auto& path) { (void)Hdf5File::open(path); }, 97);
}

TEST(Hdf5File, noticesDamageInCheckedChunks) {
  const TempDir folder;
  const auto path = folder / "rows.h5";
  auto file = Hdf5File::create(path);
  auto rows = file.appendableRows("/embedding", {64}, 8);
  rows.append(counting(16, 64).view());
  rows.finish();
  file.close();
  std::string content = readTextFile(path);
  const float value = counting(16, 64)(9, 5);
  const size_t at = content.find(std::string(reinterpret_cast<const char*>(&value), 4));
  ASSERT_NE(at, std::string::npos);
  content[at] = static_cast<char>(content[at] ^ 1);
  writeFile(path, content);
  EXPECT_THAT(errorOf([&] { (void)Hdf5File::open(path).read<float>("embedding"); }).why, HasSubstr("hecksum"));
}

TEST(Hdf5File, saysWhenTheDiskIsFull) {
  const TempDir folder;
  const auto path = folder / "x.h5";
  const auto matrix = counting(100, 1000);
  EXPECT_THAT(errorOnFullDisk(100'000,
                              [&] {
                                writeFileAtomically(path, [&](const std::filesystem::path& temporary) {
                                  auto file = Hdf5File::create(temporary);
                                  file.write("a", matrix.view());
                                  file.close();
                                });
                              }),
              HasSubstr("write HDF5 file"));
  EXPECT_THAT(errorOnFullDisk(100'000,
                              [&] {
                                writeFileAtomically(path, [&](const std::filesystem::path& temporary) {
                                  auto file = Hdf5File::create(temporary);
                                  auto rows = file.appendableRows("a", {1000}, 7);
                                  rows.append(matrix.view());
                                  rows.finish();
                                  file.close();
                                });
                              }),
              HasSubstr("write HDF5 file"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Hdf5File, threadsTakeTurns) {
  const auto expected = counting(3, 4);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        const auto file = Hdf5File::open(oracle());
        EXPECT_THAT(file.readMatrix("chunked").values(), ::testing::ElementsAreArray(expected.values()));
        EXPECT_THROW((void)file.read<float>("none"), Error);
      }
    });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace corticast
