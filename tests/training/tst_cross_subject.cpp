#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/base/random.h"
#include "core/data/study.h"
#include "core/evaluation/correlation.h"
#include "core/features/embed.h"
#include "core/features/reduction.h"
#include "core/formats/npy.h"
#include "core/training/linear_trainer.h"
#include "core/training/network_trainer.h"
#include "core/training/prepare.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using ::testing::ElementsAre;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
constexpr size_t kFeatures = 6;

/// Model `id`: subject A has `a` of the outputs, subject B `b`.
TargetGroup crossGroup(const std::string& id, std::vector<uint32_t> a, std::vector<uint32_t> b) {
  TargetGroup group;
  group.id = id;
  group.settings.batchSize = 1000;  // all rows: only then is masking a training on the subset
  group.settings.learningRate = 1e-2;
  group.settings.patience = 0;
  for (const auto& [subject, outputs] : {std::pair("A", &a), std::pair("B", &b)})
    if (!outputs->empty())
      group.parts.push_back({.subject = subject, .columns = *outputs, .vertices = *outputs, .outputs = *outputs});
  return group;
}

Matrix<float> drawn(size_t rows, size_t columns, uint64_t stream) {
  Philox random(5, stream);
  Matrix<float> values(rows, columns);
  for (float& value : values.values()) value = static_cast<float>(random.normal());
  return values;
}

Matrix<float> featuresOf(const CohortData& data) {
  std::vector<uint32_t> rows(data.features->rows());
  std::iota(rows.begin(), rows.end(), 0U);
  Matrix<float> all(rows.size(), data.features->featureCount());
  data.features->gather(rows, all.view());
  return all;
}

/// 30 rows of subject A and 20 of B; every fifth validates.
CohortData twoSubjectRows() {
  CohortData data;
  data.subjects = {"A", "B"};
  data.features = featureSource(drawn(50, kFeatures, 1));
  for (uint32_t row = 0; row < 50; ++row) {
    data.rowSubject.push_back(row < 30 ? 0 : 1);
    (row % 5 == 4 ? data.split.validation : data.split.train).push_back(row);
  }
  return data;
}

/// Random responses, NaN where the row's subject lacks the output.
Matrix<float> responsesOf(const TargetGroup& group, const CohortData& data) {
  Matrix<float> values = drawn(data.features->rows(), group.outputCount(), 2);
  std::vector<std::vector<bool>> has(2, std::vector<bool>(group.outputCount()));
  for (size_t p = 0; p < group.parts.size(); ++p)
    for (const uint32_t output : group.outputsOf(p)) has[group.parts[p].subject == "A" ? 0 : 1][output] = true;
  for (size_t row = 0; row < values.rows(); ++row)
    for (size_t c = 0; c < values.cols(); ++c)
      if (!has[data.rowSubject[row]][c]) values(row, c) = kMissing;
  return values;
}

/// The rows of one subject, as a training of its own.
CohortData onlySubject(const CohortData& data, uint32_t subject, const Matrix<float>& responses) {
  CohortData own;
  own.subjects = {data.subjects[subject]};
  const Matrix<float> all = featuresOf(data);
  std::vector<float> features, values;
  std::vector<int64_t> place(data.features->rows(), -1);
  for (size_t row = 0; row < data.features->rows(); ++row) {
    if (data.rowSubject[row] != subject) continue;
    place[row] = static_cast<int64_t>(features.size() / kFeatures);
    features.insert(features.end(), all.row(row).begin(), all.row(row).end());
    values.insert(values.end(), responses.row(row).begin(), responses.row(row).end());
  }
  const size_t rows = features.size() / kFeatures;
  own.features = featureSource(Matrix<float>(rows, kFeatures, std::move(features)));
  own.sources = {targetSource(Matrix<float>(rows, responses.cols(), std::move(values)))};
  for (const auto& [from, to] :
       {std::pair(&data.split.train, &own.split.train), std::pair(&data.split.validation, &own.split.validation)})
    for (const uint32_t row : *from)
      if (place[row] >= 0) to->push_back(static_cast<uint32_t>(place[row]));
  return own;
}

