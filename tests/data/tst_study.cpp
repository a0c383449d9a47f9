#include "core/data/study.h"

#include <filesystem>

#include "core/formats/label_map.h"
#include "core/formats/npy.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

using namespace corticast;
using namespace corticast::testing;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> linesOf(const std::vector<Problem>& problems) {
  std::vector<std::string> lines;
  for (const Problem& problem : problems) lines.push_back(toLine(problem));
  return lines;
}

}  // namespace

TEST(Study, holdsWhatTheFilesHold) {
  TempDir folder;
  makeSmallStudy(folder.path(), {.subjects = 2, .sharedImages = 5});
  const Study study = openStudy(folder.path());
  EXPECT_THAT(linesOf(study.problems), ::testing::IsEmpty());
  ASSERT_EQ(study.subjects.size(), 2U);
  const Subject& subject = study.subject("subj02");
  EXPECT_EQ(subject.trainingImages.size(), 20U);
  EXPECT_EQ(subject.testImages.size(), 4U);
  EXPECT_EQ(subject.trainingImages[6].file, pictureName("train", 7, 10 + 6 * 20 + 2));
  EXPECT_TRUE(fs::exists(subject.trainingImages[6].path));
  EXPECT_EQ(subject.trainingImages[4].nsdId, study.subject("subj01").trainingImages[4].nsdId);
  ASSERT_EQ(subject.hemispheres.size(), 2U);
  const HemisphereData* right = subject.hemisphere(Hemisphere::Right);
  ASSERT_TRUE(right);
  ASSERT_EQ(right->vertices.size(), 44U);
  for (size_t column = 0; column < 44; ++column) EXPECT_EQ(right->vertices[column], vertexAt(column, 44));
  EXPECT_FALSE(right->test);
  EXPECT_THAT(right->noiseCeiling, ::testing::IsEmpty());
  Matrix<float> value(1, 1);
  right->training->gather(std::vector<uint32_t>{13}, std::vector<uint32_t>{31}, value.view());
  EXPECT_EQ(value(0, 0), responseAt(1, Hemisphere::Right, 13, 31));
}

TEST(Study, roisAreThoseOfTheMappingsAbsentOnesNamed) {
  TempDir folder;
  makeSmallStudy(folder.path(), {});
  const Study study = openStudy(folder.path());
  const HemisphereData& left = *study.subjects[0].hemisphere(Hemisphere::Left);
  EXPECT_EQ(left.rois.size(), 31U);
  std::vector<std::string> absent;
  for (const Roi& roi : left.rois)
    if (roi.isAbsent()) absent.push_back(roi.roiClass + " " + roi.name);
  EXPECT_THAT(absent, ::testing::ElementsAre("floc-faces aTL-faces"));
  const Roi* roi = left.roi("FFA-1");
  ASSERT_TRUE(roi);
  EXPECT_EQ(roi->label, 2);
  const auto labels = labelsOf("floc-faces", Hemisphere::Left, 40);
  std::vector<uint32_t> expected;
  for (uint32_t column = 0; column < 40; ++column)
    if (labels[column] == 2) expected.push_back(column);
  EXPECT_FALSE(expected.empty());
  EXPECT_EQ(roi->columns, expected);
  EXPECT_FALSE(left.roi("V9"));
}

TEST(Study, labelNumbersComeFromTheMapping) {
  TempDir folder;
  makeSmallStudy(folder.path(), {});
  fs::remove(folder / "subj01/roi_masks/mapping_floc-places.npy");
  // Another numbering of the same class, and a class of one's own.
  const auto masks = folder / "subj01/roi_masks";
  writeLabelMap(masks / "mapping_floc-places.npy", {{0, "Unknown"}, {1, "RSC"}, {2, "OPA"}, {3, "PPA"}});
  writeLabelMap(masks / "mapping_mine.npy", {{7, "frontal"}});
  for (const auto& [side, columns] : {std::pair{"lh", size_t{40}}, {"rh", size_t{44}}}) {
    std::vector<int64_t> labels(columns, 0);
    labels[3] = labels[5] = 7;
    writeNpy<int64_t>(masks / (std::string(side) + ".mine_challenge_space.npy"), labels, {columns});
    std::vector<int64_t> all(kFsaverageVertices, 0);
    all[vertexAt(3, columns)] = all[vertexAt(5, columns)] = 7;
    writeNpy<int64_t>(masks / (std::string(side) + ".mine_fsaverage_space.npy"), all, {all.size()});
  }
  const Study study = openStudy(folder.path());
  EXPECT_THAT(linesOf(study.problems), ::testing::IsEmpty());
  const HemisphereData& left = *study.subjects[0].hemisphere(Hemisphere::Left);
  EXPECT_EQ(left.roi("RSC")->label, 1);
  EXPECT_EQ(left.roi("frontal")->roiClass, "mine");
  EXPECT_THAT(left.roi("frontal")->columns, ::testing::ElementsAre(3, 5));
}

