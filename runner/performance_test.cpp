#include "runner/performance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "runner/engine_case.h"
#include "runner/engines/mock.h"

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

/// Answers what it is told, counting calls.
class ScriptedEngine final : public Engine {
 public:
  EngineResult<EngineInfo> open(double) override { return EngineInfo{}; }
  EngineResult<Tokens> tokenize(std::string_view) override { return Tokens{{1, 2}, 0.25}; }
  EngineResult<Completion> complete(const Prompt& prompt, int) override {
    asked.push_back(prompt.text);
    if (asked.size() == fail_at) return tl::unexpected(EngineError{EngineError::Kind::unavailable, "gone"});
    return answer;
  }
  EngineResult<std::string> decode(std::span<const TokenId>) override { return std::string("x"); }
  void close() override {}

  std::vector<std::string> asked;
  std::size_t fail_at = 0;  ///< from 1; 0: never
  Completion answer{{7, 8}, 1.5, 0.5, 2, 0};
};

TEST(Measure, InterleavesPromptsAndThrowsTheWarmUpAway) {
  ScriptedEngine engine;
  FakeClock clock(10'000'000);
  std::vector<std::string> steps;
  const auto samples = measure(engine, {}, scenario(), clock, [&](const Step& step) {
    steps.push_back((step.warmup ? "w" : "m") + std::to_string(step.round) + "/" + std::to_string(step.rounds) + "," +
                    std::to_string(step.prompt));
  });
  ASSERT_TRUE(samples.has_value()) << samples.error().message;
  EXPECT_THAT(engine.asked, ElementsAre("Short", "longer", "Short", "longer", "Short", "longer", "Short", "longer"));
  EXPECT_THAT(steps, ElementsAre("w0/1,0", "w0/1,1", "m0/3,0", "m0/3,1", "m1/3,0", "m1/3,1", "m2/3,0", "m2/3,1"));
  ASSERT_EQ(samples->size(), 2U);
  EXPECT_THAT((*samples)[0].times_ms.at("prefill_ms"), ElementsAre(1.5, 1.5, 1.5));
  EXPECT_THAT((*samples)[1].times_ms.at("tokenize_ms"), ElementsAre(0.25, 0.25, 0.25));
  EXPECT_THAT((*samples)[1].times_ms.at("total_ms"), ElementsAre(10, 10, 10));
  EXPECT_THAT((*samples)[1].prompt_tokens, ElementsAre(2, 2, 2));
  EXPECT_THAT((*samples)[1].generated_tokens, ElementsAre(2, 2, 2));
}

TEST(Measure, AMeasureTheEngineCannotTellIsLeftOut) {
  ScriptedEngine engine;
  engine.answer.generate_ms = std::nullopt;
  FakeClock clock(10'000'000);
  const auto samples = measure(engine, {.tokenize = false}, scenario(), clock, [](const Step&) {});
  ASSERT_TRUE(samples.has_value());
  EXPECT_EQ(samples->front().times_ms.count("generate_ms"), 0U);
  EXPECT_EQ(samples->front().times_ms.count("tokenize_ms"), 0U);
  CaseReport report = engine_case(performance_case_name, scenario(), "scripted");
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
           {"Prompt 0: 1 tokens generated, 2 were asked for", [](auto& e) { e.answer.generated = {7}; }},
           {"Prompt 0: 0 prompt tokens", [](auto& e) { e.answer.prompt_tokens = 0; }},
           {"Prompt 0: 2 prompt tokens came from a cache", [](auto& e) { e.answer.cached_tokens = 2; }},
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
    const auto samples = measure(engine, {}, scenario(), clock, [](const Step&) {});
    ASSERT_FALSE(samples.has_value()) << expected;
    EXPECT_EQ(samples.error().message, expected);
  }
}

CaseReport measured_mock(double tokenize_ms, double prefill_ms) {
  FakeClock clock;
  MockEngine engine({.tokenize_ms = tokenize_ms, .prefill_ms = prefill_ms}, clock);
  const auto info = engine.open(0);
  const auto samples = measure(engine, info->can, scenario(), clock, [](const Step&) {});
  CaseReport report = engine_case(performance_case_name, scenario(), "mock");
  add_samples(report, scenario(), "mock", samples.value());
  return report;
}

TEST(AddSamples, WritesTheDialectOfTheSchema) {
  const CaseReport report = measured_mock(1.0625, 10.125);
  EXPECT_EQ(report.outcome, Outcome::passed);
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
  const CaseReport report = measured_mock(23.1, 10);
  EXPECT_EQ(report.outcome, Outcome::passed);
  ASSERT_EQ(report.warnings.size(), 2U) << "one for each prompt";
  EXPECT_THAT(report.warnings[1], HasSubstr("Prompt 1 tokenize time 23.10ms is outside 0.2-20 ms"));
}

TEST(ToSampleList, ReadsBackAsTheSameNumbers) {
  EXPECT_EQ(to_sample_list({}), "");
  EXPECT_EQ(to_sample_list({10.081, 1, 0.1 + 0.2, 1e-7}), "10.081 1 0.30000000000000004 1e-07");
}

TEST(SetEngineError, NamesTheKind) {
  CaseReport report;
  set_engine_error(report, {EngineError::Kind::bad_answer, "nonsense"});
  EXPECT_EQ(report.outcome, Outcome::errored);
  EXPECT_EQ(report.type, "engine:bad_answer");
  EXPECT_EQ(report.message, "nonsense");
}

}  // namespace
}  // namespace perftrend::runner
