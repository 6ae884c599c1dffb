#include "runner/engines/reference/transformer.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace perftrend::runner {
namespace {

ModelShape small_shape() {
  return {.layers = 2, .width = 32, .heads = 2, .hidden = 48, .context = 24, .vocabulary = 64};
}

Transformer small_model(std::uint64_t seed = 42) {
  return Transformer(Weights::from_seed(small_shape(), seed));
}

std::vector<float> logits_of(Transformer& model, std::vector<TokenId> ids) {
  const auto logits = model.prefill(ids);
  return {logits.begin(), logits.end()};
}

TEST(TernaryMatrix, PackingKeepsEveryWeight) {
  const std::vector<std::int8_t> values{1, 0, -1, 1, -1, -1, 0, 0, 0, 1, 1, -1};
  const TernaryMatrix matrix(3, 4, 0.5F, values);
  std::vector<std::int8_t> row(4);
  for (std::size_t r = 0; r < 3; ++r) {
    matrix.unpack_row(r, row);
    for (std::size_t c = 0; c < 4; ++c)
      EXPECT_EQ(row[c], values[r * 4 + c]) << r << ',' << c;
  }
}

TEST(Weights, AreTernaryBalancedAndOfTheSeedAlone) {
  const Weights one = Weights::from_seed(small_shape(), 42);
  const Weights two = Weights::from_seed(small_shape(), 42);
  const Weights other = Weights::from_seed(small_shape(), 43);
  EXPECT_EQ(one.embedding, two.embedding);
  EXPECT_NE(one.embedding, other.embedding);
  std::vector<std::int8_t> row(48);
  std::vector<std::int8_t> same(48);
  std::array<int, 3> counts{};
  for (std::size_t r = 0; r < 32; ++r) {
    one.layers[1].down.unpack_row(r, row);
    two.layers[1].down.unpack_row(r, same);
    EXPECT_EQ(row, same);
    for (const auto weight : row)
      ++counts.at(static_cast<std::size_t>(weight + 1));
  }
  for (const int count : counts)
    EXPECT_NEAR(count, 32 * 48 / 3.0, 32 * 48 / 10.0);
}

TEST(Weights, DrawTheSameNumbersOnEveryPlatform) {
  // First numbers of SplitMix64 from state 42, as uniform in [-1, 1): computed with exact integers elsewhere.
  const Weights weights = Weights::from_seed(small_shape(), 42);
  EXPECT_FLOAT_EQ(weights.embedding[0], 0.48312974F);
  EXPECT_FLOAT_EQ(weights.embedding[1], -0.68017924F);
}

TEST(Transformer, PrefillThenStepEqualsPrefillOfAll) {
  const std::vector<TokenId> ids{5, 9, 5, 63, 0, 17, 31, 2, 9};
  for (std::size_t split = 1; split < ids.size(); ++split) {
    Transformer whole = small_model();
    Transformer parts = small_model();
    const auto expected = logits_of(whole, ids);
    const auto at = ids.begin() + static_cast<std::ptrdiff_t>(split);
    (void)parts.prefill(std::vector<TokenId>(ids.begin(), at));
    EXPECT_EQ(logits_of(parts, {at, ids.end()}), expected) << "split at " << split;
    EXPECT_EQ(parts.length(), ids.size());
  }
}

TEST(Transformer, AttentionDependsOnEveryEarlierTokenAndItsPosition) {
  Transformer model = small_model();
  const auto base = logits_of(model, {1, 2, 3, 4});
  for (const auto& changed :
       std::vector<std::vector<TokenId>>{{7, 2, 3, 4}, {1, 7, 3, 4}, {1, 2, 7, 4}, {2, 1, 3, 4}}) {
    model.reset();
    EXPECT_NE(logits_of(model, changed), base) << "an earlier token without influence";
  }
}

TEST(Transformer, AttentionIsCausal) {
  // Later tokens do not affect the cache of earlier ones: a step after {1, 2} is the same, whatever was prefilled after
  // them before the reset.
  Transformer model = small_model();
  (void)logits_of(model, {1, 2, 50, 51, 52});
  model.reset();
  const auto after_longer = logits_of(model, {1, 2});
  Transformer fresh = small_model();
  EXPECT_EQ(logits_of(fresh, {1, 2}), after_longer);
}

TEST(Transformer, FillsItsContextAndNoMore) {
  Transformer model = small_model();
  const std::vector<TokenId> ids(small_shape().context, 3);
  for (const float logit : model.prefill(ids))
    EXPECT_TRUE(std::isfinite(logit));
  EXPECT_EQ(model.free_context(), 0U);
  model.reset();
  EXPECT_EQ(model.free_context(), small_shape().context);
}

TEST(Transformer, SeedsDiffer) {
  Transformer one = small_model(1);
  Transformer two = small_model(2);
  EXPECT_NE(logits_of(one, {1, 2, 3}), logits_of(two, {1, 2, 3}));
}

TEST(Argmax, TakesTheFirstOfTheGreatest) {
  EXPECT_EQ(argmax(std::vector<float>{-1, 3, 3, 2}), 1);
  EXPECT_EQ(argmax(std::vector<float>{-5}), 0);
}

}  // namespace
}  // namespace perftrend::runner
