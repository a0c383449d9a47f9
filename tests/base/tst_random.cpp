#include "core/base/random.h"
#include "tests/testing/testing.h"

using namespace corticast;

// Figures by tests/oracles/numpy_random.py.
TEST(NumpyRandom, drawsNumPysNumbers) {
  NumpyRandom words(5);
  EXPECT_EQ(words.next32(), 953453411U);
  EXPECT_EQ(words.next32(), 236996814U);
  EXPECT_EQ(words.next32(), 3739766767U);
  NumpyRandom doubles(5);
  EXPECT_EQ(doubles.uniform(), 0.22199317108973948);
  EXPECT_EQ(doubles.uniform(), 0.8707323061773764);
}

TEST(NumpyRandom, shufflesAsNumPyDoes) {
  EXPECT_EQ(NumpyRandom(42).permutation(7), (std::vector<uint32_t>{0, 1, 5, 2, 4, 3, 6}));
  const auto order = NumpyRandom(5).permutation(9841);
  EXPECT_EQ(std::vector(order.begin(), order.begin() + 5), (std::vector<uint32_t>{5469, 4979, 3716, 7290, 3697}));
  EXPECT_EQ(std::vector(order.end() - 5, order.end()), (std::vector<uint32_t>{7286, 3046, 4079, 2254, 2915}));
  uint64_t sum = 0;
  for (uint64_t i = 0; i < order.size(); ++i) sum += i * order[i];
  EXPECT_EQ(sum, 238302336263U);
}

// Known answers of Random123 (kat_vectors) for counter 0, key 0.
TEST(Philox, givesThePublishedWords) {
  Philox random(0);
  EXPECT_EQ(random.next32(), 0x6627e8d5U);
  EXPECT_EQ(random.next32(), 0xe169c58dU);
  EXPECT_EQ(random.next32(), 0xbc57ac4cU);
  EXPECT_EQ(random.next32(), 0x9b00dbd8U);
}

TEST(Philox, hasTheMomentsOfItsDistributions) {
  Philox random(7, streamOf("test"));
  constexpr int kDraws = 200000;
  double sum = 0, squares = 0, uniform = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double value = random.normal();
    sum += value;
    squares += value * value;
    uniform += random.uniform();
  }
  // Five standard errors of the mean, the variance and the uniform mean at this count.
  EXPECT_NEAR(sum / kDraws, 0, 5 / std::sqrt(kDraws));
  EXPECT_NEAR(squares / kDraws, 1, 5 * std::sqrt(2.0 / kDraws));
  EXPECT_NEAR(uniform / kDraws, 0.5, 5 * std::sqrt(1.0 / 12 / kDraws));
}

TEST(Philox, givesAnotherSequencePerStream) {
  EXPECT_NE(Philox(1, 0).next64(), Philox(1, 1).next64());
  EXPECT_EQ(Philox(1, 1).permutation(20), Philox(1, 1).permutation(20));
}
