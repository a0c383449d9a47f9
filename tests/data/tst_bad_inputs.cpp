#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "core/data/study.h"
#include "core/formats/image.h"
#include "core/formats/label_map.h"
#include "core/formats/npy.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

using namespace corticast;
using namespace corticast::testing;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

/// The catalogue of damaged studies: what is done to a sound one, and the words that the person gets to read.
/// CORTICAST_SHOW_MESSAGES=1 prints every message in full.
namespace {

struct Case {
  std::string name;
  std::function<void(const fs::path& subject)> damage;
  std::vector<std::string> words;  ///< of the one line `SEVERITY: FILE (PLACE): REASON; REMEDY [left out: PART]`
  std::string leftOut;             ///< of that problem
  bool isUsable = true;            ///< the study opens all the same
  bool needsCheck = false;         ///< found by reading all values and pictures
};

const char* const kLeft = "training_split/training_fmri/lh_training_fmri.npy";
const char* const kPictures = "training_split/training_images";
const char* const kMask = "roi_masks/lh.all-vertices_fsaverage_space.npy";
const char* const kFaces = "roi_masks/lh.floc-faces_challenge_space.npy";
const char* const kFacesFsaverage = "roi_masks/lh.floc-faces_fsaverage_space.npy";
const char* const kFacesNames = "roi_masks/mapping_floc-faces.npy";

fs::path firstPicture(const fs::path& subject) {
  return subject / kPictures / pictureName("train", 1, 11);
}

void writeResponses(const fs::path& file, size_t rows, size_t columns) {
  Matrix<float> values(rows, columns);
  for (size_t i = 0; i < values.values().size(); ++i) values.values()[i] = static_cast<float>(i % 17);
  writeNpy(file, values.view());
}

void overwrite(const fs::path& file, std::streamoff offset, const std::string& bytes) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  if (offset < 0) {
    stream.seekp(offset, std::ios::end);
  } else {
    stream.seekp(offset);
  }
  stream << bytes;
}

void setFloat(const fs::path& file, size_t index, float value) {
  overwrite(file, static_cast<std::streamoff>(readNpyHeader(file).dataOffset + index * sizeof(float)),
            std::string(reinterpret_cast<const char*>(&value), sizeof(float)));
}

template <typename T>
void editVector(const fs::path& file, const std::function<void(std::vector<T>&)>& edit) {
  std::vector<T> values = readNpyVector<T>(file);
  edit(values);
  writeNpy<T>(file, values, {values.size()});
}

void eachResponse(const fs::path& subject, const std::function<void(const fs::path&)>& action) {
  for (const char* side : {"lh", "rh"})
    action(subject / "training_split/training_fmri" / (std::string(side) + "_training_fmri.npy"));
}

