#include "runner/measure/functional.h"

#include <fmt/format.h>

#include "runner/measure/engine_case.h"

namespace perftrend::runner {
namespace {

using Wrong = std::vector<std::string>;

/// A check's findings, or the error that kept it from being made.
using Checked = EngineResult<Wrong>;

struct Subject {
  Engine& engine;
  const EngineInfo& info;
  const Scenario& scenario;
  Clock& clock;

  [[nodiscard]] EngineResult<std::vector<PromptResult>> batch(std::span<const std::string> prompts) const {
    return run_batch(engine, info.can, prompts, scenario.generate_tokens, clock);
  }
};

Checked check_all_prompts(const Subject& subject) {
  const auto results = subject.batch(subject.scenario.prompts);
  if (!results) return tl::unexpected(results.error());
  return wrong_in_batch(subject.scenario.prompts, subject.info.can, *results);
}

Checked check_empty_batch(const Subject& subject) {
  const auto results = subject.batch({});
  if (!results) return tl::unexpected(results.error());
  if (results->empty()) return Wrong{};
  return Wrong{fmt::format("the empty batch gave {} results", results->size())};
}

/// One prompt in, the same prompt out; where the engine can say, also from its tokens.
Checked check_single_prompt(const Subject& subject) {
  const std::span<const std::string> single(subject.scenario.prompts.data(), 1);
  const auto results = subject.batch(single);
  if (!results) return tl::unexpected(results.error());
  Wrong wrong = wrong_in_batch(single, subject.info.can, *results);
  if (subject.info.can.tokenize && subject.info.can.decode) {
    const auto tokens = subject.engine.tokenize(single.front());
    if (!tokens) return tl::unexpected(tokens.error());
    const auto text = subject.engine.decode(tokens->ids);
    if (!text) return tl::unexpected(text.error());
    if (*text != single.front()) wrong.emplace_back("a single prompt is not preserved by tokenizing and decoding it");
  }
  return wrong;
}

/// A token id beyond the vocabulary is refused, and the engine then answers as before.
Checked check_unknown_token(const Subject& subject) {
  if (!subject.info.can.vocabulary) return Wrong{};
  const auto& prompt = subject.scenario.prompts.front();
  const int generate_tokens = subject.scenario.generate_tokens;
  const auto before = run_prompt(subject.engine, subject.info.can, prompt, generate_tokens, subject.clock);
  if (!before) return tl::unexpected(before.error());
  const auto unknown = static_cast<TokenId>(subject.info.vocabulary_size);
  const auto refused = subject.engine.complete({"", {unknown}}, generate_tokens);
  if (refused) return Wrong{fmt::format("token id {} is beyond the vocabulary and was accepted", unknown)};
  if (refused.error().kind != EngineError::Kind::token_out_of_vocabulary) {
    return Wrong{fmt::format("token id {} is beyond the vocabulary and was refused for another reason: {}", unknown,
                             refused.error().message)};
  }
  const auto after = run_prompt(subject.engine, subject.info.can, prompt, generate_tokens, subject.clock);
  if (!after) return Wrong{fmt::format("no recovery from a token id beyond the vocabulary: {}", after.error().message)};
  if (subject.info.can.deterministic && after->generated != before->generated) {
    return Wrong{"the same prompt gave other tokens after a token id beyond the vocabulary"};
  }
  return Wrong{};
}

}  // namespace

std::vector<std::string> wrong_in_batch(std::span<const std::string> prompts, const Capabilities& can,
                                        std::span<const PromptResult> results) {
  Wrong wrong;
  if (results.size() != prompts.size()) {
    wrong.push_back(fmt::format("{} results for {} prompts", results.size(), prompts.size()));
    return wrong;
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    const PromptResult& result = results[i];
    const auto add = [&](std::string_view what) { wrong.push_back(fmt::format("Prompt {}: {}", i, what)); };
    if (result.prompt != prompts[i]) add("the result is of another prompt");
    if (can.decode && result.text.empty()) add("the generated text is empty");
    if (result.prompt_tokens <= 0) add(fmt::format("{} prompt tokens", result.prompt_tokens));
    if (result.generated_tokens <= 0) add(fmt::format("{} generated tokens", result.generated_tokens));
    if (result.prefill_ms && result.total_ms < *result.prefill_ms) {
      add(fmt::format("prefill of {}ms exceeds the total of {}ms", *result.prefill_ms, result.total_ms));
    }
  }
  return wrong;
}

junit::CaseReport run_functional_case(Engine& engine, const EngineInfo& info, const Scenario& scenario, Clock& clock) {
  junit::CaseReport report = engine_case(functional_case_name, scenario, info.name);
  const Subject subject{engine, info, scenario, clock};
  const std::int64_t start_ns = clock.now_ns();
  Wrong wrong;
  for (const auto check : {check_all_prompts, check_empty_batch, check_single_prompt, check_unknown_token}) {
    const Checked checked = check(subject);
    if (!checked) {
      set_engine_error(report, checked.error());
      break;
    }
    wrong.insert(wrong.end(), checked->begin(), checked->end());
  }
  report.time_seconds = static_cast<double>(clock.now_ns() - start_ns) / ns_per_s;
  if (!wrong.empty()) {  // an error after a failed check is the check's consequence
    report.status = CaseStatus::failed;
    report.type = "functional";
    report.message =
        wrong.size() == 1 ? wrong.front() : fmt::format("{} (and {} more)", wrong.front(), wrong.size() - 1);
    report.details = fmt::format("{}", fmt::join(wrong, "\n"));
  }
  return report;
}

}  // namespace perftrend::runner