Matrix<float> weightsAfter(LinearTrainer& trainer, int epochs) {
  for (int epoch = 0; epoch < epochs; ++epoch) (void)trainer.runEpoch({});
  const MatrixView<const float> view = trainer.currentWeights(0);
  Matrix<float> copy(view.rows(), view.cols());
  for (size_t r = 0; r < view.rows(); ++r) std::ranges::copy(view.row(r), copy.row(r).begin());
  return copy;
}

TEST(CrossSubject, MaskingEqualsTrainingOnTheSubset) {
  for (const uint32_t subject : {0U, 1U}) {
    const TargetGroup group = crossGroup("g", subject == 0 ? std::vector<uint32_t>{0, 1} : std::vector<uint32_t>{},
                                         subject == 1 ? std::vector<uint32_t>{0, 1} : std::vector<uint32_t>{});
    CohortData data = twoSubjectRows();
    const Matrix<float> responses = responsesOf(group, data);
    data.sources = {targetSource(responses)};
    LinearTrainer masked(data, {group}, {.threads = 1});
    LinearTrainer subset(onlySubject(data, subject, responses), {group}, {.threads = 1});
    const EpochResult first = masked.runEpoch({}), firstOfSubset = subset.runEpoch({});
    EXPECT_NEAR(first.groups[0].trainLoss, firstOfSubset.groups[0].trainLoss, 1e-6);
    EXPECT_NEAR(first.groups[0].validationLoss, firstOfSubset.groups[0].validationLoss, 1e-6);
    EXPECT_EQ(first.correlation.size(), 2U);
    for (size_t c = 0; c < 2; ++c) EXPECT_NEAR(first.correlation[c], firstOfSubset.correlation[c], 1e-6);
    const Matrix<float> a = weightsAfter(masked, 60), b = weightsAfter(subset, 60);
    // The same sums in another order: float32 rounding, carried through 60 steps of 1e-2.
    for (size_t i = 0; i < a.values().size(); ++i) EXPECT_NEAR(a.values()[i], b.values()[i], 2e-5);
  }
}

TEST(CrossSubject, LossIsTheMeanOverWhatIsMeasured) {
  const TargetGroup group = crossGroup("g", {0, 1}, {1, 2});
  CohortData data = twoSubjectRows();
  const Matrix<float> responses = responsesOf(group, data);
  data.sources = {targetSource(responses)};
  const auto zero = [](const TargetGroup&, MatrixView<float> weight, std::span<float> bias) {
    for (size_t r = 0; r < weight.rows(); ++r) std::ranges::fill(weight.row(r), 0.0F);
    std::ranges::fill(bias, 0.5F);
  };
  LinearTrainer trainer(data, {group}, {.threads = 1, .initialise = zero});
  double sum = 0;
  int count = 0;
  for (const uint32_t row : data.split.train)
    for (const float y : responses.row(row))
      if (!std::isnan(y)) {
        sum += std::pow(0.5 - static_cast<double>(y), 2);
        ++count;
      }
  EXPECT_EQ(count, 2 * 40);
  EXPECT_NEAR(trainer.runEpoch({}).groups[0].trainLoss, sum / count, 1e-6);
}

TEST(CrossSubject, ANetworkMasksAsTheLinearTrainerDoes) {
  TargetGroup group = crossGroup("g", {0, 1}, {1, 2});
  group.settings.batchSize = 16;
  CohortData data = twoSubjectRows();
  data.sources = {targetSource(responsesOf(group, data))};
  LinearTrainer fused(data, {group}, {.threads = 1});
  NetworkTrainer network(data, {group}, {.threads = 1});
  for (int epoch = 0; epoch < 5; ++epoch) {
    const EpochResult a = fused.runEpoch({}), b = network.runEpoch({});
    EXPECT_NEAR(a.groups[0].trainLoss, b.groups[0].trainLoss, 1e-5);
    EXPECT_NEAR(a.groups[0].validationLoss, b.groups[0].validationLoss, 1e-5);
    ASSERT_EQ(b.correlation.size(), 4U);  // a column of each subject for the vertex that both have
    for (size_t c = 0; c < 4; ++c) EXPECT_NEAR(a.correlation[c], b.correlation[c], 1e-4);
  }
}

/// Both subjects have vertices 0 and 1 and outputs of their own for them.
TargetGroup groupWithHeads(const Json& settings) {
  TargetGroup group = crossGroup("heads", {0, 1}, {0, 1});
  for (TargetPart& part : group.parts) part.outputs.clear();
  group.settings = groupSettingsFromJson(settings, "heads");
  return group;
}

