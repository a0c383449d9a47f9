#include "core/base/atomic_file.h"
#include "core/formats/label_map.h"
#include "core/formats/pickle.h"
#include "tests/formats/keep.h"
#include "tests/testing/damage.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using namespace corticast::testing;
using ::testing::HasSubstr;
using namespace std::string_literals;

using Labels = std::map<int64_t, std::string>;

std::filesystem::path oracle(const std::string& name) {
  return testFile("formats/data/" + name);
}

const Labels kFaces = {{0, "Unknown"}, {1, "OFA"}, {2, "FFA-1"}, {3, "FFA-2"}, {4, "mTL-faces"}, {5, "aTL-faces"}};
const Labels kWide = {{200, "a"}, {-70000, "é中🙂"}, {int64_t{1} << 40, ""}, {-5, std::string(300, 'x')}};

TEST(LabelMap, readsWhatOldAndNewNumpyWrite) {
  for (const char* name : {"labels", "labels_p2", "labels_p3", "labels_p4", "labels_p5", "labels_core_p2",
                           "labels_core_p3", "labels_numpy_p2", "labels_numpy_p3", "labels_numpy_p4"})
    EXPECT_EQ(readLabelMap(oracle(std::string(name) + ".npy")), kFaces) << name;
  EXPECT_EQ(readLabelMap(oracle("labels_wide.npy")), kWide);
}

TEST(LabelMap, readsBackWhatItWrites) {
  const TempDir folder;
  for (const Labels& labels : {kFaces, kWide, Labels{}}) {
    const auto path = folder / ("written" + std::to_string(labels.size()) + ".npy");
    writeLabelMap(path, labels);
    keep(path);
    EXPECT_EQ(readLabelMap(path), labels);
  }
  EXPECT_THAT(errorOf([&] { writeLabelMap(folder / "x.npy", {{1, "\xff"}}); }).why, HasSubstr("UTF-8"));
}

TEST(LabelMap, refusesCodeByNameAndRunsNone) {
  std::filesystem::remove("/tmp/corticast-pwned");
  EXPECT_THAT(errorOf([] { (void)readLabelMap(oracle("evil.npy")); }).why, HasSubstr("'posix.system'"));
  EXPECT_THAT(errorOf([] { (void)readLabelMap(oracle("evil_p2.npy")); }).why, HasSubstr("'posix.system'"));
  EXPECT_THAT(errorOf([] { (void)readLabelMap(oracle("set.npy")); }).why, HasSubstr("EMPTY_SET"));
  EXPECT_FALSE(std::filesystem::exists("/tmp/corticast-pwned"));
}

TEST(LabelMap, refusesWhatIsNoDictOfLabels) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"not_dict.npy", "not 0-d"},
      {"dict_of_ints.npy", "a name is not text"},
      {"text_keys.npy", "not an integer"},
      {"float_keys.npy", "not an integer"},
      {"twice.npy", "label 1 appears twice"},
      {"c_order.npy", "float32"},
      {"object_1d.npy", "shape (2,)"},
  };
  for (const auto& [name, why] : table)
    EXPECT_THAT(errorOf([&] { (void)readLabelMap(oracle(name)); }).why, HasSubstr(why)) << name;
}

TEST(LabelMap, refusesEveryCutAndSurvivesDamage) {
  const FileReader read = [](const auto& path) { (void)readLabelMap(path); };
  for (const char* name : {"labels.npy", "labels_core_p2.npy", "labels_numpy_p3.npy", "labels_wide.npy"}) {
    expectEveryCutRefused(oracle(name), read);
    expectDamageSurvived(oracle(name), read);
  }
}

std::string why(const std::string& stream, PickleRules rules = {.globals = {"a.b"}}) {
  return errorOf([&] { (void)readPickle(std::as_bytes(std::span(stream)), rules, "stream"); }).why;
}

PickleTree tree(const std::string& stream, PickleRules rules = {.globals = {"a.b"}}) {
  return readPickle(std::as_bytes(std::span(stream)), rules, "stream");
}

