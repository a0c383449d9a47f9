#include "core/base/atomic_file.h"
#include "core/formats/safetensors.h"
#include "tests/formats/keep.h"
#include "tests/testing/damage.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using namespace corticast::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::filesystem::path oracle() {
  return testFile("formats/data/tensors.safetensors");
}

std::string fileOf(const std::string& header, size_t dataBytes, uint64_t length) {
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + std::string(dataBytes, '\x01');
}
std::string fileOf(const std::string& header, size_t dataBytes) {
  return fileOf(header, dataBytes, header.size());
}

TEST(Safetensors, readsWhatTheReferenceWrites) {
  const SafetensorsFile file(oracle());
  EXPECT_EQ(file.entries().size(), 9u);
  EXPECT_EQ(file.metadata().at("format"), "corticast");
  const auto weight = file.read("fc.weight");
  EXPECT_THAT(weight.shape, ElementsAre(2, 3));
  EXPECT_THAT(weight.floats(), ElementsAre(0, 0.25f, 0.5f, 0.75f, 1, 1.25f));
  EXPECT_EQ(weight.matrix()(1, 2), 1.25f);
  EXPECT_THAT(file.read("fc.bias").doubles(), ElementsAre(1.5, -2));
  EXPECT_THAT(file.read("index").int64s(), ElementsAre(3, -4, int64_t{1} << 40));
  EXPECT_THAT(file.read("bytes").uint8s(), ElementsAre(1, 255, 0));
  EXPECT_THAT(file.read("columns").uint32s(), ElementsAre(7, 4294967295u));
  EXPECT_EQ(file.read("flag").type, TensorType::Bool);
  EXPECT_TRUE(file.read("one").shape.empty());
  EXPECT_THAT(file.read("one").floats(), ElementsAre(2.25f));
  EXPECT_EQ(file.read("none").valueCount(), 0u);
  EXPECT_TRUE(file.has("a/é"));
  EXPECT_THAT(errorOf([&] { (void)file.read("weight"); }).why, HasSubstr("no tensor 'weight'"));
}

TEST(Safetensors, writesByteForByteAsTheReference) {
  const TempDir folder;
  const auto path = folder / "written.safetensors";
  const SafetensorsFile file(oracle());
  auto tensors = file.readAll();
  std::reverse(tensors.begin(), tensors.end());
  writeSafetensors(path, tensors, file.metadata());
  keep(path);
  EXPECT_EQ(readTextFile(path), readTextFile(oracle()));
}

TEST(Safetensors, makesTensorsOfNumbers) {
  const TempDir folder;
  Matrix<double> matrix(2, 3);
  for (size_t i = 0; i < 6; ++i) matrix.values()[i] = static_cast<double>(i);
  const std::vector<float> bias = {1, 2};
  const std::vector<int64_t> index = {-1};
  const std::vector<NamedTensor> tensors = {
      NamedTensor::of("part", MatrixView<const double>(matrix.view().block(0, 1, 2, 2))),
      NamedTensor::of("bias", std::span(bias)), NamedTensor::of("index", std::span(index))};
  writeSafetensors(folder / "x.safetensors", tensors);
  const SafetensorsFile file(folder / "x.safetensors");
  EXPECT_THAT(file.read("part").doubles(), ElementsAre(1, 2, 4, 5));
  EXPECT_EQ(file.read("part").doubleMatrix()(1, 0), 4);
  EXPECT_THAT(file.read("bias").floats(), ElementsAre(1, 2));
  EXPECT_TRUE(file.metadata().empty());
  EXPECT_EQ(&tensorNamed(tensors, "index"), &tensors[2]);
  EXPECT_THAT(errorOf([&] { (void)tensorNamed(tensors, "x"); }).why, HasSubstr("no such tensor"));
  EXPECT_THAT(errorOf([&] { (void)tensors[1].doubles(); }).why, HasSubstr("F32"));
  EXPECT_THAT(errorOf([&] { (void)tensors[1].matrix(); }).why, HasSubstr("1 axes"));
}