void zeroWeights(const TargetGroup&, MatrixView<float> weight, std::span<float> bias) {
  for (size_t r = 0; r < weight.rows(); ++r) std::ranges::fill(weight.row(r), 0.0F);
  std::ranges::fill(bias, 0.0F);
}

template <typename Kind>
Matrix<float> predictedAfterTraining(const CohortData& data, const TargetGroup& group) {
  Kind trainer(data, {group}, {.threads = 1, .initialise = zeroWeights});
  while (!trainer.isFinished()) (void)trainer.runEpoch({});
  return trainer.predict(0, featuresOf(twoSubjectRows()).view());
}

TEST(CrossSubject, HeadsOfALinearModelAreSeparateModels) {
  const TargetGroup both =
      groupWithHeads({{"batchSize", 1000}, {"learningRate", 1e-2}, {"patience", 0}, {"maxEpochs", 40}});
  CohortData data = twoSubjectRows();
  data.split.validation.clear();  // or the best epoch of both would not be that of either
  const Matrix<float> responses = responsesOf(both, data);
  data.sources = {targetSource(responses)};
  const Matrix<float> fused = predictedAfterTraining<LinearTrainer>(data, both),
                      network = predictedAfterTraining<NetworkTrainer>(data, both);
  for (const uint32_t subject : {0U, 1U}) {
    TargetGroup one = both;
    one.parts = {both.parts[subject]};
    Matrix<float> own(responses.rows(), 2);
    for (size_t r = 0; r < own.rows(); ++r)
      std::ranges::copy(responses.row(r).subspan(2 * subject, 2), own.row(r).begin());
    const Matrix<float> alone = predictedAfterTraining<LinearTrainer>(onlySubject(data, subject, own), one);
    // Gradients are of the mean over both subjects, so smaller by a factor, which AdamW takes out but for its epsilon.
    for (size_t r = 0; r < own.rows(); ++r)
      for (size_t c = 0; c < 2; ++c) {
        EXPECT_NEAR(fused(r, 2 * subject + c), alone(r, c), 1e-4);
        EXPECT_NEAR(network(r, 2 * subject + c), alone(r, c), 1e-4);
        EXPECT_GT(std::abs(alone(r, c)), 1e-4);
      }
  }
}

/// The least correlation of any column at the end, where the subjects answer a picture with opposite signs.
float leastCorrelation(const CohortData& data, const TargetGroup& group) {
  NetworkTrainer trainer(data, {group}, {.threads = 1});
  EpochResult last;
  while (!trainer.isFinished()) last = trainer.runEpoch({});
  EXPECT_EQ(last.correlation.size(), 4U);
  return std::ranges::min(last.correlation);
}

TEST(CrossSubject, NetworksThatSeePositionsHaveAHeadPerSubjectToo) {
  CohortData data = twoSubjectRows();
  const Matrix<float> features = featuresOf(data);
  Matrix<float> apart(50, 4), together(50, 2);
  std::ranges::fill(apart.values(), kMissing);
  for (size_t row = 0; row < 50; ++row)
    for (size_t v = 0; v < 2; ++v) {
      const size_t subject = data.rowSubject[row];
      apart(row, 2 * subject + v) = together(row, v) = features(row, v) * (subject == 0 ? 1.0F : -1.0F);
    }
  VertexPositions positions;
  positions.relative = Matrix<float>(2, 3, {0, 0, 0, 1, 1, 1});
  positions.order = {0, 1};
  for (const Json& kind : std::vector<Json>{{{"architecture", "positional"}, {"positionalChannels", {16, 8}}},
                                            {{"architecture", "vertex-attention"}, {"attentionWidth", 16}}}) {
    Json settings = {{"batchSize", 20}, {"learningRate", 1e-2}, {"patience", 0}, {"maxEpochs", 60}};
    settings.update(kind);
    TargetGroup group = groupWithHeads(settings);
    data.sources = {targetSource(apart)};
    positions.heads = 2;
    positions.answers = {0, 2, 1, 3};  // vertex * 2 + subject
    data.positions = {positions};
    EXPECT_GT(leastCorrelation(data, group), 0.8) << kind;
    for (TargetPart& part : group.parts) part.outputs = {0, 1};
    positions.heads = 1;
    positions.answers.clear();
    data.positions = {positions};
    data.sources = {targetSource(together)};
    EXPECT_LT(leastCorrelation(data, group), 0.3) << kind << ": one head cannot answer with both signs";
  }
}

