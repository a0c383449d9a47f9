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
  data.features = matrix(problem + "/features");
  data.split = {firstRows(data.features.rows()), firstRows(10)};
  data.sources = {targetSource(matrix(problem + "/responses"))};
  return data;
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
INSTANTIATE_TEST_SUITE_P(Oracle, ClosedForm,
                         ::testing::Values(Case{"tall", "ols", 0}, Case{"tall", "ridge", 10}, Case{"wide", "ols", 0},
                                           Case{"wide", "ridge", 3}, Case{"collinear", "ols", 0}),
                         [](const auto& instance) { return instance.param.problem + "_" + instance.param.solver; });

TEST(RidgeFolds, MomentScoresEqualThoseOfPredictions) {
  const CohortData data = cohort("tall");
  const Matrix<float> responses = matrix("tall/responses");
  Matrix<double> y(responses.rows(), responses.cols());
  std::ranges::copy(responses.values(), y.values().begin());
  const RidgeFolds folds(data.features.view(), data.split.train, 4, {});
  const Matrix<double> scores = folds.scores(y, alphaGrid(0.1, 1e4, 9));
  const NamedTensor expected = oracle().read("tall/scores");
  for (size_t i = 0; i < scores.values().size(); ++i) EXPECT_NEAR(scores.values()[i], expected.doubles()[i], 1e-9);
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

TEST(RidgeSolver, SavesAndRestoresItsSolution) {
  const CohortData data = cohort("tall");
  RidgeSolver solver(data, {group("ridge", 10)}, {});
  (void)solver.runEpoch({});
  RidgeSolver restored(data, {group("ridge", 10)}, {});
  restored.restore(solver.save());
  EXPECT_TRUE(restored.isFinished());
  const Matrix<float> a = solver.predict(0, data.features.view()), b = restored.predict(0, data.features.view());
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
