#include "core/base/atomic_file.h"
#include "core/formats/npy.h"
#include "tests/formats/keep.h"
#include "tests/testing/damage.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using namespace corticast::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::filesystem::path oracle(const std::string& name) {
  return testFile("formats/data/" + name);
}

/// A file with this header text in front of `data`.
std::string npyOf(const std::string& header, const std::string& data, char version = 1) {
  std::string text("\x93NUMPY", 6);
  text += version;
  text += '\0';
  text += static_cast<char>(header.size() & 0xff);
  text += static_cast<char>(header.size() >> 8);
  if (version > 1) text += std::string(2, '\0');
  return text + header + data;
}

/// arange(12).reshape(3, 4) * 0.5 - 1
float expectedAt(size_t row, size_t col) {
  return static_cast<float>(row * 4 + col) * 0.5f - 1;
}

void expectMatrix(const Matrix<float>& matrix, const std::string& name) {
  ASSERT_EQ(matrix.rows(), 3u) << name;
  ASSERT_EQ(matrix.cols(), 4u) << name;
  for (size_t r = 0; r < 3; ++r)
    for (size_t c = 0; c < 4; ++c) EXPECT_EQ(matrix(r, c), expectedAt(r, c)) << name << " " << r << " " << c;
}

TEST(Npy, readsEveryVersionOrderAndFloatTypeThatNumpyWrites) {
  for (const char* name : {"c_order", "fortran", "float64", "big_endian", "float16", "version2", "version3"})
    expectMatrix(readNpyMatrix(oracle(std::string(name) + ".npy")), name);
}

TEST(Npy, mapsAMatrixWithoutCopying) {
  const MappedNpy file(oracle("c_order.npy"));
  const auto matrix = file.matrix<float>();
  ASSERT_EQ(matrix.rows(), 3u);
  EXPECT_EQ(matrix(2, 3), expectedAt(2, 3));
  EXPECT_EQ(reinterpret_cast<const std::byte*>(matrix.data()), file.bytes().data());
  file.release();
  EXPECT_EQ(matrix(1, 1), expectedAt(1, 1));
}

TEST(Npy, mapsOnlyWhatHasTheTypeAndOrder) {
  EXPECT_THAT(errorOf([] { (void)MappedNpy(oracle("float64.npy")).matrix<float>(); }).why, HasSubstr("float64"));
  EXPECT_THAT(errorOf([] { (void)MappedNpy(oracle("fortran.npy")).matrix<float>(); }).why, HasSubstr("column"));
  EXPECT_THAT(errorOf([] { (void)MappedNpy(oracle("big_endian.npy")).matrix<float>(); }).why, HasSubstr("big-endian"));
  EXPECT_THAT(errorOf([] { (void)MappedNpy(oracle("labels_i8.npy")).matrix<int64_t>(); }).why, HasSubstr("(4,)"));
}

TEST(Npy, readsVectorsOfEveryNumericType) {
  for (const char* type : {"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"}) {
    const auto path = oracle(std::string("vector_") + type + ".npy");
    EXPECT_THAT(readNpyVector<float>(path), ElementsAre(0, 1, 1, 0, 1)) << type;
    EXPECT_THAT(readNpyVector<int64_t>(path), ElementsAre(0, 1, 1, 0, 1)) << type;
    EXPECT_THAT(readNpyVector<uint8_t>(path), ElementsAre(0, 1, 1, 0, 1)) << type;
    EXPECT_THAT(readNpyVector<int32_t>(path), ElementsAre(0, 1, 1, 0, 1)) << type;
    EXPECT_THAT(readNpyVector<double>(path), ElementsAre(0, 1, 1, 0, 1)) << type;
    EXPECT_THAT(readNpyVector<uint32_t>(path), ElementsAre(0, 1, 1, 0, 1)) << type;
  }
  EXPECT_THAT(readNpyVector<int64_t>(oracle("labels_i8.npy")), ElementsAre(-3, 0, 7, int64_t{1} << 40));
}