TEST(CrossSubject, CorrelationIsOverASubjectsOwnPictures) {
  const TargetGroup group = crossGroup("g", {0, 1}, {1, 2});
  CohortData data = twoSubjectRows();
  const Matrix<float> responses = responsesOf(group, data);
  data.sources = {targetSource(responses)};
  LinearTrainer trainer(data, {group}, {.threads = 1});
  EpochResult result;
  while (trainer.epoch() < 5) result = trainer.runEpoch({});
  TrainerState state = trainer.save();
  ASSERT_EQ(result.correlation.size(), 4U) << "two columns of A, then two of B";
  const Matrix<float> all = featuresOf(data);
  Matrix<float> prediction(all.rows(), 3);
  const MatrixView<const float> w = trainer.currentWeights(0);
  for (size_t row = 0; row < prediction.rows(); ++row)
    for (size_t c = 0; c < 3; ++c)
      prediction(row, c) = std::inner_product(w.row(c).begin(), w.row(c).end(), all.row(row).begin(), 0.0F);
  const std::vector<std::pair<uint32_t, size_t>> columns = {{0, 0}, {0, 1}, {1, 1}, {1, 2}};
  for (size_t i = 0; i < columns.size(); ++i) {
    std::vector<float> p, y;
    for (const uint32_t row : data.split.validation)
      if (data.rowSubject[row] == columns[i].first) {
        p.push_back(prediction(row, columns[i].second));
        y.push_back(responses(row, columns[i].second));
      }
    const size_t n = p.size();
    EXPECT_NEAR(result.correlation[i],
                pearson(Matrix<float>(n, 1, std::move(p)).view(), Matrix<float>(n, 1, std::move(y)).view())[0], 1e-5);
  }
  LinearTrainer restored(data, {group}, {.threads = 1});
  restored.restore(state);
  EXPECT_EQ(restored.runEpoch({}).correlation, trainer.runEpoch({}).correlation);
}

TEST(CrossSubject, OrdinaryResponsesThatAreNotNumbersStillFailTheGroup) {
  CohortData data = twoSubjectRows();
  data.rowSubject.clear();
  data.subjects = {"A"};
  Matrix<float> responses = drawn(50, 2, 3);
  responses(1, 1) = kMissing;
  data.sources = {targetSource(std::move(responses))};
  LinearTrainer trainer(std::move(data), {crossGroup("g", {0, 1}, {})}, {.threads = 1});
  EXPECT_EQ(trainer.runEpoch({}).groups[0].state, GroupState::Failed);
}

/// A study on disk whose second subject has its lh vertices one step further along, so that it lacks vertex 5 and has
/// one more at the end; with precomputed embeddings of one feature: 100 * NSD id.
class PrepareCross : public ::testing::Test {
 protected:
  PrepareCross() {
    testing::makeSmallStudy(m_folder / "study", {.subjects = 2, .images = 30, .sharedImages = 12, .leftVertices = 10});
    study = openStudy(m_folder / "study");
    for (uint32_t& vertex : study.subjects[1].hemispheres[0].vertices) vertex += 7;
    for (const Subject& subject : study.subjects)
      for (const auto& [images, split] :
           {std::pair(&subject.trainingImages, "train"), std::pair(&subject.testImages, "test")}) {
        Matrix<float> values(images->size(), 2);
        for (size_t i = 0; i < images->size(); ++i) {
          values(i, 0) = static_cast<float>((*images)[i].nsdId);
          values(i, 1) = subject.id == "subj01" ? 0 : 10;
        }
        writeNpy(m_folder / (subject.id + split + ".npy"), std::as_const(values).view());
      }
    ProgressReporter progress;
    (void)embedStudy(study,
                     {.backbone = "precomputed",
                      .weights = m_folder / "{subject}train.npy",
                      .testWeights = m_folder / "{subject}test.npy",
                      .workspace = m_folder / "ws"},
                     progress);
    plan.focus = "hemisphere";
    plan.crossSubject = "shared-head";
    plan.hemispheres = {Hemisphere::Left};
    plan.split = {.kind = "random", .seed = 3, .trainFraction = 0.7};
    setInPlan(plan, "backbone", "precomputed");
  }

