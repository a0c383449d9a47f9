#include "core/data/responses.h"

#include <fstream>
#include <numeric>
#include <thread>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/formats/npy.h"
#include "tests/testing/testing.h"

using namespace corticast;
using namespace corticast::testing;

namespace {

constexpr size_t kRows = 53;
constexpr size_t kColumns = 37;

double valueAt(size_t row, size_t column) {
  return 0.1 * static_cast<double>(row) - 1.7 * static_cast<double>(column) + 1e-9;
}

// The .npy of T with this order, written by hand so that Fortran order is covered too.
template <typename T>
std::filesystem::path writeArray(const TempDir& folder, bool isFortran, size_t padding = 0) {
  std::string header = "{'descr': '" + std::string(sizeof(T) == 4 ? "<f4" : "<f8") +
                       "', 'fortran_order': " + (isFortran ? "True" : "False") + ", 'shape': (53, 37), }";
  header.resize(118 + padding - 1, ' ');
  header += '\n';
  std::string bytes = "\x93NUMPY";
  bytes += {'\x01', '\x00', static_cast<char>(header.size()), '\x00'};
  bytes += header;
  for (size_t i = 0; i < kRows * kColumns; ++i) {
    const size_t row = isFortran ? i % kRows : i / kColumns;
    const size_t column = isFortran ? i / kRows : i % kColumns;
    const T value = static_cast<T>(valueAt(row, column));
    bytes.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  const auto path = folder / "responses.npy";
  writeFile(path, bytes);
  return path;
}

std::vector<uint32_t> someIndices(size_t count, size_t bound, uint64_t seed) {
  Philox random(seed);
  std::vector<uint32_t> indices(count);
  for (uint32_t& index : indices) index = static_cast<uint32_t>(random.below(bound));
  return indices;
}

template <typename T>
void expectGathered(const Responses& responses) {
  for (const auto& [rowCount, columnCount] : {std::pair{1, 1}, {53, 37}, {16, 5}, {17, 64}, {40, 3}, {200, 1}}) {
    const auto rows = someIndices(rowCount, kRows, rowCount);
    const auto columns = someIndices(columnCount, kColumns, columnCount);
    Matrix<float> direct(rows.size(), columns.size());
    Matrix<float> transposed(columns.size(), rows.size());
    responses.gather(rows, columns, direct.view());
    responses.gatherTransposed(rows, columns, transposed.view());
    for (size_t i = 0; i < rows.size(); ++i)
      for (size_t j = 0; j < columns.size(); ++j) {
        const auto expected = static_cast<float>(static_cast<T>(valueAt(rows[i], columns[j])));
        ASSERT_EQ(direct(i, j), expected) << i << " " << j;
        ASSERT_EQ(transposed(j, i), expected) << i << " " << j;
      }
  }
}

}  // namespace

TEST(Responses, gatherEqualsDirectIndexingInEveryTypeAndOrder) {
  for (const bool isFortran : {false, true}) {
    TempDir folder;
    const auto single = Responses::open(writeArray<float>(folder, isFortran));
    EXPECT_EQ(single->rows(), kRows);
    EXPECT_EQ(single->cols(), kColumns);
    EXPECT_EQ(single->dtype(), "float32");
    EXPECT_EQ(single->byteCount(), kRows * kColumns * 4);
    expectGathered<float>(*single);
    const auto twice = Responses::open(writeArray<double>(folder, isFortran));
    EXPECT_EQ(twice->dtype(), "float64");
    expectGathered<double>(*twice);
  }
}

TEST(Responses, valuesNeedNotBeAligned) {
  TempDir folder;
  expectGathered<double>(*Responses::open(writeArray<double>(folder, false, 3)));
}

TEST(Responses, gatherFillsAViewWithStride) {
  TempDir folder;
  const auto responses = Responses::open(writeArray<float>(folder, false));
  Matrix<float> large(4, 10);
  const std::vector<uint32_t> rows = {3, 1}, columns = {30, 2, 2};
  responses->gather(rows, columns, large.view().block(1, 4, 2, 3));
  EXPECT_EQ(large(1, 4), static_cast<float>(valueAt(3, 30)));
  EXPECT_EQ(large(2, 6), static_cast<float>(valueAt(1, 2)));
  EXPECT_EQ(large(1, 3), 0);
  EXPECT_EQ(large(1, 7), 0);
  EXPECT_EQ(large(3, 4), 0);
}

TEST(Responses, releasedPagesReadTheSame) {
  TempDir folder;
  const auto responses = Responses::open(writeArray<float>(folder, false));
  expectGathered<float>(*responses);
  responses->release();
  expectGathered<float>(*responses);
}

TEST(Responses, severalThreadsGatherAtOnce) {
  TempDir folder;
  const auto responses = Responses::open(writeArray<double>(folder, false));
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int k = 0; k < 20; ++k) {
        expectGathered<double>(*responses);
        responses->release();
      }
    });
}

