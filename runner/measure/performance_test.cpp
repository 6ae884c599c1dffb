#include "runner/measure/performance.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <tuple>

#include "runner/engines/mock.h"
#include "runner/measure/engine_case.h"
#include "runner/measure/overhead.h"
#include "runner/report/case_names.h"

namespace perftrend::runner {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

Scenario scenario() {
  Scenario scenario;
  scenario.name = "batch_prefill";
  scenario.prompts = {"Short", "longer"};
  scenario.warmup = 1;
  scenario.repeats = 3;
  scenario.limits[""] = {{"tokenize_ms", {0.2, 20}}, {"prefill_ms", {5, 200}}};
  return scenario;
}

Completion two_tokens() {
  Completion completion;
  completion.generated = {7, 8};
  completion.prefill_ms = 1.5;
  completion.generate_ms = 0.5;
  completion.prompt_tokens = 2;
  return completion;
}

/// Returns configured answers and counts calls.
class ScriptedEngine final : public Engine {
 public:
  EngineResult<EngineInfo> open(double) override { return EngineInfo{}; }
  EngineResult<TokenizedText> tokenize(std::string_view text) override {
    tokenized.emplace_back(text);
    return TokenizedText{{1, 2}, tokenize_ms};
  }
  EngineResult<Completion> complete(const Prompt& prompt, int) override {
    completed.push_back(prompt.text);
    if (completed.size() == fail_at) return tl::unexpected(EngineError{EngineError::Kind::unavailable, "gone"});
    if (clock != nullptr) clock->advance_ns(10'000'000);
    if (!prefills_ms.empty()) answer.prefill_ms = prefills_ms[(completed.size() - 1) % prefills_ms.size()];
    return answer;
  }
  EngineResult<std::string> decode(std::span<const TokenId>) override { return std::string("x"); }
  void close() override {}

