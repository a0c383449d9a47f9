#include "core/training/feature_source.h"

#include "core/base/error.h"
#include "tests/testing/testing.h"

using namespace corticast;

TEST(FeatureSource, GathersRowsInAnyOrderIntoAnyMatrix) {
  const auto source = featureSource(Matrix<float>(3, 2, {1, 2, 3, 4, 5, 6}));
  Matrix<float> out(3, 4);
  source->gather(std::vector<uint32_t>{2, 0, 2}, out.view().block(0, 1, 3, 2));
  EXPECT_THAT(out.values(), ::testing::ElementsAre(0, 5, 6, 0, 0, 1, 2, 0, 0, 5, 6, 0));
  EXPECT_EQ(source->rows(), 3U);
  EXPECT_TRUE(source->isInMemory());
}

TEST(FeatureSource, KeepsTheShapeOfMaps) {
  const auto source = featureSource(Matrix<float>(2, 12), {3, 2, 2});
  EXPECT_THAT(source->shape(), ::testing::ElementsAre(3, 2, 2));
  EXPECT_EQ(source->featureCount(), 12U);
  EXPECT_THROW((void)featureSource(Matrix<float>(2, 12), {5, 2}), Error);
}