TEST(Responses, wrongRequestsAreRefused) {
  TempDir folder;
  const auto responses = Responses::open(writeArray<float>(folder, false));
  Matrix<float> out(1, 1);
  const std::vector<uint32_t> first = {0}, tooLarge = {37}, tooManyRows = {53};
  EXPECT_EQ(errorOf([&] { responses->gather(first, tooLarge, out.view()); }).why,
            "column 37 is asked for, there are 37");
  EXPECT_EQ(errorOf([&] { responses->gatherTransposed(tooManyRows, first, out.view()); }).why,
            "row 53 is asked for, there are 53");
  EXPECT_EQ(errorOf([&] {
              responses->gather(first, std::vector<uint32_t>{0, 1}, out.view());
            }).why,
            "the result holds 1 x 1 values, 1 x 2 are asked for");
}

TEST(Responses, scanFindsBadValuesAndConstantColumns) {
  TempDir folder;
  Matrix<float> values(200, 30);
  for (size_t row = 0; row < 200; ++row)
    for (size_t column = 0; column < 30; ++column) values(row, column) = column == 11 ? 4.5F : float(row + column);
  writeNpy(folder / "fine.npy", values.view());
  values(150, 3) = std::numeric_limits<float>::quiet_NaN();
  values(20, 29) = -std::numeric_limits<float>::infinity();
  writeNpy(folder / "bad.npy", values.view());
  ProgressReporter progress;
  const ValueCheck fine = Responses::open(folder / "fine.npy")->checkValues(progress);
  EXPECT_EQ(fine.notFinite, 0U);
  EXPECT_EQ(fine.constantColumns, 1U);
  EXPECT_EQ(fine.firstConstantColumn, 11U);
  const ValueCheck bad = Responses::open(folder / "bad.npy")->checkValues(progress);
  EXPECT_EQ(bad.notFinite, 2U);
  EXPECT_EQ(bad.firstRow, 20U);
  EXPECT_EQ(bad.firstColumn, 29U);
  EXPECT_EQ(bad.constantColumns, 1U);
}

TEST(Responses, scanReadsFortranOrderAndDoubles) {
  TempDir folder;
  const auto path = writeArray<double>(folder, true);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const double beyondFloat = 1e300;
  file.seekp(static_cast<std::streamoff>(128 + (kRows * 5 + 7) * sizeof(double)));  // row 7, column 5
  file.write(reinterpret_cast<const char*>(&beyondFloat), sizeof(double));
  file.close();
  ProgressReporter progress;
  const ValueCheck check = Responses::open(path)->checkValues(progress);
  EXPECT_EQ(check.notFinite, 1U);
  EXPECT_EQ(check.firstRow, 7U);
  EXPECT_EQ(check.firstColumn, 5U);
  EXPECT_EQ(check.constantColumns, 0U);
}

TEST(Responses, scanCanBeCancelled) {
  TempDir folder;
  const auto responses = Responses::open(writeArray<float>(folder, false));
  std::stop_source stop;
  stop.request_stop();
  ProgressReporter progress([](const Progress&) {}, stop.get_token());
  EXPECT_THROW((void)responses->checkValues(progress), Cancelled);
}