TEST(Npy, refusesValuesThatDoNotFit) {
  EXPECT_THAT(errorOf([] { (void)readNpyVector<int32_t>(oracle("labels_i8.npy")); }).why, HasSubstr("value 3"));
  EXPECT_THAT(errorOf([] { (void)readNpyVector<uint8_t>(oracle("labels_i8.npy")); }).why, HasSubstr("value 0"));
  const TempDir folder;
  const auto refusedFor = [&]<typename T>(double value, T) {
    const auto path = folder / "value.npy";
    writeNpy(path, std::span<const double>(&value, 1), {1});
    try {
      return (void)readNpyVector<T>(path), false;
    } catch (const Error&) {
      return true;
    }
  };
  EXPECT_TRUE(refusedFor(0.5, int64_t{}));
  EXPECT_TRUE(refusedFor(std::nan(""), int32_t{}));
  EXPECT_TRUE(refusedFor(9223372036854775808.0, int64_t{}));
  EXPECT_FALSE(refusedFor(-9223372036854775808.0, int64_t{}));
  EXPECT_TRUE(refusedFor(256, uint8_t{}));
  EXPECT_FALSE(refusedFor(255, uint8_t{}));
  EXPECT_TRUE(refusedFor(1e300, float{}));
  EXPECT_FALSE(refusedFor(std::numeric_limits<double>::infinity(), float{}));
  EXPECT_FALSE(refusedFor(0.1, float{}));
}

TEST(Npy, tellsWhatAForeignTypeIs) {
  EXPECT_THAT(errorOf([] { (void)readNpyHeader(oracle("complex.npy")); }).why, HasSubstr("<c8"));
  EXPECT_THAT(errorOf([] { (void)readNpyHeader(oracle("record.npy")); }).why, HasSubstr("records"));
  EXPECT_THAT(errorOf([] { (void)readNpyHeader(oracle("text.npy")); }).why, HasSubstr("<U3"));
  EXPECT_THAT(errorOf([] { (void)readNpyVector<float>(oracle("object_1d.npy")); }).why, HasSubstr("Python objects"));
  EXPECT_TRUE(readNpyHeader(oracle("object_1d.npy")).isObject);
  EXPECT_THAT(errorOf([] { (void)readNpyMatrix("/nowhere/x.npy"); }).why, HasSubstr("no such file"));
  EXPECT_THAT(errorOf([] { (void)readNpyMatrix("/tmp"); }).why, HasSubstr("not a plain file"));
}

TEST(Npy, writesByteForByteAsNumpy) {
  const TempDir folder;
  Matrix<float> matrix(3, 4);
  for (size_t i = 0; i < 12; ++i) matrix.values()[i] = expectedAt(0, i);
  writeNpy(folder / "matrix.npy", matrix.view());
  EXPECT_EQ(readTextFile(folder / "matrix.npy"), readTextFile(oracle("c_order.npy")));
  const std::vector<int64_t> labels = {-3, 0, 7, int64_t{1} << 40};
  writeNpy<int64_t>(folder / "labels.npy", labels, {4});
  EXPECT_EQ(readTextFile(folder / "labels.npy"), readTextFile(oracle("labels_i8.npy")));
  const double scalar = 2.5;
  writeNpy(folder / "scalar.npy", std::span(&scalar, 1), {});
  EXPECT_EQ(readTextFile(folder / "scalar.npy"), readTextFile(oracle("scalar.npy")));
}

TEST(Npy, writesOnlyTheRowsOfAView) {
  const TempDir folder;
  Matrix<float> wide(3, 9);
  for (size_t r = 0; r < 3; ++r)
    for (size_t c = 0; c < 4; ++c) wide(r, c + 2) = expectedAt(r, c);
  const MatrixView<const float> part = wide.view().block(0, 2, 3, 4);
  writeNpy(folder / "part.npy", part);
  EXPECT_EQ(readTextFile(folder / "part.npy"), readTextFile(oracle("c_order.npy")));
}