std::vector<Case> responseCases() {
  return {
      {"responses missing",
       [](const fs::path& s) { fs::remove(s / kLeft); },
       {kLeft, "the file is missing"},
       "subj01 lh"},
      {"responses empty", [](const fs::path& s) { writeFile(s / kLeft, ""); }, {kLeft}, "subj01 lh"},
      {"responses are text",
       [](const fs::path& s) { writeFile(s / kLeft, "vertex,response\n1,2\n"); },
       {kLeft},
       "subj01 lh"},
      {"responses cut short",
       [](const fs::path& s) { fs::resize_file(s / kLeft, fs::file_size(s / kLeft) - 100); },
       {kLeft, "header"},
       "subj01 lh"},
      {"responses cut inside the header",
       [](const fs::path& s) { fs::resize_file(s / kLeft, 40); },
       {kLeft},
       "subj01 lh"},
      {"responses longer than the header says",
       [](const fs::path& s) { fs::resize_file(s / kLeft, fs::file_size(s / kLeft) + 4); },
       {kLeft},
       "subj01 lh"},
      {"responses of another type",
       [](const fs::path& s) {
         const std::vector<int32_t> values(20 * 40, 1);
         writeNpy<int32_t>(s / kLeft, values, {20, 40});
       },
       {kLeft, "int32 values; float32 or float64 are needed", "astype('float32')"},
       "subj01 lh"},
      {"responses of three dimensions",
       [](const fs::path& s) {
         const std::vector<float> values(20 * 40, 1);
         writeNpy<float>(s / kLeft, values, {20, 40, 1});
       },
       {kLeft, "(20, 40, 1)", "[images x vertices] is needed"},
       "subj01 lh"},
      {"responses big-endian",
       [](const fs::path& s) {
         std::string head(128, '\0');
         std::ifstream(s / kLeft, std::ios::binary).read(head.data(), 128);
         overwrite(s / kLeft, static_cast<std::streamoff>(head.find("<f4")), ">f4");
       },
       {kLeft, "big-endian", "<f4"},
       "subj01 lh"},
      {"one vertex too few",
       [](const fs::path& s) { writeResponses(s / kLeft, 20, 39); },
       {kLeft, "responses are 20 x 39, but the all-vertices mask marks 40 vertices"},
       "subj01 lh"},
      {"one row too few",
       [](const fs::path& s) { writeResponses(s / kLeft, 19, 40); },
       {kLeft, "responses are 19 x 40, but there are 20 pictures", "row i belongs to picture i"},
       "subj01 lh"},
      {"transposed",
       [](const fs::path& s) { writeResponses(s / kLeft, 40, 20); },
       {kLeft, "responses are 40 x 20, but the all-vertices mask marks 40 vertices"},
       "subj01 lh"},
      {"responses are a folder",
       [](const fs::path& s) {
         fs::remove(s / kLeft);
         fs::create_directory(s / kLeft);
       },
       {kLeft},
       "subj01 lh"},
      {"NaN in the responses",
       [](const fs::path& s) { setFloat(s / kLeft, 3 * 40 + 7, std::nanf("")); },
       {kLeft, "row 3, column 7", "1 value is NaN, infinite"},
       "",
       true,
       true},
      {"infinite responses",
       [](const fs::path& s) {
         setFloat(s / kLeft, 9 * 40 + 1, HUGE_VALF);
         setFloat(s / kLeft, 12 * 40 + 0, -HUGE_VALF);
       },
       {kLeft, "row 9, column 1", "2 values are NaN, infinite"},
       "",
       true,
       true},
      {"a vertex that never varies",
       [](const fs::path& s) {
         for (size_t row = 0; row < 20; ++row) setFloat(s / kLeft, row * 40 + 5, 0);
       },
       {"warning", kLeft, "column 5", "1 column has the same value for every picture"},
       "",
       true,
       true},
  };
}

std::vector<Case> pictureCases() {
  return {
      {"picture missing",
       [](const fs::path& s) { fs::remove(s / kPictures / pictureName("train", 7, 131)); },
       {kPictures, "train-0007_nsd-*", "there are 19 pictures, numbered up to 20", "restore"},
       "subj01",
       false},
      {"last picture missing",
       [](const fs::path& s) { fs::remove(s / kPictures / pictureName("train", 20, 391)); },
       {kLeft, "responses are 20 x 40, but there are 19 pictures"},
       "subj01 lh",
       false},
      {"two pictures with one number",
       [](const fs::path& s) { fs::copy_file(firstPicture(s), s / kPictures / pictureName("train", 1, 12)); },
       {kPictures, "train-0001_nsd-00011.png and train-0001_nsd-00012.png", "two pictures have the number 0001"},
       "subj01",
       false},
      {"one NSD picture under two numbers",
       [](const fs::path& s) { fs::copy_file(firstPicture(s), s / kPictures / pictureName("train", 21, 11)); },
       {kPictures, "NSD picture 00011 stands under two numbers"},
       "subj01",
       false},
      {"same picture as PNG and JPEG",
       [](const fs::path& s) { fs::copy_file(firstPicture(s), s / kPictures / "train-0001_nsd-00011.jpg"); },
       {kPictures, "two pictures have the number 0001"},
       "subj01",
       false},
      {"numbers without leading zeros sort wrongly",
       [](const fs::path& s) {
         fs::rename(firstPicture(s), s / kPictures / "train-00001_nsd-00011.png");
         fs::rename(s / kPictures / pictureName("train", 2, 31), s / kPictures / "train-00002_nsd-00031.png");
         fs::rename(s / kPictures / pictureName("train", 11, 211), s / kPictures / "train-00000011_nsd-00211.png");
       },
       {kPictures, "name order and running number disagree"},
       "subj01",
       false},
      {"name that does not match",
       [](const fs::path& s) { fs::copy_file(firstPicture(s), s / kPictures / "cat.png"); },
       {"warning", kPictures, "cat.png", "1 entry is not named train-IIII_nsd-KKKKK.png"},
       ""},
      {"no pictures",
       [](const fs::path& s) {
         fs::remove_all(s / kPictures);
         fs::create_directory(s / kPictures);
       },
       {kPictures, "holds no picture named train-IIII_nsd-KKKKK.png", "unpack"},
       "subj01",
       false},
      {"picture folder missing",
       [](const fs::path& s) { fs::remove_all(s / kPictures); },
       {kPictures, "cannot be read: No such file or directory"},
       "subj01",
       false},
      {"picture folder is a loop of links",
       [](const fs::path& s) {
         fs::remove_all(s / kPictures);
         fs::create_symlink("training_images", s / kPictures);
       },
       {kPictures, "cannot be read: Too many levels of symbolic links"},
       "subj01",
       false},
      {"first picture is no picture",
       [](const fs::path& s) { writeFile(firstPicture(s), "not a picture"); },
       {"warning", "train-0001_nsd-00011.png", "header"},
       ""},
      {"broken picture data",
       [](const fs::path& s) { fs::resize_file(s / kPictures / pictureName("train", 5, 91), 60); },
       {"train-0005_nsd-00091.png", "picture data"},
       "",
       true,
       true},
      {"picture of another size",
       [](const fs::path& s) {
         writePng(s / kPictures / pictureName("train", 5, 91), Image{4, 6, std::vector<uint8_t>(72, 9)});
       },
       {"warning", "train-0005_nsd-00091.png", "picture is 4 x 6, the first one is 8 x 8; 1 of 20 differ"},
       "",
       true,
       true},
      {"training picture in the test split",
       [](const fs::path& s) {
         fs::remove(s / "test_split/test_images" / pictureName("test", 1, 411));
         fs::copy_file(firstPicture(s), s / "test_split/test_images" / pictureName("test", 1, 11));
       },
       {"warning", "test_split/test_images", "1 test picture is also among the training pictures"},
       ""},
      {"no test split",
       [](const fs::path& s) { fs::remove_all(s / "test_split"); },
       {"warning", "test_split/test_images", "is missing"},
       ""},
      {"test picture missing",
       [](const fs::path& s) { fs::remove(s / "test_split/test_images" / pictureName("test", 1, 411)); },
       {"test_split/test_images", "test-0001_nsd-*", "there are 3 pictures, numbered up to 4"},
       "subj01 test pictures"},
  };
}

