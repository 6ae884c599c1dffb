#include "runner/measure/functional.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "runner/engines/mock.h"
#include "runner/engines/reference/reference.h"

namespace perftrend::runner {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

Scenario scenario() {
  Scenario scenario;
  scenario.name = "batch_prefill";
  scenario.prompts = {"Short", "This is a medium length prompt", "long"};
  return scenario;
}

junit::CaseReport run_with(MockFault fault) {
  FakeClock clock;
  MockEngine engine({.fault = fault}, clock);
  const auto info = engine.open(0);
  return run_functional_case(engine, info.value(), scenario(), clock);
}

TEST(FunctionalCase, PassesOnASoundMock) {
  const junit::CaseReport report = run_with(MockFault::none);
  EXPECT_EQ(report.status, CaseStatus::passed) << report.details;
  EXPECT_EQ(report.name, "functional");
  EXPECT_EQ(report.classname, "batch_prefill.mock");
  EXPECT_GT(report.time_seconds, 0);
  EXPECT_THAT(report.warnings, IsEmpty());
}

TEST(FunctionalCase, PassesOnTheReference) {
  FakeClock clock(10);
  ReferenceEngine engine({}, clock);
  const auto info = engine.open(0);
  EXPECT_EQ(run_functional_case(engine, *info, scenario(), clock).status, CaseStatus::passed);
}

TEST(FunctionalCase, FindsEveryDefect) {
  struct Case {
    MockFault fault;
    const char* message;
  };
  for (const auto& [fault, message] : std::vector<Case>{
           {MockFault::empty_text, "Prompt 0: the generated text is empty"},
           {MockFault::no_tokens, "Prompt 0: the generated text is empty"},
           {MockFault::lossy_decode, "a single prompt is not preserved by tokenizing and decoding it"},
           {MockFault::accepts_unknown_tokens, "token id 256 is outside the vocabulary but was accepted"},
           {MockFault::no_recovery,
            "no recovery from a token id outside the vocabulary: the mock engine did not recover"},
           {MockFault::prefill_beyond_total, "Prompt 0: prefill of 1010ms exceeds the total of 13ms"},
           {MockFault::not_deterministic, "the same prompt gave other tokens after a token id outside the vocabulary"},
       }) {
    const junit::CaseReport report = run_with(fault);
    EXPECT_EQ(report.status, CaseStatus::failed) << message;
    EXPECT_EQ(report.type, "functional");
    EXPECT_THAT(report.message, ::testing::StartsWith(message));
    EXPECT_THAT(report.details, HasSubstr(message));
  }
}

TEST(FunctionalCase, ListsAllFindings) {
  const junit::CaseReport report = run_with(MockFault::no_tokens);
  EXPECT_THAT(report.message, HasSubstr("(and "));
  EXPECT_THAT(report.details, HasSubstr("Prompt 2: 0 generated tokens"));
}

TEST(FunctionalCase, HasNoLimitOnTime) {
  FakeClock clock;
  MockEngine engine({.tokenize_ms = 5000, .prefill_ms = 60000}, clock);
  const auto info = engine.open(0);
  Scenario strict = scenario();
  strict.limits[""]["prefill_ms"] = {5, 200};
  const junit::CaseReport report = run_functional_case(engine, *info, strict, clock);
  EXPECT_EQ(report.status, CaseStatus::passed);
  EXPECT_THAT(report.warnings, IsEmpty());
}

TEST(FunctionalCase, AnEngineThatDoesNotAnswerIsAnErrorNotAFailure) {
  FakeClock clock;
  ReferenceEngine never_opened({}, clock);
  const junit::CaseReport report = run_functional_case(never_opened, {}, scenario(), clock);
  EXPECT_EQ(report.status, CaseStatus::errored);
  EXPECT_EQ(report.type, "engine:unavailable");
  EXPECT_EQ(report.message, "the reference engine is not open");
}

PromptResult sound_result(const std::string& prompt) {
  PromptResult result;
  result.prompt = prompt;
  result.text = "x";
  result.prefill_ms = 1;
  result.total_ms = 2;
  result.prompt_tokens = 3;
  result.generated_tokens = 2;
  return result;
}

TEST(ProblemsInBatch, Table) {
  const std::vector<std::string> prompts{"a", "b"};
  const auto wrong_when = [&](const std::function<void(std::vector<PromptResult>&)>& spoil) {
    std::vector<PromptResult> results{sound_result("a"), sound_result("b")};
    spoil(results);
    return ::testing::PrintToString(problems_in_batch(prompts, {}, results));
  };
  EXPECT_EQ(wrong_when([](auto&) {}), "{}");
  EXPECT_THAT(wrong_when([](auto& r) { r.pop_back(); }), HasSubstr("1 results for 2 prompts"));
  EXPECT_THAT(wrong_when([](auto& r) { std::swap(r[0], r[1]); }),
              HasSubstr("Prompt 0: the result belongs to another prompt"));
  EXPECT_THAT(wrong_when([](auto& r) { r[1].text.clear(); }), HasSubstr("Prompt 1: the generated text is empty"));
  EXPECT_THAT(wrong_when([](auto& r) { r[1].prompt_tokens = 0; }), HasSubstr("Prompt 1: 0 prompt tokens"));
  EXPECT_THAT(wrong_when([](auto& r) { r[0].generated_tokens = -1; }), HasSubstr("Prompt 0: -1 generated tokens"));
  EXPECT_THAT(wrong_when([](auto& r) { r[0].prefill_ms = 2.5; }),
              HasSubstr("prefill of 2.5ms exceeds the total of 2ms"));
  EXPECT_EQ(wrong_when([](auto& r) { r[0].prefill_ms = std::nullopt; }), "{}") << "an engine that does not report it";
}

TEST(ProblemsInBatch, AnEngineThatCannotDecodeNeedsNoText) {
  PromptResult result = sound_result("a");
  result.text.clear();
  const std::vector<std::string> prompts{"a"};
  EXPECT_THAT(problems_in_batch(prompts, {.decode = false}, std::vector{result}), IsEmpty());
}

}  // namespace
}  // namespace perftrend::runner