TEST(Safetensors, writesNothingThatItCouldNotRead) {
  const TempDir folder;
  const std::vector<float> values = {1, 2};
  const auto good = NamedTensor::of("a", std::span(values));
  auto unnamed = good, misshapen = good, reserved = good;
  unnamed.name = "";
  misshapen.shape = {3};
  reserved.name = "__metadata__";
  const auto refusal = [&](std::vector<NamedTensor> tensors) {
    return errorOf([&] { writeSafetensors(folder / "x.safetensors", tensors); }).why;
  };
  EXPECT_THAT(refusal({good, good}), HasSubstr("two tensors"));
  EXPECT_THAT(refusal({unnamed}), HasSubstr("impossible name"));
  EXPECT_THAT(refusal({reserved}), HasSubstr("impossible name"));
  EXPECT_THAT(refusal({misshapen}), HasSubstr("does not fit"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  writeSafetensors(folder / "none.safetensors", {});
  EXPECT_TRUE(SafetensorsFile(folder / "none.safetensors").entries().empty());
}

TEST(Safetensors, refusesEveryBreachOfTheFormat) {
  const std::string a = R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "shorter"},
      {fileOf("", 0), "start with '{'"},
      {fileOf("{}", 0, 100'000'001), "100,000,000"},
      {fileOf("{}", 0, uint64_t{1} << 63), "100,000,000"},
      {fileOf("{}", 0, 3), "claims 3 bytes"},
      {fileOf(" {" + a + "}", 4), "start with '{'"},
      {fileOf("{" + a + "," + a + "}", 4), "stands twice"},
      {fileOf("{" + a + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4), "should begin at 4"},
      {fileOf("{" + a + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})", 12), "should begin at 4"},
      {fileOf("{" + a + "}", 5), "the file has 5"},
      {fileOf("{" + a + "}", 3), "the file has 3"},
      {fileOf("{}", 1), "the file has 1"},
      {fileOf("{" + a + "} x", 4), "not valid JSON"},
      {fileOf("{" + a, 4), "not valid JSON"},
      {fileOf(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4), "does not fit"},
      {fileOf(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0), "does not fit"},
      {fileOf(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4), "negative"},
      {fileOf(R"({"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}})", 4), "whole number"},
      {fileOf(R"({"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,4]}})", 4), "too large"},
      {fileOf(R"({"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}})", 4), "unexpected"},
      {fileOf(R"({"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}})", 4), "unexpected"},
      {fileOf(R"({"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}})", 4), "unexpected"},
      {fileOf(R"({"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}})", 4), "'F31'"},
      {fileOf(R"({"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}})", 4), "unexpected"},
      {fileOf(R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4), "lacks"},
      {fileOf(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}})", 4), "lacks"},
      {fileOf(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}})", 4), "more than two"},
      {fileOf(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4), "should begin at 0"},
      {fileOf(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}})", 4), "unknown property"},
      {fileOf(R"({"a":{"dtype":"F32","dtype":"I32","shape":[1],"data_offsets":[0,4]}})", 4), "stands twice"},
      {fileOf(R"({"a":[1]})", 4), "unexpected"},
      {fileOf(R"({"a":null})", 0), "unexpected"},
      {fileOf(R"({"__metadata__":{"a":1}})", 0), "unexpected"},
      {fileOf(R"({"__metadata__":{"a":"b","a":"c"}})", 0), "stands twice"},
      {fileOf(R"({"__metadata__":{"a":{}}})", 0), "unexpected"},
      {fileOf("{\"\xff\":{}}", 0), "not valid JSON"},
      {fileOf("{" + std::string(100'000, '['), 0), "not valid JSON"},
  };
  const TempDir folder;
  for (const auto& [content, why] : table) {
    writeFile(folder / "x.safetensors", content);
    EXPECT_THAT(errorOf([&] { SafetensorsFile file(folder / "x.safetensors"); }).why, HasSubstr(why))
        << content.substr(0, 300);
  }
  writeFile(folder / "padded.safetensors", fileOf("{" + a + "}   ", 4));
  EXPECT_EQ(SafetensorsFile(folder / "padded.safetensors").entries().size(), 1u);
}

TEST(Safetensors, refusesEveryCutAndSurvivesDamage) {
  const FileReader read = [](const auto& path) { (void)SafetensorsFile(path).readAll(); };
  expectEveryCutRefused(oracle(), read);
  expectDamageSurvived(oracle(), read);
}

TEST(Safetensors, saysWhenTheDiskIsFullAndLeavesTheOldFile) {
  const TempDir folder;
  writeFile(folder / "x.safetensors", "old");
  const std::vector<float> values(100'000);
  const std::vector<NamedTensor> tensors = {NamedTensor::of("a", std::span(values))};
  EXPECT_THAT(errorOnFullDisk(50'000, [&] { writeSafetensors(folder / "x.safetensors", tensors); }),
              HasSubstr("File too large"));
  EXPECT_EQ(readTextFile(folder / "x.safetensors"), "old");
}

TEST(Safetensors, writesManyTensorsInLinearTime) {
  const TempDir folder;
  const std::vector<float> values = {1};
  std::vector<NamedTensor> tensors;
  for (int i = 0; i < 20'000; ++i) tensors.push_back(NamedTensor::of("t" + std::to_string(i), std::span(values)));
  writeSafetensors(folder / "many.safetensors", tensors);
  EXPECT_EQ(SafetensorsFile(folder / "many.safetensors").entries().size(), tensors.size());
}

}  // namespace
}  // namespace corticast