std::vector<Case> maskCases() {
  return {
      {"mask missing", [](const fs::path& s) { fs::remove(s / kMask); }, {kMask, "the file is missing"}, "subj01 lh"},
      {"mask of another length",
       [](const fs::path& s) { editVector<int64_t>(s / kMask, [](auto& mask) { mask.resize(10242); }); },
       {kMask, "has 10,242 entries; a hemisphere of fsaverage has 163,842 vertices"},
       "subj01 lh"},
      {"mask without a vertex",
       [](const fs::path& s) { editVector<int64_t>(s / kMask, [](auto& m) { std::fill(m.begin(), m.end(), 0); }); },
       {kMask, "marks no vertex"},
       "subj01 lh"},
      {"mask marks one vertex more",
       [](const fs::path& s) { editVector<int64_t>(s / kMask, [](auto& mask) { mask[163000] = 1; }); },
       {kLeft, "but the all-vertices mask marks 41 vertices"},
       "subj01 lh"},
      {"mask with fractions",
       [](const fs::path& s) { editVector<double>(s / kMask, [](auto& mask) { mask[4] = 0.5; }); },
       {kMask},
       "subj01 lh"},
      {"mask with NaN",
       [](const fs::path& s) { editVector<double>(s / kMask, [](auto& mask) { mask[4] = std::nan(""); }); },
       {kMask},
       "subj01 lh"},
      {"mask is an object array",
       [](const fs::path& s) { fs::copy_file(s / kFacesNames, s / kMask, fs::copy_options::overwrite_existing); },
       {kMask},
       "subj01 lh"},
      {"mask folder missing",
       [](const fs::path& s) { fs::remove_all(s / "roi_masks"); },
       {"roi_masks", "cannot be read: No such file or directory"},
       "subj01",
       false},
      {"label mask missing in one space",
       [](const fs::path& s) { fs::remove(s / kFaces); },
       {"warning", kFaces, "the file is missing", "(the mask of the other space is used)"},
       ""},
      {"label mask missing in both spaces",
       [](const fs::path& s) {
         fs::remove(s / kFaces);
         fs::remove(s / kFacesFsaverage);
       },
       {"error", kFaces, "the file is missing"},
       "subj01 lh floc-faces"},
      {"label mask of another length",
       [](const fs::path& s) { editVector<int64_t>(s / kFaces, [](auto& labels) { labels.push_back(0); }); },
       {"warning", kFaces, "has 41 entries; the all-vertices mask of this hemisphere has 40 vertices"},
       ""},
      {"the two spaces disagree",
       [](const fs::path& s) { editVector<int64_t>(s / kFaces, [](auto& labels) { labels[0] = 3; }); },
       {kFaces, "column 0, vertex 5", "label 3 here, label 0 in lh.floc-faces_fsaverage_space.npy"},
       "subj01 lh floc-faces"},
      {"label without a name",
       [](const fs::path& s) {
         editVector<int64_t>(s / kFaces, [](auto& labels) { labels[0] = 9; });
         editVector<int64_t>(s / kFacesFsaverage, [](auto& labels) { labels[vertexAt(0, 40)] = 9; });
       },
       {kFaces, "label 9", "1 vertex has this label, which has no name in mapping_floc-faces.npy"},
       "subj01 lh floc-faces label 9"},
      {"names missing",
       [](const fs::path& s) { fs::remove(s / kFacesNames); },
       {kFacesNames, "the file is missing"},
       "subj01 floc-faces"},
      {"two labels of one name",
       [](const fs::path& s) {
         writeLabelMap(s / kFacesNames, {{0, "Unknown"}, {1, "OFA"}, {2, "OFA"}});
       },
       {kFacesNames, "label 2", "labels 1 and 2 are both named OFA"},
       "subj01 floc-faces"},
      {"name that no file may have",
       [](const fs::path& s) {
         writeLabelMap(s / kFacesNames, {{0, "Unknown"}, {1, "../OFA"}});
       },
       {kFacesNames, "label 1", "no file name may have"},
       "subj01 floc-faces"},
      {"name of another class",
       [](const fs::path& s) {
         auto names = labelNames("floc-faces");
         names[3] = "V1v";
         writeLabelMap(s / kFacesNames, names);
       },
       {kFacesNames, "label 3", "V1v is also a region of an earlier class"},
       "subj01 floc-faces V1v"},
      {"names are a list of numbers",
       [](const fs::path& s) {
         editVector<int64_t>(s / kFaces, [](auto&) {});
         fs::copy_file(s / kFaces, s / kFacesNames, fs::copy_options::overwrite_existing);
       },
       {kFacesNames},
       "subj01 floc-faces"},
      {"foreign pickle that would run a command",
       [](const fs::path& s) {
         // What numpy.save writes around the pickle of an object whose __reduce__ is os.system.
         std::string header = "{'descr': '|O', 'fortran_order': False, 'shape': (), }";
         header.resize(117, ' ');
         writeFile(s / kFacesNames, std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + "\n" +
                                        std::string("\x80\x02"
                                                    "cposix\nsystem\nX\x0B\0\0\0touch pwned\x85R.",
                                                    35));
       },
       {kFacesNames},
       "subj01 floc-faces"},
  };
}

