#include <cmath>
#include <numeric>

#include "core/formats/safetensors.h"
#include "core/training/internal/ridge_folds.h"
#include "core/training/ridge_solver.h"
#include "tests/testing/testing.h"
#include "tests/training/toy.h"

// Reference: tests/oracles/ridge.py (scikit-learn, float64).
namespace corticast {
namespace {

const SafetensorsFile& oracle() {
  static const SafetensorsFile file(testing::testFile("training/data/ridge.safetensors"));
  return file;
}

Matrix<float> matrix(const std::string& name) {
  const NamedTensor tensor = oracle().read(name);
  const auto view = tensor.matrix();
  return {view.rows(), view.cols(), std::vector<float>(tensor.floats().begin(), tensor.floats().end())};
}

std::vector<uint32_t> firstRows(size_t count) {
  std::vector<uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

// All rows train; the first few validate as well, which no solver looks at before scoring.
CohortData cohort(const std::string& problem) {
  CohortData data;
  data.features = featureSource(matrix(problem + "/features"));
  data.split = {firstRows(data.features->rows()), firstRows(10)};
  data.sources = {targetSource(matrix(problem + "/responses"))};
  return data;
}

// A toy's first rows train.
MatrixView<const float> trainingRows(const testing::Toy& toy) {
  return toy.features.view().block(0, 0, toy.data.split.train.size(), toy.features.cols());
}

TargetGroup group(const std::string& solver, double alpha = 0) {
  TargetGroup result = testing::toyGroup("group", 256);
  result.settings.solver = solver;
  result.settings.ridgeAlpha = alpha;
  return result;
}

struct Case {
  std::string problem, solver;
  double alpha;
};
class ClosedForm : public ::testing::TestWithParam<Case> {};

TEST_P(ClosedForm, WeightsAreThoseOfScikitLearn) {
  const Case& c = GetParam();
  RidgeSolver solver(cohort(c.problem), {group(c.solver, c.alpha)}, {});
  const EpochResult result = solver.runEpoch({});
  EXPECT_TRUE(solver.isFinished());
  EXPECT_EQ(result.groups[0].state, GroupState::Finished);
  EXPECT_EQ(result.groups[0].bestEpoch, 1);
  const NamedTensor weight = oracle().read(c.problem + "/" + c.solver + "/weight");
  const NamedTensor bias = oracle().read(c.problem + "/" + c.solver + "/bias");
  const auto model = solver.bestModel(0);
  // Both solve in double; ours are stored as float (relative 6e-8).
  for (size_t i = 0; i < weight.valueCount(); ++i)
    EXPECT_NEAR(model[0].floats()[i], weight.doubles()[i], 1e-7 + 2e-7 * std::abs(weight.doubles()[i]));
  for (size_t i = 0; i < bias.valueCount(); ++i)
    EXPECT_NEAR(model[1].floats()[i], bias.doubles()[i], 1e-7 + 2e-7 * std::abs(bias.doubles()[i]));
}

TEST_P(ClosedForm, TrainingLossIsThatOfItsPredictions) {
  const Case& c = GetParam();
  const CohortData data = cohort(c.problem);
  const Matrix<float> responses = matrix(c.problem + "/responses");
  RidgeSolver solver(data, {group(c.solver, c.alpha)}, {});
  const double loss = solver.runEpoch({}).groups[0].trainLoss;
  const Matrix<float> predictions = solver.predict(0, matrix(c.problem + "/features").view());
  double squares = 0, errors = 0;
  for (size_t i = 0; i < responses.values().size(); ++i) {
    const double y = responses.values()[i];
    squares += y * y;
    errors += std::pow(predictions.values()[i] - y, 2);
  }
  const auto count = static_cast<double>(responses.values().size());
  // Predictions are made of weights rounded to float: relative 6e-8 of the responses, and their errors likewise.
  EXPECT_NEAR(loss, errors / count, 1e-6 * (errors + 1e-6 * squares) / count);
}

INSTANTIATE_TEST_SUITE_P(Oracle, ClosedForm,
                         ::testing::Values(Case{"tall", "ols", 0}, Case{"tall", "ridge", 10}, Case{"wide", "ols", 0},
                                           Case{"wide", "ridge", 3}, Case{"collinear", "ols", 0}),
                         [](const auto& instance) { return instance.param.problem + "_" + instance.param.solver; });

TEST(RidgeFolds, MomentScoresEqualThoseOfPredictions) {
  const CohortData data = cohort("tall");
  const Matrix<float> responses = matrix("tall/responses");
  const Matrix<float> raw = matrix("tall/features");
  const CentredFeatures features(raw.view(), data.split.train);
  const ResponseMoments moments = takeMoments(features, responses.cols(), 4, [&](auto rows, auto out) {
    for (size_t i = 0; i < rows.size(); ++i) std::ranges::copy(responses.row(rows[i]), out.row(i).begin());
  });
  const Matrix<double> scores = RidgeFolds(features, 4, {}).scores(moments, alphaGrid(0.1, 1e4, 9));
  const NamedTensor expected = oracle().read("tall/scores");
  for (size_t i = 0; i < scores.values().size(); ++i) EXPECT_NEAR(scores.values()[i], expected.doubles()[i], 1e-9);
}

TEST(ResponseMoments, DependNeitherOnTheOriginNorOnTheRuns) {
  const testing::Toy toy = testing::makeToy({.columns = {3}});
  const CentredFeatures features(trainingRows(toy), toy.data.split.train);
  const auto moments = [&](size_t runs, float shift) {
    return takeMoments(features, 3, runs, [&, shift](auto rows, auto out) {
      toy.data.sources[0]->gather(rows, 0, out);
      for (size_t i = 0; i < out.rows(); ++i)
        for (float& value : out.row(i)) value += shift;
    });
  };
  const ResponseMoments one = moments(1, 0), five = moments(5, 64);
  const auto a = one.whole(), b = five.whole();
  EXPECT_EQ(b.count, toy.data.split.train.size());
  // A float of 64 is rounded to 4e-6, each row on its own.
  for (size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(five.means()[c] - 64, one.means()[c], 1e-5);
    EXPECT_NEAR(b.squaresAboutMeans()[c] / a.squaresAboutMeans()[c], 1, 1e-5);
    for (size_t f = 0; f < features.cols(); ++f)
      EXPECT_NEAR(b.products(f, c), a.products(f, c), 1e-5 * static_cast<double>(b.count));
  }
}

TEST(ResponseMoments, AColumnThatDoesNotVaryHasNoSquares) {
  const testing::Toy toy = testing::makeToy({.columns = {2}});
  const CentredFeatures features(trainingRows(toy), toy.data.split.train);
  const ResponseMoments moments = takeMoments(features, 2, 3, [](auto, auto out) {
    for (size_t i = 0; i < out.rows(); ++i) out(i, 0) = 0.1F, out(i, 1) = -7;
  });
  for (const auto& run : moments.runs) EXPECT_THAT(run.squaresAboutMeans(), ::testing::Each(0.0));
}

TEST(RidgeSolver, ChoosesAPenaltyPerVertexAsCrossValidationDoes) {
  TargetGroup chosen = group("ridge");
  chosen.settings.ridgeChoice = "per-vertex";
  chosen.settings.ridgeAlphaLow = 0.1;
  chosen.settings.ridgeAlphaHigh = 1e4;
  chosen.settings.ridgeAlphaCount = 9;
  chosen.settings.ridgeFolds = 4;
  RidgeSolver solver(cohort("tall"), {chosen}, {});
  (void)solver.runEpoch({});
  const auto model = solver.bestModel(0);
  const NamedTensor expected = oracle().read("tall/chosen");
  for (size_t t = 0; t < expected.valueCount(); ++t) {
    EXPECT_NEAR(model[2].floats()[t] / expected.doubles()[t], 1, 1e-6);
    const NamedTensor weight = oracle().read("tall/chosen" + std::to_string(t) + "/weight");
    for (size_t f = 0; f < weight.valueCount(); ++f) EXPECT_NEAR(model[0].matrix()(t, f), weight.doubles()[f], 1e-6);
  }
}

TEST(RidgeSolver, GroupsOfDifferentPenaltiesShareOneDecomposition) {
  const testing::Toy toy = testing::makeToy({.columns = {3, 600, 2}});
  std::vector<TargetGroup> groups = toy.groups;
  const double alphas[] = {0, 5, 500};
  for (size_t g = 0; g < 3; ++g) {
    groups[g].settings.solver = g == 0 ? "ols" : "ridge";
    groups[g].settings.ridgeAlpha = alphas[g];
  }
  RidgeSolver together(toy.data, groups, {.threads = 2});
  const EpochResult all = together.runEpoch({});
  for (size_t g = 0; g < 3; ++g) {
    CohortData own = toy.data;
    own.sources = {toy.data.sources[g]};
    RidgeSolver alone(own, {groups[g]}, {.threads = 1});
    EXPECT_NEAR(alone.runEpoch({}).groups[0].validationLoss / all.groups[g].validationLoss, 1, 1e-6);
  }
}

// Row numbers of a split that is in no order must reach features and responses alike.
TEST(RidgeSolver, TakesTheRowsThatTheSplitNames) {
  const testing::Toy toy = testing::makeToy({.columns = {4}});
  const size_t rows = toy.features.rows();
  const auto movedTo = [&](size_t row) { return (row * 7 + 3) % rows; };  // 7 and 95 have no common factor
  Matrix<float> responses(rows, 4), features(rows, toy.features.cols()), moved(rows, 4);
  std::vector<uint32_t> all(rows);
  std::iota(all.begin(), all.end(), 0U);
  toy.data.sources[0]->gather(all, 0, responses.view());
  for (size_t row = 0; row < rows; ++row) {
    std::ranges::copy(toy.features.row(row), features.row(movedTo(row)).begin());
    std::ranges::copy(std::as_const(responses).row(row), moved.row(movedTo(row)).begin());
  }
  CohortData data = toy.data;
  data.features = featureSource(std::move(features));
  data.sources = {targetSource(std::move(moved))};
  for (auto* part : {&data.split.train, &data.split.validation})
    for (uint32_t& row : *part) row = static_cast<uint32_t>(movedTo(row));
  for (const char* choice : {"fixed", "per-vertex"}) {
    TargetGroup settings = toy.groups[0];
    settings.settings.solver = "ridge";
    settings.settings.ridgeChoice = choice;
    RidgeSolver inOrder(toy.data, {settings}, {}), scattered(data, {settings}, {});
    const EpochResult a = inOrder.runEpoch({}), b = scattered.runEpoch({});
    EXPECT_EQ(a.groups[0].trainLoss, b.groups[0].trainLoss);
    EXPECT_EQ(a.groups[0].validationLoss, b.groups[0].validationLoss);
    EXPECT_TRUE(std::ranges::equal(inOrder.bestModel(0)[0].floats(), scattered.bestModel(0)[0].floats()));
  }
}

TEST(RidgeSolver, SavesAndRestoresItsSolution) {
  const CohortData data = cohort("tall");
  RidgeSolver solver(data, {group("ridge", 10)}, {});
  (void)solver.runEpoch({});
  const Matrix<float> features = matrix("tall/features");
  RidgeSolver restored(data, {group("ridge", 10)}, {});
  restored.restore(solver.save());
  EXPECT_TRUE(restored.isFinished());
  const Matrix<float> a = solver.predict(0, features.view()), b = restored.predict(0, features.view());
  EXPECT_TRUE(std::ranges::equal(a.values(), b.values()));
  EXPECT_EQ(restored.bestModel(0)[2].floats()[0], 10);
}

TEST(RidgeSolver, NotFiniteResponsesFailTheGroup) {
  CohortData data = cohort("tall");
  Matrix<float> bad = matrix("tall/responses");
  bad(4, 1) = std::numeric_limits<float>::infinity();
  data.sources = {targetSource(std::move(bad))};
  RidgeSolver solver(data, {group("ols")}, {});
  const EpochResult result = solver.runEpoch({});
  EXPECT_EQ(result.groups[0].state, GroupState::Failed);
  EXPECT_EQ(result.groups[0].bestEpoch, 0);
}

TEST(RidgeSolver, RefusesMoreFoldsThanPicturesAllow) {
  CohortData data = cohort("tall");
  data.split.train = firstRows(7);
  TargetGroup chosen = group("ridge");
  chosen.settings.ridgeChoice = "per-vertex";
  RidgeSolver solver(data, {chosen}, {});
  EXPECT_THAT(testing::errorOf([&] { (void)solver.runEpoch({}); }).why, ::testing::HasSubstr("7 training pictures"));
}

}  // namespace
}  // namespace corticast
