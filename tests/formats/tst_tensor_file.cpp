#include "core/formats/tensor_file.h"

#include "core/base/atomic_file.h"
#include "core/formats/zip.h"
#include "tests/testing/damage.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using namespace corticast::testing;
using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::filesystem::path data(const std::string& name) {
  return testFile("formats/data/" + name);
}

void readAll(const std::filesystem::path& path) {
  const auto file = openTensorFile(path);
  for (const TensorEntry& entry : file->entries()) (void)file->read(entry.name);
}

std::string whyRefused(const std::filesystem::path& path) {
  return errorOf([&] { readAll(path); }).why;
}

class WrittenByTorch : public ::testing::TestWithParam<const char*> {};

TEST_P(WrittenByTorch, givesItsTensors) {
  const auto file = openTensorFile(data(GetParam()));
  ASSERT_EQ(file->entries().size(), 9u);
  EXPECT_EQ(file->entries()[0].name, "fc.weight");
  EXPECT_THAT(file->entries()[0].shape, ElementsAre(3, 4));
  EXPECT_THAT(file->read("fc.weight").floats(),
              ElementsAre(-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75));
  EXPECT_THAT(file->read("fc.part").floats(), ElementsAre(0.25, 0.5, 1.25, 1.5));
  const NamedTensor turned = file->read("fc.turned");
  EXPECT_THAT(turned.shape, ElementsAre(4, 3));
  EXPECT_THAT(turned.floats(), ElementsAre(-1, 0, 1, -0.75, 0.25, 1.25, -0.5, 0.5, 1.5, -0.25, 0.75, 1.75));
  EXPECT_EQ(file->read("half").type, TensorType::Float16);
  EXPECT_THAT(file->read("half").data, ElementsAre(std::byte{0}, std::byte{0x3e}, std::byte{0}, std::byte{0xc0}));
  EXPECT_EQ(file->read("brain").type, TensorType::BFloat16);
  EXPECT_THAT(file->read("double").doubles(), ElementsAre(0.1));
  EXPECT_TRUE(file->read("count").shape.empty());
  EXPECT_THAT(file->read("count").int64s(), ElementsAre(7));
  EXPECT_EQ(file->read("flags").type, TensorType::Bool);
  EXPECT_EQ(file->read("none").valueCount(), 0u);
  EXPECT_THAT(errorOf([&] { (void)file->read("fc.bias"); }).why, HasSubstr("no tensor 'fc.bias'"));
}

INSTANTIATE_TEST_SUITE_P(files, WrittenByTorch, ::testing::Values("torch_zip.pt", "torch_legacy.pt"),
                         [](const auto& test) { return std::string(test.param).substr(6, 3); });

TEST(TensorFile, tellsTheFormatsApartByContent) {
  EXPECT_EQ(openTensorFile(data("torch_zip.pt"))->format(), "PyTorch state dict");
  EXPECT_EQ(openTensorFile(data("torch_legacy.pt"))->format(), "PyTorch state dict (before 1.6)");
  EXPECT_EQ(openTensorFile(data("torch_script.pt"))->format(), "TorchScript archive");
  const auto safetensors = openTensorFile(data("tensors.safetensors"));
  EXPECT_EQ(safetensors->format(), "safetensors");
  EXPECT_EQ(safetensors->read("fc.weight").floats()[1], 0.25f);
}

TEST(TensorFile, joinsTheNamesOfDictsInDicts) {
  const auto file = openTensorFile(data("torch_wrapped.pt"));
  EXPECT_EQ(file->entries().size(), 9u);
  EXPECT_EQ(file->entries()[3].name, "state_dict.half");
  const auto parameter = openTensorFile(data("torch_parameter.pt"));
  EXPECT_THAT(parameter->read("weight").floats(), ElementsAre(1, 2));
}