  testing::TempDir m_folder;
  Study study;
  Plan plan;
};

TEST_F(PrepareCross, RowsAreSubjectAndImageAndSharedPicturesStayOnOneSide) {
  setInPlan(plan, "standardise", "false");
  const TargetGroups cut = cutTargetGroups(plan, study);
  const auto cohorts = cohortsOf(cut.groups);
  const CohortData data = prepareCohort(plan, study, cohorts.at(0), cut.groups, m_folder / "ws");
  ASSERT_EQ(data.features->rows(), 60U);
  const Matrix<float> features = featuresOf(data);
  EXPECT_THAT(data.subjects, ElementsAre("subj01", "subj02"));
  std::map<int, std::set<bool>> sides;
  const auto pictureOf = [&](uint32_t row) -> const Stimulus& {
    return study.subjects[data.rowSubject[row]].trainingImages[row % 30];
  };
  for (const uint32_t row : data.split.train) sides[pictureOf(row).nsdId].insert(true);
  for (const uint32_t row : data.split.validation) sides[pictureOf(row).nsdId].insert(false);
  EXPECT_EQ(sides.size(), 48U) << "12 of 30 pictures are shared";
  for (const auto& [id, side] : sides)
    EXPECT_EQ(side.size(), 1U) << "NSD " << id << " trains one and validates another";
  for (uint32_t row = 0; row < 60; ++row) {
    EXPECT_EQ(data.rowSubject[row], row < 30 ? 0U : 1U);
    EXPECT_EQ(features(row, 0), static_cast<float>(pictureOf(row).nsdId));
  }
}

TEST_F(PrepareCross, ASubjectsMissingVertexIsNaNAndTheRestIsItsOwnColumn) {
  const TargetGroups cut = cutTargetGroups(plan, study);
  const auto cohorts = cohortsOf(cut.groups);
  const CohortData data = prepareCohort(plan, study, cohorts.at(0), cut.groups, m_folder / "ws");
  const TargetSource& source = *data.sources.at(0);
  ASSERT_EQ(source.columns(), 11U);
  ASSERT_EQ(source.rows(), 60U);
  const std::vector<uint32_t> rows = {31, 2, 59, 0};
  for (const auto& [first, count] : {std::pair(0, 11), std::pair(1, 10), std::pair(9, 2), std::pair(0, 1)}) {
    Matrix<float> out(rows.size(), static_cast<size_t>(count));
    source.gather(rows, static_cast<size_t>(first), out.view());
    for (size_t i = 0; i < rows.size(); ++i)
      for (size_t c = 0; c < out.cols(); ++c) {
        const size_t output = static_cast<size_t>(first) + c, subject = rows[i] / 30;
        if ((subject == 0 && output == 10) || (subject == 1 && output == 0))
          EXPECT_TRUE(std::isnan(out(i, c))) << rows[i] << " " << output;
        else
          EXPECT_EQ(out(i, c), testing::responseAt(subject, Hemisphere::Left, rows[i] % 30, output - subject));
      }
  }
}

TEST_F(PrepareCross, TheReductionIsFittedOnTheTrainingRowsOfAll) {
  const TargetGroups cut = cutTargetGroups(plan, study);
  const auto cohorts = cohortsOf(cut.groups);
  const CohortData data = prepareCohort(plan, study, cohorts.at(0), cut.groups, m_folder / "ws");
  const Matrix<float> features = featuresOf(data);
  for (size_t f = 0; f < 2; ++f) {
    double sum = 0, squares = 0;
    for (const uint32_t row : data.split.train) {
      sum += static_cast<double>(features(row, f));
      squares += std::pow(static_cast<double>(features(row, f)), 2);
    }
    const auto n = static_cast<double>(data.split.train.size());
    EXPECT_NEAR(sum / n, 0, 1e-5);
    EXPECT_NEAR(squares / n, 1, 1e-5);
  }
  const Matrix<float> test =
      reducedFeatures(data, cut.groups[0], study.subjects[1], study.subjects[1].testImages, m_folder / "ws");
  EXPECT_NEAR(test(0, 1), features(59, 1), 1e-6) << "test pictures pass the same reduction";
}

}  // namespace
}  // namespace corticast
