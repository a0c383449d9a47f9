#include "core/features/stored_form.h"

#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// torch.nn.functional.adaptive_avg_pool2d(torch.arange(15.).reshape(1, 1, 3, 5), 2): cells overlap where 2 does not
// divide the sides.
TEST(StoredForm, PoolsAsAdaptivePoolingDoes) {
  Matrix<float> rows(1, 15);
  for (size_t i = 0; i < 15; ++i) rows(0, i) = static_cast<float>(i);
  EXPECT_THAT(pooled(rows.view(), {1, 3, 5}, {.pool = "mean", .grid = 2}).values(),
              ElementsAre(3.5F, 5.5F, 8.5F, 10.5F));
  EXPECT_THAT(pooled(rows.view(), {1, 3, 5}, {.pool = "max", .grid = 2}).values(), ElementsAre(7, 9, 12, 14));
}

TEST(StoredForm, PoolsEveryChannelOfEveryRow) {
  const Matrix<float> rows(2, 8, {1, 2, 3, 4, 10, 20, 30, 40, 5, 6, 7, 8, -1, -2, -3, -4});
  EXPECT_THAT(pooled(rows.view(), {2, 2, 2}, {.pool = "mean", .grid = 1}).values(), ElementsAre(2.5F, 25, 6.5F, -2.5F));
  EXPECT_THAT(pooled(rows.view(), {2, 2, 2}, {.pool = "max", .grid = 1}).values(), ElementsAre(4, 40, 8, -1));
}

TEST(StoredForm, PoolsMapsOnly) {
  EXPECT_THAT(pooledShape({512}, {}), ElementsAre(512));
  EXPECT_THAT(errorOf([] { (void)pooledShape({50, 768}, {.pool = "mean", .grid = 2}); }).where, HasSubstr("50 x 768"));
  EXPECT_THAT(errorOf([] { (void)pooledShape({256, 6, 6}, {.pool = "max", .grid = 7}); }).why, HasSubstr("smaller"));
}

TEST(StoredForm, TellsTheDiskItTakes) {
  const std::vector<size_t> sam = {256, 64, 64};
  EXPECT_EQ(storedBytes(sam, 10000, 8857, true, {}).kept, 10000ULL * 256 * 64 * 64 * 4);
  const StoredBytes pca =
      storedBytes(sam, 10000, 8857, true, {.dtype = "float16", .pool = "mean", .grid = 8, .pca = 100});
  EXPECT_EQ(pca.kept, 10000ULL * 100 * 2 + 100ULL * 256 * 64 * 4);
  EXPECT_EQ(pca.meanwhile, 8857ULL * 256 * 64 * 2);
  EXPECT_EQ(storedBytes(sam, 10000, 8857, true, {.pca = 100, .pcaPictures = 1000}).meanwhile, 1000ULL * 256 * 4096 * 4);
  EXPECT_EQ(storedBytes(sam, 10000, 8857, false, {.pca = 100}).meanwhile, 0U);
}

TEST(StoredForm, SaysItselfInFewWords) {
  EXPECT_EQ(StoredForm().label(), "");
  EXPECT_EQ((StoredForm{.dtype = "float16", .pool = "mean", .grid = 4, .pca = 1000}.label()),
            "mean 4 x 4, 1,000 components, float16");
}
