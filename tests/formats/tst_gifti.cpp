#include "core/formats/gifti.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "core/base/atomic_file.h"
#include "core/formats/gzip.h"
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

/// One array of three float32 in ASCII, with parts to be spoilt.
struct Document {
  std::string prolog = "<?xml version=\"1.0\"?>";
  std::string root = "NumberOfDataArrays=\"1\"";
  std::string type = "NIFTI_TYPE_FLOAT32";
  std::string dims = "Dimensionality=\"1\" Dim0=\"3\"";
  std::string encoding = "ASCII";
  std::string more = "Endian=\"LittleEndian\"";
  std::string before;
  std::string data = "<Data>1 2 3</Data>";

  [[nodiscard]] std::string text() const {
    return prolog + "<GIFTI " + root + ">" + before + "<DataArray Intent=\"NIFTI_INTENT_NONE\" DataType=\"" + type +
           "\" " + dims + " Encoding=\"" + encoding + "\" " + more + ">" + data + "</DataArray></GIFTI>";
  }
};

void expectRefused(const Document& document, const std::string& why) {
  EXPECT_THAT(errorOf([&] { static_cast<void>(parseGifti(document.text(), "test.gii")); }).why, HasSubstr(why))
      << document.text().substr(0, 600);
}

}  // namespace

TEST(Gifti, ReadsSurfacesOfEveryEncoding) {
  for (const char* name :
       {"ascii.surf.gii", "base64.surf.gii", "gzip.surf.gii", "packed.surf.gii.gz", "big.surf.gii"}) {
    const auto surface = readGiftiSurface(data(name));
    ASSERT_EQ(surface.positions.size(), 4u) << name;
    EXPECT_THAT(surface.positions[1], ElementsAre(1, -1, -1)) << name;
    EXPECT_THAT(surface.positions[3], ElementsAre(-1, -1, 1.5f)) << name;
    EXPECT_THAT(surface.triangles,
                ElementsAre(ElementsAre(0, 1, 2), ElementsAre(0, 3, 1), ElementsAre(0, 2, 3), ElementsAre(1, 3, 2)))
        << name;
  }
}

TEST(Gifti, ReadsMapsAndTheirNames) {
  const auto maps = readGiftiMaps(data("two.func.gii"));
  ASSERT_EQ(maps.size(), 2u);
  EXPECT_THAT(maps[0], ElementsAre(0.5f, -1.25f, 1e-3f, 7.0f));
  EXPECT_THAT(maps[1], ElementsAre(1.0f, -2.5f, 2e-3f, 14.0f));
  EXPECT_EQ(readGifti(data("two.func.gii")).arrays[0].metadata.at("Name"), "first");
}

TEST(Gifti, ReadsLabelTables) {
  const Gifti gifti = readGifti(data("label.gii"));
  ASSERT_EQ(gifti.labels.size(), 2u);
  EXPECT_EQ(gifti.labels[1].key, 2);
  EXPECT_EQ(gifti.labels[1].name, "OFA & FFA");
  EXPECT_THAT(gifti.labels[1].rgba, ElementsAre(0.5f, 0.25f, 0.0f, 1.0f));
  EXPECT_THAT(gifti.arrays[0].integers("x"), ElementsAre(0, 2, 2, 0));
}

TEST(Gifti, ATableOfMapsGivesItsColumns) {
  const TempDir folder;
  Document document;
  document.dims = "Dimensionality=\"2\" Dim0=\"3\" Dim1=\"2\"";
  document.data = "<Data>1 2 3 4 5 6</Data>";
  writeFile(folder / "table.gii", document.text());
  EXPECT_THAT(readGiftiMaps(folder / "table.gii"), ElementsAre(ElementsAre(1, 3, 5), ElementsAre(2, 4, 6)));
}