TEST(Npy, streamsRowsAndAppearsOnlyWhenCommitted) {
  const TempDir folder;
  const auto path = folder / "streamed.npy";
  {
    NpyWriter writer(path, 4);
    writer.append(std::vector<float>{1, 2, 3, 4});
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  NpyWriter writer(path, 4);
  for (size_t r = 0; r < 3; ++r) {
    std::vector<float> row;
    for (size_t c = 0; c < 4; ++c) row.push_back(expectedAt(r, c));
    writer.append(row);
  }
  EXPECT_THAT(errorOf([&] { writer.append(std::vector<float>{1, 2}); }).why, HasSubstr("2 values"));
  writer.commit();
  keep(path);
  EXPECT_EQ(readTextFile(path), readTextFile(oracle("c_order.npy")));
}

TEST(Npy, readsAnEmptyArray) {
  const auto matrix = readNpyMatrix(oracle("empty.npy"));
  EXPECT_EQ(matrix.rows(), 0u);
  EXPECT_EQ(matrix.cols(), 5u);
}

TEST(Npy, refusesLyingHeaders) {
  const TempDir folder;
  const std::vector<std::pair<std::string, std::string>> table = {
      {npyOf("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", std::string(8, 'x')), "12 bytes"},
      {npyOf("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", std::string(8, 'x')), "holds 8"},
      {npyOf("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", ""), "not a size"},
      {npyOf("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", ""), "too many"},
      {npyOf("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", ""), "not a size"},
      {npyOf("{'descr': '<f4', 'fortran_order': False, 'shape': 3, }", ""), "'('"},
      {npyOf("{'descr': '<f4', 'fortran_order': False, 'shape': (3), }", ""), "not a tuple"},
      {npyOf("{'descr': '<f4', 'fortran_order': 0, 'shape': (0,), }", ""), "neither"},
      {npyOf("{'descr': '<f4', 'shape': (0,), }", ""), "lacks"},
      {npyOf("{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (0,), }", ""), "twice"},
      {npyOf("{'descr': '<f4', 'x': 1, 'fortran_order': False, 'shape': (0,), }", ""), "'x'"},
      {npyOf("{'descr': '', 'fortran_order': False, 'shape': (0,), }", ""), "''"},
      {npyOf("{'descr': '<f4', 'fortran_order': False, 'shape': (0,), } __import__('os')", ""), "after its header"},
      {npyOf("{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }", "", 4), "4.0"},
      {npyOf("  ", ""), "'{'"},
      {npyOf("", ""), "ends inside"},
      {std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12), "claims 4294967295"},
      {"", "does not begin"},
  };
  for (const auto& [content, why] : table) {
    writeFile(folder / "lie.npy", content);
    EXPECT_THAT(errorOf([&] { (void)readNpyVector<float>(folder / "lie.npy"); }).why, HasSubstr(why)) << content;
  }
}

TEST(Npy, refusesEveryCutAndSurvivesDamage) {
  const FileReader read = [](const auto& path) { (void)readNpyMatrix(path); };
  for (const char* name : {"c_order.npy", "version2.npy", "float16.npy"}) expectEveryCutRefused(oracle(name), read);
  expectDamageSurvived(oracle("c_order.npy"), read);
}

TEST(Npy, saysWhenTheDiskIsFullAndLeavesTheOldFile) {
  const TempDir folder;
  const auto path = folder / "x.npy";
  writeFile(path, "old");
  const Matrix<float> large(100, 1000);
  EXPECT_THAT(errorOnFullDisk(10'000, [&] { writeNpy(path, large.view()); }), HasSubstr("x.npy"));
  EXPECT_THAT(errorOnFullDisk(10'000,
                              [&] {
                                NpyWriter writer(path, 1000);
                                for (int i = 0; i < 100; ++i) writer.append(large.row(0));
                                writer.commit();
                              }),
              HasSubstr("File too large"));
  EXPECT_EQ(readTextFile(path), "old");
}

}  // namespace
}  // namespace corticast