std::vector<Case> organiserCases() {
  static const char* const kTest = "test_split/test_fmri/lh_test_fmri.npy";
  static const char* const kCeiling = "test_split/noise_ceiling/lh_noise_ceiling.npy";
  return {
      {"test responses of another split",
       [](const fs::path& s) { writeResponses(s / kTest, 5, 40); },
       {kTest, "responses are 5 x 40, but there are 4 pictures"},
       "subj01 lh test responses"},
      {"ceiling of another subject",
       [](const fs::path& s) { editVector<float>(s / kCeiling, [](auto& values) { values.resize(39); }); },
       {kCeiling, "has 39 entries; the hemisphere has 40 vertices"},
       "subj01 lh noise ceiling"},
      {"ceiling with NaN",
       [](const fs::path& s) { editVector<float>(s / kCeiling, [](auto& values) { values[3] = std::nanf(""); }); },
       {kCeiling},
       "subj01 lh noise ceiling"},
      {"negative ceiling",
       [](const fs::path& s) { editVector<float>(s / kCeiling, [](auto& values) { values[3] = -0.5F; }); },
       {kCeiling, "entry 3", "-0.5 is neither a fraction (0 to 1) nor a percentage (0 to 100)"},
       "subj01 lh noise ceiling"},
      {"ceiling above 100",
       [](const fs::path& s) { editVector<float>(s / kCeiling, [](auto& values) { values[3] = 250; }); },
       {kCeiling, "entry 3", "250 is neither"},
       "subj01 lh noise ceiling"},
  };
}

std::vector<Problem> problemsOf(const fs::path& root, const Case& entry) {
  Study study = scanStudy(root);
  EXPECT_EQ(!study.subjects.empty(), entry.isUsable) << entry.name;
  if (entry.needsCheck) {
    EXPECT_TRUE(study.problems.empty()) << entry.name << ": opening must not read values";
    ProgressReporter progress;
    return checkStudy(study, progress);
  }
  if (!entry.isUsable) (void)errorOf([&] { (void)openStudy(root); });
  return study.problems;
}

