#include "runner/measure/overhead.h"

#include <array>

#include "core/stats/median.h"
#include "runner/measure/performance.h"

namespace perftrend::runner {
namespace {

constexpr int batch_repeats = 200;
constexpr std::size_t batches = 11;

/// Answers immediately with a valid result.
class EmptyEngine final : public Engine {
 public:
  EngineResult<EngineInfo> open(double /*deadline_ms*/) override { return EngineInfo{}; }
  EngineResult<TokenizedText> tokenize(std::string_view /*text*/) override { return TokenizedText{{1}, 0.0}; }
  EngineResult<Completion> complete(const Prompt& /*prompt*/, int /*generate_tokens*/) override {
    Completion completion;
    completion.generated = {1};
    completion.prefill_ms = completion.generate_ms = 0;
    completion.prompt_tokens = 1;
    return completion;
  }
  EngineResult<std::string> decode(std::span<const TokenId> /*ids*/) override { return std::string("x"); }
  void close() override {}
};

}  // namespace

double harness_overhead_us(Clock& clock) {
  Scenario scenario;
  scenario.prompts = {"x"};
  scenario.generate_tokens = 1;
  scenario.warmup = 0;
  scenario.repeats = batch_repeats;
  EmptyEngine engine;
  std::array<double, batches> each_us{};
  for (double& batch_us : each_us) {
    const std::int64_t start_ns = clock.now_ns();
    const auto measured = measure(engine, {}, scenario, clock, [](const ProgressStep&) {});
    batch_us = elapsed_ms(start_ns, clock.now_ns()) * 1000 / measured.value().rounds;
  }
  return stats::select_median(each_us);
}

}  // namespace perftrend::runner
