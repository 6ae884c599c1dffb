// The contract of engine.h, for every engine that runs within this process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/engines/make_engine.h"

namespace perftrend::runner {
namespace {

class EngineContract : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    engine_ = make_engine(GetParam(), {}, clock_);
    ASSERT_NE(engine_, nullptr);
    auto info = engine_->open(1000);
    ASSERT_TRUE(info.has_value()) << info.error().message;
    info_ = *info;
  }
  Prompt prompt(const std::string& text) { return {text, engine_->tokenize(text).value().ids}; }

  FakeClock clock_{1000};
  std::unique_ptr<Engine> engine_;
  EngineInfo info_;
};

INSTANTIATE_TEST_SUITE_P(Each, EngineContract, ::testing::Values("mock", "reference"),
                         [](const auto& each) { return each.param; });

TEST_P(EngineContract, SaysWhatItIs) {
  EXPECT_EQ(info_.name, GetParam());
  EXPECT_THAT(info_.build, ::testing::HasSubstr(PERFTREND_VERSION));
  EXPECT_FALSE(info_.summary.empty());
  EXPECT_GT(info_.vocabulary_size, 0);
}

TEST_P(EngineContract, TokenizesAndRestoresAnyBytes) {
  for (const std::string text : {"Short", "zwei W\xC3\xB6rter", "\xFF\x01"}) {
    const auto tokens = engine_->tokenize(text);
    ASSERT_TRUE(tokens.has_value());
    EXPECT_GT(tokens->tokenize_ms.value(), 0);
    EXPECT_EQ(engine_->decode(tokens->ids).value(), text);
  }
}

TEST_P(EngineContract, GeneratesAsManyTokensAsAskedAndTimesItsParts) {
  for (const int count : {1, 2, 5}) {
    const std::int64_t from_ns = clock_.now_ns();
    const auto completion = engine_->complete(prompt("Short"), count);
    const double total_ms = elapsed_ms(from_ns, clock_.now_ns());
    ASSERT_TRUE(completion.has_value()) << completion.error().message;
    EXPECT_EQ(completion->generated.size(), static_cast<std::size_t>(count));
    EXPECT_EQ(completion->prompt_tokens, static_cast<std::int64_t>(prompt("Short").ids.size()));
    EXPECT_EQ(completion->cached_tokens, 0);
    EXPECT_GT(completion->prefill_ms.value(), 0);
    EXPECT_LE(*completion->prefill_ms + completion->generate_ms.value(), total_ms);
    EXPECT_FALSE(engine_->decode(completion->generated).value().empty());
  }
}

TEST_P(EngineContract, TheSamePromptGivesTheSameTokensAfterOtherPrompts) {
  const auto first = engine_->complete(prompt("a prompt"), 4).value().generated;
  const auto other = engine_->complete(prompt("something else entirely"), 4).value().generated;
  EXPECT_EQ(engine_->complete(prompt("a prompt"), 4).value().generated, first);
  EXPECT_NE(other, first);
}

TEST_P(EngineContract, ATokenOutsideTheVocabularyIsAnErrorAndItRecovers) {
  const auto before = engine_->complete(prompt("Short"), 2).value().generated;
  const auto beyond = static_cast<TokenId>(info_.vocabulary_size);
  for (const TokenId id : {beyond, beyond + 1000, std::numeric_limits<TokenId>::max(), -1}) {
    const auto refused = engine_->complete({"", {1, id, 2}}, 2);
    ASSERT_FALSE(refused.has_value()) << id;
    EXPECT_EQ(refused.error().kind, EngineError::Kind::token_out_of_vocabulary);
    EXPECT_THAT(refused.error().message, ::testing::HasSubstr(std::to_string(id)));
    EXPECT_EQ(engine_->decode(std::vector<TokenId>{id}).error().kind, EngineError::Kind::token_out_of_vocabulary);
    EXPECT_EQ(engine_->complete(prompt("Short"), 2).value().generated, before);
  }
}

TEST_P(EngineContract, RefusesAnEmptyPromptAndNothingToGenerate) {
  EXPECT_EQ(engine_->complete({"", {}}, 2).error().kind, EngineError::Kind::bad_request);
  EXPECT_EQ(engine_->complete(prompt("Short"), 0).error().kind, EngineError::Kind::bad_request);
}

TEST(MockEngine, SleepsAsConfiguredForAnyPrompt) {
  FakeClock clock;
  MockEngine engine({.tokenize_ms = 1.5, .prefill_ms = 14, .generate_ms_per_token = 2}, clock);
  ASSERT_TRUE(engine.open(0).has_value());
  const auto tokens = engine.tokenize("This is a medium length prompt");
  EXPECT_DOUBLE_EQ(tokens->tokenize_ms.value(), 1.5);
  const auto completion = engine.complete({"", tokens->ids}, 2);
  EXPECT_DOUBLE_EQ(completion->prefill_ms.value(), 14);
  EXPECT_DOUBLE_EQ(completion->generate_ms.value(), 4);
  EXPECT_DOUBLE_EQ(elapsed_ms(0, clock.now_ns()), 19.5);
}

TEST(MockEngine, ItsSleepsAreNotPartOfTheFingerprint) {
  FakeClock clock;
  MockEngine fast({}, clock);
  MockEngine slow({.prefill_ms = 14}, clock);
  EXPECT_EQ(fast.open(0)->parameters, slow.open(0)->parameters)
      << "a slower mock would start a new baseline instead of being found a regression";
}

TEST(ReferenceEngine, TheSeedDecidesTheTokensAndIsPartOfTheFingerprint) {
  FakeClock clock;
  const auto run = [&](std::uint64_t seed) {
    ReferenceEngine engine({.seed = seed, .shape = {}}, clock);
    EXPECT_THAT(engine.open(0)->parameters, ::testing::Contains(std::pair{std::string("seed"), std::to_string(seed)}));
    return engine.complete({"", engine.tokenize("The prompt").value().ids}, 6).value().generated;
  };
  EXPECT_EQ(run(42), run(42));
  EXPECT_NE(run(42), run(7));
}

TEST(ReferenceEngine, APromptLongerThanTheContextIsRefused) {
  FakeClock clock;
  ReferenceEngine engine({.shape = {.context = 16}}, clock);
  ASSERT_TRUE(engine.open(0).has_value());
  EXPECT_EQ(engine.complete({"", std::vector<TokenId>(15, 1)}, 2).error().kind, EngineError::Kind::context_exceeded);
  EXPECT_TRUE(engine.complete({"", std::vector<TokenId>(14, 1)}, 2).has_value());
}

TEST(ReferenceEngine, WhenClosedItReturnsAnError) {
  FakeClock clock;
  ReferenceEngine engine({}, clock);
  EXPECT_EQ(engine.complete({"", {1}}, 1).error().kind, EngineError::Kind::unavailable);
}

TEST(MakeEngine, KnowsNoOtherName) {
  FakeClock clock;
  EXPECT_EQ(make_engine("gpu", {}, clock), nullptr);
}

}  // namespace
}  // namespace perftrend::runner
