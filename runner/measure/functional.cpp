#include "runner/measure/functional.h"

#include <fmt/format.h>

#include "runner/measure/engine_case.h"
#include "runner/report/case_names.h"

namespace perftrend::runner {
namespace {

using Problems = std::vector<std::string>;

/// The problems that a check found, or the error that prevented it.
using CheckResult = EngineResult<Problems>;

struct TestedEngine {
  Engine& engine;
  const EngineInfo& info;
  const Scenario& scenario;
  Clock& clock;

  [[nodiscard]] EngineResult<std::vector<PromptResult>> batch(std::span<const std::string> prompts) const {
    return run_batch(engine, info.can, prompts, scenario.generate_tokens, clock);
  }
};

CheckResult check_all_prompts(const TestedEngine& tested) {
  const auto results = tested.batch(tested.scenario.prompts);
  if (!results) return tl::unexpected(results.error());
  return problems_in_batch(tested.scenario.prompts, tested.info.can, *results);
}

CheckResult check_empty_batch(const TestedEngine& tested) {
  const auto results = tested.batch({});
  if (!results) return tl::unexpected(results.error());
  if (results->empty()) return Problems{};
  return Problems{fmt::format("an empty batch gave {} results", results->size())};
}

/// The result must belong to the prompt; tokenizing and decoding must preserve it where the engine supports both.
CheckResult check_single_prompt(const TestedEngine& tested) {
  const std::span<const std::string> single(tested.scenario.prompts.data(), 1);
  const auto results = tested.batch(single);
  if (!results) return tl::unexpected(results.error());
  Problems problems = problems_in_batch(single, tested.info.can, *results);
  if (tested.info.can.tokenize && tested.info.can.decode) {
    const auto tokens = tested.engine.tokenize(single.front());
    if (!tokens) return tl::unexpected(tokens.error());
    const auto text = tested.engine.decode(tokens->ids);
    if (!text) return tl::unexpected(text.error());
    if (*text != single.front())
      problems.emplace_back("a single prompt is not preserved by tokenizing and decoding it");
  }
  return problems;
}

/// A token id outside the vocabulary must be refused, and the engine must answer as before afterwards.
CheckResult check_unknown_token(const TestedEngine& tested) {
  if (!tested.info.can.vocabulary) return Problems{};
  const auto& prompt = tested.scenario.prompts.front();
  const int generate_tokens = tested.scenario.generate_tokens;
  const auto before = run_prompt(tested.engine, tested.info.can, prompt, generate_tokens, tested.clock);
  if (!before) return tl::unexpected(before.error());
  const auto unknown = static_cast<TokenId>(tested.info.vocabulary_size);
  const auto refused = tested.engine.complete({"", {unknown}}, generate_tokens);
  if (refused) return Problems{fmt::format("token id {} is outside the vocabulary but was accepted", unknown)};
  if (refused.error().kind != EngineError::Kind::token_out_of_vocabulary) {
    return Problems{fmt::format("token id {} is outside the vocabulary but was refused for another reason: {}", unknown,
                                refused.error().message)};
  }
  const auto after = run_prompt(tested.engine, tested.info.can, prompt, generate_tokens, tested.clock);
  if (!after)
    return Problems{fmt::format("no recovery from a token id outside the vocabulary: {}", after.error().message)};
  if (tested.info.can.deterministic && after->generated != before->generated) {
    return Problems{"the same prompt gave other tokens after a token id outside the vocabulary"};
  }
  return Problems{};
}

}  // namespace

std::vector<std::string> problems_in_batch(std::span<const std::string> prompts, const Capabilities& can,
                                           std::span<const PromptResult> results) {
  Problems problems;
  if (results.size() != prompts.size()) {
    problems.push_back(fmt::format("{} results for {} prompts", results.size(), prompts.size()));
    return problems;
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    const PromptResult& result = results[i];
    const auto add = [&](std::string_view what) { problems.push_back(fmt::format("Prompt {}: {}", i, what)); };
    if (result.prompt != prompts[i]) add("the result belongs to another prompt");
    if (can.decode && result.text.empty()) add("the generated text is empty");
    if (result.prompt_tokens <= 0) add(fmt::format("{} prompt tokens", result.prompt_tokens));
    if (result.generated_tokens <= 0) add(fmt::format("{} generated tokens", result.generated_tokens));
    if (result.prefill_ms && result.total_ms < *result.prefill_ms) {
      add(fmt::format("prefill of {}ms exceeds the total of {}ms", *result.prefill_ms, result.total_ms));
    }
  }
  return problems;
}

junit::CaseReport run_functional_case(Engine& engine, const EngineInfo& info, const Scenario& scenario, Clock& clock) {
  junit::CaseReport report = engine_case(functional_case_name, scenario, info.name);
  const TestedEngine tested{engine, info, scenario, clock};
  const std::int64_t start_ns = clock.now_ns();
  Problems problems;
  for (const auto check : {check_all_prompts, check_empty_batch, check_single_prompt, check_unknown_token}) {
    const CheckResult checked = check(tested);
    if (!checked) {
      set_engine_error(report, checked.error());
      break;
    }
    problems.insert(problems.end(), checked->begin(), checked->end());
  }
  report.time_seconds = static_cast<double>(clock.now_ns() - start_ns) / ns_per_s;
  if (!problems.empty()) {  // an error after a failed check is a consequence of it
    report.status = CaseStatus::failed;
    report.type = "functional";
    report.message = problems.size() == 1 ? problems.front()
                                          : fmt::format("{} (and {} more)", problems.front(), problems.size() - 1);
    report.details = fmt::format("{}", fmt::join(problems, "\n"));
  }
  return report;
}

}  // namespace perftrend::runner