TEST(TensorFile, takesTheParametersOutOfTorchScript) {
  const auto file = openTensorFile(data("torch_script.pt"));
  EXPECT_THAT(file->read("layers.0.weight").floats(), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(file->read("layers.2.bias").floats(), ElementsAre(30));
  EXPECT_THAT(file->read("size").int64s(), ElementsAre(224));
}

TEST(TensorFile, runsNothingAndNamesWhatItRefuses) {
  for (const char* name : {"torch_evil.pt", "torch_evil_legacy.pt"}) {
    EXPECT_THAT(whyRefused(data(name)), HasSubstr("'posix.system'")) << name;
    EXPECT_THAT(errorOf([&] { readAll(data(name)); }).remedy, HasSubstr("state_dict"));
  }
  EXPECT_THAT(whyRefused(data("torch_module.pt")), HasSubstr("'__main__.Module'"));
  EXPECT_FALSE(std::filesystem::exists("/tmp/corticast-pwned"));
}

// A zip as torch.save makes it, around a pickle written by hand.
std::string storage(const std::string& type, const std::string& key, int values) {
  return "(U\x07storagectorch\n"s + type + "\nU" + static_cast<char>(key.size()) + key + "U\x03" + "cpuK" +
         static_cast<char>(values) + "tQ";
}
std::string tensor(const std::string& storageId, int offset, const std::string& shape, const std::string& strides) {
  return "ctorch._utils\n_rebuild_tensor_v2\n(" + storageId + "K" + static_cast<char>(offset) + shape + strides +
         "\x89}tR";
}
std::string dictOf(const std::string& value) {
  return "\x80\x02}U\x01w" + value + "s.";
}
constexpr auto kTwo = "K\x02\x85";
constexpr auto kOne = "K\x01\x85";

TEST(TensorFile, refusesTensorsThatDoNotFitTheirStorage) {
  const TempDir folder;
  const std::string four = storage("FloatStorage", "0", 4);
  const std::vector<std::pair<std::string, std::string>> table = {
      {dictOf(tensor(four, 3, kTwo, kOne)), "reaches beyond"},
      {dictOf(tensor(four, 0, "J\xff\xff\xff\x7f\x85", "K\x00\x85"s)), "reaches beyond"},
      {dictOf(tensor(four, 0, "J\xff\xff\xff\x7fJ\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x87", "K\x01K\x01K\x01\x87")),
       "reaches beyond"},
      {dictOf(tensor(four, 0, "J\xff\xff\xff\xff\x85", kOne)), "no whole number"},
      {dictOf(tensor(four, 0, kTwo, ")")), "differ in length"},
      {dictOf(tensor(storage("FloatStorage", "0", 9), 0, kTwo, kOne)), "reaches beyond"},
      {dictOf(tensor(storage("FloatStorage", "9", 4), 0, kTwo, kOne)), "no file 'archive/data/9'"},
      {dictOf(tensor(storage("ComplexFloatStorage", "0", 4), 0, kTwo, kOne)), "'torch.ComplexFloatStorage'"},
      {dictOf(tensor(storage("Size", "0", 4), 0, kTwo, kOne)), "unknown type"},
      {dictOf(tensor("N", 0, kTwo, kOne)), "no storage"},
      {dictOf(tensor("U\x01xQ", 0, kTwo, kOne)), "described in an unknown way"},
      {dictOf("ctorch._utils\n_rebuild_tensor_v2\n)R"), "described in an unknown way"},
      {"\x80\x02}(U\x01w" + tensor(four, 0, kTwo, kOne) + "U\x01w" + tensor(four, 0, kTwo, kOne) + "u.", "two tensors"},
      {"\x80\x02]q\x00h\x00"
       "a."s,
       "nested too deep"},
  };
  for (const auto& [pickle, expected] : table) {
    ZipWriter zip(folder / "x.pt");
    zip.addText("archive/data.pkl", pickle, ZipMethod::Store);
    zip.addText("archive/data/0", std::string(16, '\0'), ZipMethod::Store);
    zip.finish();
    EXPECT_THAT(whyRefused(folder / "x.pt"), HasSubstr(expected));
  }
}

// OrderedDict([['w', tensor]]), with texts as bytes.
TEST(TensorFile, readsWhatPython2Wrote) {
  const TempDir folder;
  ZipWriter zip(folder / "x.pt");
  const std::string weight = tensor(storage("FloatStorage", "0", 2), 0, kTwo, kOne);
  zip.addText("a/data.pkl",
              "\x80\x02"
              "ccollections\nOrderedDict\n]](U\x01w" +
                  weight + "ea\x85R.");
  zip.addText("a/data/0", std::string("\0\0\x80\x3f\0\0\0\x40", 8));
  zip.finish();
  EXPECT_THAT(openTensorFile(folder / "x.pt")->read("w").floats(), ElementsAre(1, 2));
}

TEST(TensorFile, refusesFilesOfOtherKinds) {
  const TempDir folder;
  const auto refusal = [&](const std::string& content) {
    writeFile(folder / "x", content);
    return whyRefused(folder / "x");
  };
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
  EXPECT_THAT(refusal("<html>Not found</html>"), HasSubstr("neither"));
  EXPECT_THAT(refusal(readTextFile(data("torch_legacy.pt")).substr(0, 12)), HasSubstr("breaks off"));
  ZipWriter zip(folder / "z.pt");
  zip.addText("readme.txt", "x");
  zip.finish();
  EXPECT_THAT(whyRefused(folder / "z.pt"), HasSubstr("without a data.pkl"));
  ZipWriter twice(folder / "t.pt");
  twice.addText("a/data.pkl", "\x80\x02}.", ZipMethod::Store);
  twice.addText("b/data.pkl", "\x80\x02}.", ZipMethod::Store);
  twice.finish();
  EXPECT_THAT(whyRefused(folder / "t.pt"), HasSubstr("two models"));
  EXPECT_THAT(whyRefused(folder / "absent.pt"), HasSubstr("no such file"));
}

TEST(TensorFile, survivesDamage) {
  for (const char* name : {"torch_zip.pt", "torch_legacy.pt", "torch_script.pt"}) {
    expectEveryCutRefused(data(name), readAll, 7);
    EXPECT_GT(expectDamageSurvived(data(name), readAll, 11), 50u) << name;
  }
}

}  // namespace
}  // namespace corticast