TEST(Pickle, buildsInertValues) {
  const auto call = tree(
      "\x80\x02"
      "ca\nb\n(K\x07"
      "X\x02\x00\x00\x00hi\x88tR}b."s);
  const PickleNode& root = call.at(call.root);
  ASSERT_EQ(root.kind, PickleKind::Call);
  ASSERT_EQ(root.items.size(), 3u);
  EXPECT_EQ(call.at(root.items[0]).text, "a.b");
  const PickleNode& arguments = call.at(root.items[1]);
  ASSERT_EQ(arguments.items.size(), 3u);
  EXPECT_EQ(call.at(arguments.items[0]).integer, 7);
  EXPECT_EQ(call.at(arguments.items[1]).text, "hi");
  EXPECT_EQ(call.at(arguments.items[2]).kind, PickleKind::Bool);
  EXPECT_EQ(tree("\x80\x04G\x3f\xf8\x00\x00\x00\x00\x00\x00."s).nodes.at(0).real, 1.5);
  EXPECT_EQ(tree("\x80\x04\x8a\x02\x00\xff."s).nodes.at(0).integer, -256);
  EXPECT_EQ(tree("\x80\x04\x8a\x00."s).nodes.at(0).integer, 0);
}

TEST(Pickle, aListThatHoldsItselfIsHarmless) {
  const auto self = tree(
      "\x80\x02]q\x00h\x00"
      "a."s);
  EXPECT_EQ(self.at(self.root).items, std::vector<uint32_t>{self.root});
}

TEST(Pickle, refusesByName) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "begin"},
      {"K\x01.", "begin"},
      {"\x80\x01N.", "protocol is 1"},
      {"\x80\x06N.", "protocol is 6"},
      {"\x80\x02N", "too early"},
      {"\x80\x02N.N", "after the pickle's end"},
      {"\x80\x02.", "unfinished"},
      {"\x80\x02NN.", "unfinished"},
      {"\x80\x02N(.", "unfinished"},
      {"\x80\x02t.", "no beginning"},
      {"\x80\x02\x85.", "where there is none"},
      {"\x80\x02N(\x85t.", "where there is none"},
      {"\x80\x02"
       "cos\nsystem\n.",
       "'os.system'"},
      {"\x80\x04\x8c\x01"
       "aN\x93.",
       "not text"},
      {"\x80\x02"
       "cos",
       "no end"},
      {"\x80\x02N)R.", "not a global"},
      {"\x80\x02"
       "ca\nb\nNR.",
       "not a tuple"},
      {"\x80\x02NNb.", "none"},
      {"\x80\x02NNa.", "no container"},
      {"\x80\x02}(Nu.", "without a value"},
      {"\x80\x02h\x05.", "never stored"},
      {"\x80\x02q\x05.", "where there is none"},
      {"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xff.", "frame"},
      {"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xff.", "too early"},
      {"\x80\x04\x8c\x01\xff.", "UTF-8"},
      {"\x80\x04\x8a\x09"
       "123456789.",
       "64 bits"},
      {"\x80\x02N0.", "POP"},
      {"\x80\x02N2.", "DUP"},
      {"\x80\x02I01\n.", "INT"},
      {"\x80\x02Q.", "BINPERSID"},
      {"\x80\x02N)\x81.", "NEWOBJ"},
      {"\x80\x02(Nios\nsystem\n.", "INST"},
      {"\x80\x02\x82\x01.", "EXT1"},
      {"\x80\x02\x97.", "NEXT_BUFFER"},
      {"\x80\x02\x01.", "no opcode 1"},
  };
  for (const auto& [stream, reason] : table) EXPECT_THAT(why(stream), HasSubstr(reason)) << stream;
  EXPECT_THAT(why("\x80\x06N."s), HasSubstr("byte"));
}

TEST(Pickle, capsSizeDepthAndNumber) {
  EXPECT_THAT(why("\x80\x02" + std::string(2000, '(') + "N."), HasSubstr("too deep"));
  EXPECT_THAT(why("\x80\x02" + std::string(200'000, 'N') + "."), HasSubstr("too high"));
  EXPECT_THAT(why("\x80\x02NNNN.", {.globals = {}, .maxNodes = 3}), HasSubstr("too many"));
  EXPECT_THAT(why("\x80\x02NNNN.", {.globals = {}, .maxBytes = 5}), HasSubstr("at most 5"));
}

}  // namespace
}  // namespace corticast