TEST(Study, organisersFilesAreUsedWhereThere) {
  TempDir folder;
  makeSmallStudy(folder.path(), {.hasTestResponses = true, .hasNoiseCeiling = true});
  const auto ceiling = folder / "subj01/test_split/noise_ceiling/rh_noise_ceiling.npy";
  std::vector<double> percent(44);
  for (size_t i = 0; i < 44; ++i) percent[i] = 2.0 * static_cast<double>(i);
  writeNpy<double>(ceiling, percent, {44});
  const Study study = openStudy(folder.path());
  EXPECT_THAT(linesOf(study.problems), ::testing::IsEmpty());
  const HemisphereData& left = *study.subjects[0].hemisphere(Hemisphere::Left);
  const HemisphereData& right = *study.subjects[0].hemisphere(Hemisphere::Right);
  ASSERT_TRUE(left.test);
  EXPECT_EQ(left.test->rows(), 4U);
  EXPECT_FLOAT_EQ(left.noiseCeiling[13], 0.3F);
  EXPECT_FLOAT_EQ(right.noiseCeiling[43], 0.86F);  // given in percent
}

TEST(Study, rootMayBeTheParentOrOneSubject) {
  TempDir folder;
  makeSmallStudy(folder / "algonauts_2023_challenge_data", {.subjects = 2});
  const Study parent = openStudy(folder.path());
  EXPECT_EQ(parent.subjects.size(), 2U);
  EXPECT_EQ(parent.root.filename(), "algonauts_2023_challenge_data");
  for (const char* tail : {"subj02", "subj02/", "subj02/.", "subj01/../subj02"}) {
    const Study one = openStudy(folder / "algonauts_2023_challenge_data" / tail);
    ASSERT_EQ(one.subjects.size(), 1U) << tail;
    EXPECT_EQ(one.subjects[0].id, "subj02") << tail;
  }
}

TEST(Study, vertexIsUsedWhereTheMaskIsNotZero) {
  TempDir folder;
  makeSmallStudy(folder.path(), {});
  const auto file = folder / "subj01/roi_masks/lh.all-vertices_fsaverage_space.npy";
  std::vector<double> mask(kFsaverageVertices, 0);
  for (size_t column = 0; column < 40; ++column) mask[vertexAt(column, 40)] = column % 2 ? 3 : 1;
  writeNpy<double>(file, mask, {mask.size()});
  const Study study = openStudy(folder.path());
  EXPECT_THAT(linesOf(study.problems), ::testing::IsEmpty());
  EXPECT_EQ(study.subjects[0].hemispheres[0].vertices.size(), 40U);
}

TEST(Study, oneHemisphereAloneIsUsable) {
  TempDir folder;
  makeSmallStudy(folder.path(), {});
  fs::remove(folder / "subj01/training_split/training_fmri/lh_training_fmri.npy");
  const Study study = openStudy(folder.path());
  ASSERT_EQ(study.subjects.size(), 1U);
  EXPECT_FALSE(study.subjects[0].hemisphere(Hemisphere::Left));
  EXPECT_TRUE(study.subjects[0].hemisphere(Hemisphere::Right));
  ASSERT_EQ(study.problems.size(), 1U);
  EXPECT_EQ(study.problems[0].leftOut, "subj01 lh");
}

TEST(Study, litterOfFileManagersIsNoProblem) {
  TempDir folder;
  makeSmallStudy(folder.path(), {});
  const auto pictures = folder / "subj01/training_split/training_images";
  writeFile(pictures / ".DS_Store", "x");
  writeFile(pictures / "._train-0001_nsd-00011.png", "x");
  writeFile(pictures / "Thumbs.db", "x");
  writeFile(folder / "README.txt", "x");
  EXPECT_THAT(linesOf(openStudy(folder.path()).problems), ::testing::IsEmpty());
}

TEST(Study, unknownSubjectIsNamedWithTheKnownOnes) {
  TempDir folder;
  makeSmallStudy(folder.path(), {.subjects = 2});
  const Study study = openStudy(folder.path());
  const ErrorParts parts = errorOf([&] { (void)study.subject("subj03"); });
  EXPECT_EQ(parts.remedy, "choose one of subj01, subj02");
}

TEST(Study, aSoundStudyPassesTheFullCheck) {
  TempDir folder;
  makeSmallStudy(folder.path(), {.hasTestResponses = true});
  ProgressReporter progress;
  EXPECT_THAT(linesOf(checkStudy(openStudy(folder.path()), progress)), ::testing::IsEmpty());
}