TEST(Gifti, WrittenMapsReadBackBitForBit) {
  const TempDir folder;
  std::vector<float> first(1000);
  std::vector<float> second(1000, std::numeric_limits<float>::quiet_NaN());
  for (size_t i = 0; i < first.size(); ++i) first[i] = std::sin(static_cast<float>(i));
  for (const char* name : {"maps.func.gii", "maps.func.gii.gz"}) {
    writeGiftiMaps(folder / name, Hemisphere::Right,
                   std::vector<GiftiMap>{{"r < 1 & \"so\" on\n", first}, {"nan", second}});
    const Gifti gifti = readGifti(folder / name);
    EXPECT_EQ(gifti.metadata.at("AnatomicalStructurePrimary"), "CortexRight");
    EXPECT_EQ(gifti.arrays[0].metadata.at("Name"), "r < 1 & \"so\" on ");
    const auto maps = readGiftiMaps(folder / name);
    EXPECT_EQ(maps[0], first);
    EXPECT_TRUE(std::isnan(maps[1][999]));
  }
  EXPECT_FALSE(errorOf([&] { writeGiftiMaps(folder / "x.gii", Hemisphere::Left, {}); }).why.empty());
  EXPECT_FALSE(errorOf([&] {
                 writeGiftiMaps(folder / "x.gii", Hemisphere::Left,
                                std::vector<GiftiMap>{{"a", first}, {"b", std::span(second).first(5)}});
               }).why.empty());
}

TEST(Gifti, WrittenSurfacesReadBack) {
  const TempDir folder;
  const auto surface = readGiftiSurface(data("ascii.surf.gii"));
  writeGiftiSurface(folder / "lh.surf.gii", Hemisphere::Left, surface);
  EXPECT_EQ(readGiftiSurface(folder / "lh.surf.gii").positions, surface.positions);
  EXPECT_EQ(readGiftiSurface(folder / "lh.surf.gii").triangles, surface.triangles);
}

TEST(GiftiCorrupt, EveryTruncationIsRefused) {
  for (const char* name : {"ascii.surf.gii", "gzip.surf.gii", "big.surf.gii"}) {
    std::string whole = readTextFile(data(name));
    whole.resize(whole.rfind('>') + 1);
    for (size_t size = 0; size < whole.size(); ++size)
      EXPECT_FALSE(errorOf([&] { static_cast<void>(parseGifti(whole.substr(0, size), "cut.gii")); }).why.empty());
  }
  const TempDir folder;
  const std::string packed = readTextFile(data("packed.surf.gii.gz"));
  for (size_t size = 0; size < packed.size(); ++size) {
    writeFile(folder / "cut.gii.gz", packed.substr(0, size));
    EXPECT_FALSE(errorOf([&] { static_cast<void>(readGifti(folder / "cut.gii.gz")); }).why.empty()) << size;
  }
}

TEST(GiftiCorrupt, LyingDimensionsAreRefusedWithoutAllocating) {
  for (const char* dims :
       {"Dimensionality=\"1\" Dim0=\"2\"", "Dimensionality=\"1\" Dim0=\"4\"", "Dimensionality=\"1\" Dim0=\"-5\"",
        "Dimensionality=\"1\" Dim0=\"0\"", "Dimensionality=\"1\" Dim0=\"2000000000\"", "Dimensionality=\"1\"",
        "Dimensionality=\"2\" Dim0=\"3\"", "Dimensionality=\"2\" Dim0=\"1000000\" Dim1=\"100000\"",
        "Dimensionality=\"2\" Dim0=\"10000000000\" Dim1=\"10000000000\"", "Dimensionality=\"7\" Dim0=\"3\"",
        "Dimensionality=\"0\"", "Dim0=\"3\"", "Dimensionality=\"1\" Dim0=\"99999999999999999999\"",
        "Dimensionality=\"1\" Dim0=\"3x\""}) {
    // "AACAPwAAAEAAAEBA" is 1, 2, 3; the packed form is zlib's of the same.
    const std::string packed = "eJxjYGiwZ2BgcAAiBwAJQwGA";
    for (const auto& [encoding, text] : {std::pair<std::string, std::string>{"ASCII", "1 2 3"},
                                         {"Base64Binary", "AACAPwAAAEAAAEBA"},
                                         {"GZipBase64Binary", packed}}) {
      Document document;
      document.dims = dims;
      document.encoding = encoding;
      document.data = "<Data>" + text + "</Data>";
      expectRefused(document, "");
    }
  }
}