void expectMessage(const Case& entry, const std::vector<Problem>& problems) {
  std::string all;
  bool isFound = false;
  for (const Problem& problem : problems) {
    EXPECT_FALSE(problem.file.empty() || problem.place.empty() || problem.reason.empty() || problem.remedy.empty())
        << entry.name << ": " << toLine(problem);
    const std::string line = toLine(problem);
    all += "\n  " + line;
    bool isThis = problem.leftOut == entry.leftOut;
    for (const std::string& word : entry.words) isThis = isThis && line.find(word) != std::string::npos;
    isFound = isFound || isThis;
  }
  EXPECT_TRUE(isFound) << entry.name << " gave:" << all;
  if (std::getenv("CORTICAST_SHOW_MESSAGES")) std::cout << entry.name << all << "\n";
}

void runCases(const std::vector<Case>& cases, const SmallStudyOptions& options = {}) {
  TempDir sound;
  makeSmallStudy(sound.path(), options);
  for (const Case& entry : cases) {
    TempDir folder;
    fs::copy(sound / "subj01", folder / "subj01", fs::copy_options::recursive);
    entry.damage(folder / "subj01");
    expectMessage(entry, problemsOf(folder.path(), entry));
    EXPECT_FALSE(fs::exists("pwned")) << entry.name;
  }
}

}  // namespace

TEST(BadInputs, ofResponses) {
  runCases(responseCases());
}

TEST(BadInputs, ofPictures) {
  runCases(pictureCases());
}

TEST(BadInputs, ofMasksAndLabels) {
  runCases(maskCases());
}

TEST(BadInputs, ofOrganisersFiles) {
  runCases(organiserCases(), {.hasTestResponses = true, .hasNoiseCeiling = true});
}

TEST(BadInputs, ofTheFolderItself) {
  TempDir folder;
  const auto whyOf = [](const fs::path& root) {
    const ErrorParts parts = errorOf([&] { (void)openStudy(root); });
    if (std::getenv("CORTICAST_SHOW_MESSAGES"))
      std::cout << parts.what << ": " << parts.why << "; " << parts.remedy << "\n";
    return parts.why + "; " + parts.remedy;
  };
  EXPECT_THAT(whyOf(folder.path()), HasSubstr("the folder is empty"));
  EXPECT_THAT(whyOf(folder / "nowhere"), HasSubstr("No such file or directory"));
  writeFile(folder / "notes.txt", "x");
  EXPECT_THAT(whyOf(folder / "notes.txt"), HasSubstr("is not a folder"));
  EXPECT_THAT(whyOf(folder.path()), HasSubstr("holds no subject folder"));
  writeFile(folder / "subj01.zip", "x");
  EXPECT_THAT(whyOf(folder.path()), HasSubstr("unpack subj01.zip first"));
  fs::create_directory(folder / "subj01");
  EXPECT_THAT(whyOf(folder.path()), HasSubstr("no subject is usable; subj01/roi_masks (whole folder): cannot be read"));
  fs::create_symlink("loop", folder / "loop");
  EXPECT_THAT(whyOf(folder / "loop"), HasSubstr("Too many levels of symbolic links"));
}

TEST(BadInputs, foldersThatMayNotBeReadAreNamed) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  TempDir folder;
  makeSmallStudy(folder.path(), {});
  const auto pictures = folder / "subj01" / kPictures;
  fs::permissions(pictures, fs::perms::none);
  const Study study = scanStudy(folder.path());
  fs::permissions(pictures, fs::perms::owner_all);
  ASSERT_EQ(study.problems.size(), 1U);
  EXPECT_THAT(study.problems[0].reason, HasSubstr("Permission denied"));
}

TEST(BadInputs, aDamagedSubjectLeavesTheOthersUsable) {
  TempDir folder;
  makeSmallStudy(folder.path(), {.subjects = 3});
  eachResponse(folder / "subj02", [](const fs::path& file) { fs::resize_file(file, 200); });
  const Study study = openStudy(folder.path());
  ASSERT_EQ(study.subjects.size(), 2U);
  EXPECT_EQ(study.subjects[0].id, "subj01");
  EXPECT_EQ(study.subjects[1].id, "subj03");
  ASSERT_EQ(study.problems.size(), 3U);
  EXPECT_EQ(study.problems[2].leftOut, "subj02");
  EXPECT_EQ(study.problems[2].file, "subj02");
}