  std::vector<std::string> completed, tokenized;
  FakeClock* clock = nullptr;  ///< advances by 10 ms in each completion
  double tokenize_ms = 0.25;
  std::vector<double> prefills_ms;  ///< in turn; none: that of `answer`
  std::size_t fail_at = 0;          ///< from 1; 0: never
  Completion answer = two_tokens();
};

TEST(Measure, InterleavesPromptsAndDiscardsTheWarmUp) {
  ScriptedEngine engine;
  FakeClock clock(10'000'000);
  std::vector<std::string> steps;
  const auto measured = measure(engine, {}, scenario(), clock, [&](const ProgressStep& step) {
    constexpr std::string_view blocks = "wtm";
    steps.push_back(fmt::format("{}{}/{},{}", blocks.at(static_cast<std::size_t>(step.block)), step.round, step.rounds,
                                step.prompt));
  });
  ASSERT_TRUE(measured.has_value()) << measured.error().message;
  const auto* samples = &measured->samples;
  EXPECT_THAT(engine.tokenized, ElementsAre("Short", "longer",                                        // warm-up
                                            "Short", "longer", "Short", "longer", "Short", "longer",  // back to back
                                            "Short", "longer", "Short", "longer", "Short", "longer"));
  EXPECT_EQ(measured->rounds, 3);
  EXPECT_EQ(measured->ended, EndedBy::repeats);
  EXPECT_FALSE(measured->nonce);
  EXPECT_THAT(engine.completed,
              ElementsAre("Short", "longer", "Short", "longer", "Short", "longer", "Short", "longer"));
  EXPECT_THAT(steps, ElementsAre("w0/1,0", "w0/1,1", "t0/3,0", "t0/3,1", "t1/3,0", "t1/3,1", "t2/3,0", "t2/3,1",
                                 "m0/3,0", "m0/3,1", "m1/3,0", "m1/3,1", "m2/3,0", "m2/3,1"));
  ASSERT_EQ(samples->size(), 2U);
  EXPECT_THAT((*samples)[0].times_ms.at("prefill_ms"), ElementsAre(1.5, 1.5, 1.5));
  EXPECT_THAT((*samples)[1].times_ms.at("tokenize_ms"), ElementsAre(0.25, 0.25, 0.25));
  EXPECT_THAT((*samples)[1].times_ms.at("total_ms"), ElementsAre(10, 10, 10));
  EXPECT_THAT((*samples)[1].prompt_tokens, ElementsAre(2, 2, 2));
  EXPECT_THAT((*samples)[1].generated_tokens, ElementsAre(2, 2, 2));
}

TEST(Measure, AMetricTheEngineDoesNotReportIsOmitted) {
  ScriptedEngine engine;
  engine.answer.generate_ms = std::nullopt;
  FakeClock clock(10'000'000);
  const auto measured = measure(engine, {.tokenize = false}, scenario(), clock, [](const ProgressStep&) {});
  ASSERT_TRUE(measured.has_value());
  const auto* samples = &measured->samples;
  EXPECT_EQ(measured->tokenize_rounds, 0);
  EXPECT_THAT(engine.tokenized, IsEmpty());
  EXPECT_EQ(samples->front().times_ms.count("generate_ms"), 0U);
  EXPECT_EQ(samples->front().times_ms.count("tokenize_ms"), 0U);
  junit::CaseReport report = engine_case(performance_case_name, scenario(), "scripted");
  add_samples(report, scenario(), "scripted", *samples);
  EXPECT_THAT(report.properties, Not(Contains(Pair(HasSubstr("generate_ms"), ::testing::_))));
}

TEST(Measure, AnErrorIsNeverAValue) {
  struct Case {
    const char* expected;
    std::function<void(ScriptedEngine&)> spoil;
  };
  for (const auto& [expected, spoil] : std::vector<Case>{
           {"gone", [](auto& e) { e.fail_at = 4; }},
           {"Prompt 0: 1 tokens generated, 2 were requested", [](auto& e) { e.answer.generated = {7}; }},
           {"Prompt 0: 0 prompt tokens", [](auto& e) { e.answer.prompt_tokens = 0; }},
           {"Prompt 0: 2 prompt tokens came from a cache", [](auto& e) { e.answer.cached_tokens = 2; }},
           {"Prompt 0: tokenize_ms is nan", [](auto& e) { e.tokenize_ms = std::nan(""); }},
           {"Prompt 0: prefill_ms is nan", [](auto& e) { e.answer.prefill_ms = std::nan(""); }},
           {"Prompt 0: prefill_ms is inf",
            [](auto& e) { e.answer.prefill_ms = std::numeric_limits<double>::infinity(); }},
           {"Prompt 0: generate_ms is -1", [](auto& e) { e.answer.generate_ms = -1; }},
           {"Prompt 0: prefill_ms of 10.5ms exceeds the total of 10ms", [](auto& e) { e.answer.prefill_ms = 10.5; }},
           {"Prompt 0: generate_ms of 9ms exceeds the total of 10ms", [](auto& e) { e.answer.generate_ms = 9; }},
       }) {
    ScriptedEngine engine;
    spoil(engine);
    FakeClock clock(10'000'000);
    const auto samples = measure(engine, {}, scenario(), clock, [](const ProgressStep&) {});
    ASSERT_FALSE(samples.has_value()) << expected;
    EXPECT_EQ(samples.error().message, expected);
  }
}

struct Precision {
  const char* what;
  std::vector<double> prefills_ms;
  double precision_percent, budget_s;
  int repeats_max;
  int rounds;
  EndedBy ended;
};

TEST(Measure, ContinuesUntilTheMedianIsPreciseOrALimitIsReached) {
  for (const Precision& each : std::vector<Precision>{
           {"no spread: as soon as there can be an interval", {5}, 1, 60, 100, 6, EndedBy::precision},
           {"two levels far apart are never narrow", {1, 1, 5, 5}, 1, 60, 20, 20, EndedBy::most_repeats},
           {"the budget ends it", {1, 1, 5, 5}, 1, 1e-9, 20, 3, EndedBy::budget},
           {"a wide interval is enough for a low precision", {1, 1, 5, 5}, 500, 60, 100, 6, EndedBy::precision},
       }) {
    ScriptedEngine engine;
    engine.prefills_ms = each.prefills_ms;
    Scenario wanted = scenario();
    wanted.warmup = 0;
    wanted.precision_percent = each.precision_percent;
    wanted.budget_s = each.budget_s;
    wanted.repeats_max = each.repeats_max;
    FakeClock clock(1000);
    engine.clock = &clock;
    engine.answer.generate_ms = std::nullopt;
    engine.tokenize_ms = 0;
    const auto measured = measure(engine, {}, wanted, clock, [](const ProgressStep&) {});
    ASSERT_TRUE(measured.has_value()) << measured.error().message;
    EXPECT_EQ(measured->rounds, each.rounds) << each.what;
    EXPECT_EQ(measured->ended, each.ended) << each.what << ": " << to_string(measured->ended);
    EXPECT_EQ(measured->samples[1].times_ms.at("prefill_ms").size(), static_cast<std::size_t>(each.rounds));
  }
}

TEST(Measure, ANonceMakesEveryPromptDifferent) {
  Scenario wanted = scenario();
  for (const auto& [stated, cache, expected] : {std::tuple{std::optional<bool>(), false, false},
                                                {std::optional<bool>(), true, true},
                                                {std::optional(true), false, true},
                                                {std::optional(false), true, false}}) {
    ScriptedEngine engine;
    FakeClock clock(10'000'000);
    wanted.nonce = stated;
    const auto measured = measure(engine, {.prefix_cache = cache}, wanted, clock, [](const ProgressStep&) {});
    ASSERT_TRUE(measured.has_value());
    EXPECT_EQ(measured->nonce, expected);
    EXPECT_EQ(measured->samples[0].prompt, "Short") << "the report names the prompt without the nonce";
    std::vector<std::string> sent = engine.completed;
    sent.insert(sent.end(), engine.tokenized.begin() + 2, engine.tokenized.begin() + 8);  // its block
    const std::set<std::string> different(sent.begin(), sent.end());
    EXPECT_EQ(different.size(), expected ? 14U : 2U);
    for (const auto& text : different)
      EXPECT_THAT(text, ::testing::MatchesRegex(expected ? "[1-9][0-9]{7} (Short|longer)" : "Short|longer"));
  }
}

TEST(NonceWord, HasOneWidthAndNeverRepeats) {
  std::set<std::string> words;
  std::set<char> first;
  for (std::uint64_t i = 4'000'000'000; i < 4'000'001'000; ++i) {
    words.insert(nonce_word(i));
    first.insert(nonce_word(i)[0]);
    EXPECT_EQ(nonce_word(i).size(), 8U);
  }
  EXPECT_EQ(words.size(), 1000U);
  EXPECT_EQ(first.size(), 9U);
}

TEST(ToProperties, SaysHowItWasMeasured) {
  Measurement measurement;
  measurement.rounds = 12;
  measurement.ended = EndedBy::precision;
  EXPECT_THAT(
      to_properties(measurement),
      ElementsAre(Pair("measure.rounds", "12"), Pair("measure.ended_by", "precision"), Pair("measure.nonce", "false")));
  measurement.tokenize_rounds = 20;
  measurement.tokenize_ended = EndedBy::budget;
  EXPECT_THAT(to_properties(measurement), ::testing::IsSupersetOf({Pair("measure.tokenize_rounds", "20"),
                                                                   Pair("measure.tokenize_ended_by", "budget")}));
}

TEST(HarnessOverhead, IsTheClocksStepsWhereNothingElseTakesTime) {
  FakeClock clock(1000);  // 1 us per reading; a pass reads twice, a batch of 200 once more
  EXPECT_NEAR(harness_overhead_us(clock), 2, 0.02);
}

junit::CaseReport measured_mock(double tokenize_ms, double prefill_ms) {
  FakeClock clock;
  MockEngine engine({.tokenize_ms = tokenize_ms, .prefill_ms = prefill_ms}, clock);
  const auto info = engine.open(0);
  const auto samples = measure(engine, info->can, scenario(), clock, [](const ProgressStep&) {});
  junit::CaseReport report = engine_case(performance_case_name, scenario(), "mock");
  add_samples(report, scenario(), "mock", samples.value().samples);
  return report;
}

TEST(AddSamples, WritesTheDialectOfTheSchema) {
  const junit::CaseReport report = measured_mock(1.0625, 10.125);
  EXPECT_EQ(report.status, CaseStatus::passed);
  EXPECT_THAT(
      report.properties,
      ::testing::IsSupersetOf(
          {Pair("tokenize_ms[Prompt 0]", "1.0625 1.0625 1.0625"), Pair("prefill_ms[Prompt 1]", "10.125 10.125 10.125"),
           Pair("generate_ms[Prompt 0]", "2 2 2"), Pair("total_ms[Prompt 1]", "13.1875 13.1875 13.1875"),
           Pair("prompt_tokens[Prompt 0]", "5 5 5"), Pair("generated_tokens[Prompt 1]", "2 2 2")}));
  EXPECT_EQ(report.properties.size(), 12U);
  EXPECT_THAT(report.out, Contains("Prompt 0: prefill = 10.12ms"));
  EXPECT_THAT(report.out, Contains("Prompt 0: tokenize = 1.06ms"));
  EXPECT_THAT(report.warnings, IsEmpty());
}

TEST(AddSamples, AnUnusualTimeIsAWarningAndNoFailure) {
  const junit::CaseReport report = measured_mock(23.1, 10);
  EXPECT_EQ(report.status, CaseStatus::passed);
  ASSERT_EQ(report.warnings.size(), 2U) << "one for each prompt";
  EXPECT_THAT(report.warnings[1], HasSubstr("Prompt 1 tokenize time 23.10ms is outside 0.2-20 ms"));
}

TEST(ToSampleList, ReadsBackAsTheSameNumbers) {
  EXPECT_EQ(to_sample_list({}), "");
  EXPECT_EQ(to_sample_list({10.081, 1, 0.1 + 0.2, 1e-7}), "10.081 1 0.30000000000000004 1e-07");
}

TEST(SetEngineError, NamesTheKind) {
  junit::CaseReport report;
  set_engine_error(report, {EngineError::Kind::bad_answer, "nonsense"});
  EXPECT_EQ(report.status, CaseStatus::errored);
  EXPECT_EQ(report.type, "engine:bad_answer");
  EXPECT_EQ(report.message, "nonsense");
}

}  // namespace
}  // namespace perftrend::runner
