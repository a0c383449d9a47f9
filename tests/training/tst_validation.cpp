#include "core/training/internal/validation.h"

#include <cmath>

#include "core/base/matrix.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

TEST(ScoreValidation, ByHand) {
  const Matrix<float> prediction(3, 3, {1, 5, 1, 2, 5, 0, 3, 5, 0});
  const Matrix<float> response(3, 3, {2, 1, 0, 4, 2, 1, 6, 3, 1});
  const std::vector<float> bias = {1, 0, 0};
  const ValidationScores scores = scoreValidation(prediction.view(), bias, response.view());
  EXPECT_THAT(scores.squaredError, ::testing::ElementsAre(0 + 1 + 4, 16 + 9 + 4, 1 + 1 + 1));
  EXPECT_FLOAT_EQ(scores.correlation[0], 1);
  EXPECT_TRUE(std::isnan(scores.correlation[1])) << "a constant prediction has no correlation";
  EXPECT_FLOAT_EQ(scores.correlation[2], -1);
}

}  // namespace
}  // namespace corticast