TEST(GiftiCorrupt, DamagedDataIsRefused) {
  for (const auto& [encoding, text] :
       std::vector<std::pair<std::string, std::string>>{{"ASCII", "1 2"},
                                                        {"ASCII", "1 2 x"},
                                                        {"ASCII", "1 2 3 4"},
                                                        {"ASCII", ""},
                                                        {"ASCII", "1,2,3"},
                                                        {"ASCII", "1 2 3.5.6"},
                                                        {"Base64Binary", "AAAA"},
                                                        {"Base64Binary", "AACAPwAAAEAAAEB"},
                                                        {"Base64Binary", "AACAPwAAAEAAAE=A"},
                                                        {"Base64Binary", "AACAPwAAAEAAAEBAAAAA"},
                                                        {"Base64Binary", "AACAPw!!AEAAAEBA"},
                                                        {"Base64Binary", ""},
                                                        {"GZipBase64Binary", "AACAPwAAAEAAAEBA"},
                                                        {"GZipBase64Binary", ""}}) {
    Document document;
    document.encoding = encoding;
    document.data = "<Data>" + text + "</Data>";
    expectRefused(document, "ata");
  }
}

TEST(GiftiCorrupt, EveryFlippedBitOfPackedDataIsFound) {
  const std::vector<float> values{1, 2, 3, 4, 5, 6, 7, 8};
  const auto packed = deflateZlib(std::as_bytes(std::span(values)));
  EXPECT_EQ(inflateExactly(packed, 32).size(), 32u);
  for (const size_t size : {31, 33, 1 << 30}) EXPECT_TRUE(inflateExactly(packed, size).empty());
  size_t found = 0;
  for (size_t bit = 0; bit < packed.size() * 8; ++bit) {
    auto damaged = packed;
    damaged[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    const auto bytes = inflateExactly(damaged, 32);
    // zlib's header leaves the compression level free; the data is then still right.
    found += bytes.empty() || std::memcmp(bytes.data(), values.data(), 32) == 0;
  }
  EXPECT_EQ(found, packed.size() * 8);
}

TEST(GiftiCorrupt, NothingOutsideTheFileIsEverRead) {
  Document external;
  external.more += " ExternalFileName=\"/etc/passwd\" ExternalFileOffset=\"0\"";
  expectRefused(external, "never opened");
  external.encoding = "ExternalFileBinary";
  expectRefused(external, "/etc/passwd");

  Document entity;
  entity.prolog = "<?xml version=\"1.0\"?><!DOCTYPE GIFTI [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
  entity.data = "<Data>&x;</Data>";
  expectRefused(entity, "DTD");
  Document undeclared;
  undeclared.prolog = "<?xml version=\"1.0\"?><!DOCTYPE GIFTI SYSTEM \"file:///etc/passwd\">";
  undeclared.data = "<Data>&x; 1 2 3</Data>";
  expectRefused(undeclared, "entity");
  Document parameter;
  parameter.prolog = "<?xml version=\"1.0\"?><!DOCTYPE GIFTI [<!ENTITY % p SYSTEM \"http://127.0.0.1/x\"> %p;]>";
  expectRefused(parameter, "DTD");
}

TEST(GiftiCorrupt, ABillionLaughsStayUnheard) {
  Document laughs;
  laughs.prolog = "<?xml version=\"1.0\"?><!DOCTYPE GIFTI [<!ENTITY a \"ha\">";
  for (char c = 'b'; c < 'l'; ++c) {
    laughs.prolog += std::string("<!ENTITY ") + c + " \"";
    for (int i = 0; i < 10; ++i) laughs.prolog += std::string("&") + static_cast<char>(c - 1) + ";";
    laughs.prolog += "\">";
  }
  laughs.prolog += "]>";
  laughs.data = "<Data>&k;</Data>";
  expectRefused(laughs, "DTD");
}

TEST(GiftiCorrupt, OddStructureIsRefused) {
  const auto spoilt = [](auto spoil) {
    Document document;
    spoil(document);
    return document;
  };
  EXPECT_EQ(parseGifti(Document{}.text(), "x").arrays.size(), 1u) << "the unspoilt document is fine";
  expectRefused(spoilt([](Document& d) { d.root = "NumberOfDataArrays=\"2\""; }), "2 data arrays");
  expectRefused(spoilt([](Document& d) { d.root = "NumberOfDataArrays=\"-1\""; }), "no count");
  expectRefused(spoilt([](Document& d) { d.type = "NIFTI_TYPE_COMPLEX64"; }), "COMPLEX64");
  expectRefused(spoilt([](Document& d) { d.encoding = "Rot13"; }), "Rot13");
  expectRefused(spoilt([](Document& d) {
                  d.encoding = "Base64Binary";
                  d.more = "Endian=\"Middle\"";
                }),
                "Middle");
  expectRefused(spoilt([](Document& d) { d.more += " ArrayIndexingOrder=\"Spiral\""; }), "Spiral");
  expectRefused(spoilt([](Document& d) { d.data = ""; }), "no data");
  expectRefused(spoilt([](Document& d) { d.data += d.data; }), "none belongs");
  expectRefused(spoilt([](Document& d) { d.before = "<Data>1</Data>"; }), "none belongs");
  expectRefused(spoilt([](Document& d) { d.before = "<Label Key=\"1\">x</Label>"; }), "none belongs");
  expectRefused(spoilt([](Document& d) { d.before = "<LabelTable><Label Key=\"x\"/></LabelTable>"; }), "key");
  expectRefused(spoilt([](Document& d) { d.before = "<LabelTable><Label Key=\"1\" Red=\"2\"/></LabelTable>"; }),
                "colour");
  expectRefused(spoilt([](Document& d) {
                  d.before = "<MetaData><MD><Name>" + std::string(2 << 20, 'x') + "</Name></MD></MetaData>";
                }),
                "longer");
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "<a>";
  expectRefused(spoilt([&](Document& d) { d.before = deep; }), "deep");
  for (const char* text : {"", "x", "<NIFTI/>", "<GIFTI>", "<GIFTI/><GIFTI/>", "<DataArray><GIFTI/></DataArray>"})
    EXPECT_FALSE(errorOf([&] { static_cast<void>(parseGifti(text, "x")); }).why.empty()) << text;
}

TEST(GiftiCorrupt, SurfacesWithWrongNumbersAreRefused) {
  const TempDir folder;
  const auto refused = [&](const std::string& from, const std::string& to) {
    std::string text = readTextFile(data("ascii.surf.gii"));
    const size_t at = text.rfind(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) text.replace(at, from.size(), to);
    writeFile(folder / "bad.gii", text);
    return errorOf([&] { static_cast<void>(readGiftiSurface(folder / "bad.gii")); }).why;
  };
  EXPECT_THAT(refused("1 3 2", "1 4 2"), HasSubstr("vertex 4"));
  EXPECT_THAT(refused("1 3 2", "1 -1 2"), HasSubstr("vertex -1"));
  EXPECT_THAT(refused("1 3 2", "1 1 2"), HasSubstr("twice"));
  EXPECT_THAT(refused("NIFTI_INTENT_TRIANGLE", "NIFTI_INTENT_NONE"), HasSubstr("no NIFTI_INTENT_TRIANGLE"));
  EXPECT_THAT(refused("NIFTI_INTENT_TRIANGLE", "NIFTI_INTENT_POINTSET"), HasSubstr("more than one"));
  EXPECT_THAT(errorOf([] { static_cast<void>(readGiftiSurface(data("two.func.gii"))); }).why, HasSubstr("POINTSET"));
  EXPECT_THAT(errorOf([] { static_cast<void>(readGiftiMaps(data("gzip.surf.gii"))); }).why, HasSubstr("no map"));
}

TEST(GiftiCorrupt, ValuesThatDoNotFitAreRefused) {
  Document document;
  document.type = "NIFTI_TYPE_INT32";
  document.data = "<Data>1 2 16777217</Data>";
  const Gifti gifti = parseGifti(document.text(), "x");
  EXPECT_THAT(errorOf([&] { static_cast<void>(gifti.arrays[0].floats("x")); }).why, HasSubstr("16777217"));
  document.type = "NIFTI_TYPE_FLOAT32";
  document.data = "<Data>1 2.5 3e10</Data>";
  const Gifti fractions = parseGifti(document.text(), "x");
  EXPECT_FALSE(errorOf([&] { static_cast<void>(fractions.arrays[0].integers("x")); }).why.empty());
}
