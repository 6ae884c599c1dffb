#include "core/metrics/value_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace perftrend::metrics {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> lines_of(const std::vector<ValuePart>& parts) {
  std::vector<std::string> lines;
  for (const ValuePart& part : parts)
    lines.push_back(part.metric + " = " + part.value);
  return lines;
}

TEST(ValueParts, StatisticsAreMetricsOfTheirOwn) {
  EXPECT_THAT(lines_of(split_value("latency", "p50=12ms p99=30ms")),
              ElementsAre("latency_p50 = 12ms", "latency_p99 = 30ms"));
  EXPECT_THAT(lines_of(split_value("latency_ms", "min: 1.5, max: 3, p99.9: 7")),
              ElementsAre("latency_min_ms = 1.5", "latency_max_ms = 3", "latency_p99.9_ms = 7"));
  EXPECT_THAT(lines_of(split_value("ttft", R"({"mean": 12.5, "p99": 30})")),
              ElementsAre("ttft_mean = 12.5", "ttft_p99 = 30"));
  EXPECT_THAT(lines_of(split_value("p50", "p50=12ms")), ElementsAre("p50 = 12ms"));
  EXPECT_THAT(lines_of(split_value("rtt", "min = 1 ms; avg = 2 ms")), ElementsAre("rtt_min = 1 ms", "rtt_avg = 2 ms"));
  for (const char* text :
       {"threads=8 ctx=4096", "n=5", "p50", "p50=", "p50=fast", "a: 5 ms", "VmRSS: 5 kB", "min max=5"})
    EXPECT_THAT(split_value("x", text), IsEmpty()) << text;
}

TEST(ValueParts, TimingsOfLlamaAsAValue) {
  EXPECT_THAT(lines_of(split_value("prompt eval time",
                                   "1234.56 ms /   512 tokens (    2.41 ms per token,   414.72 tokens per second)")),
              ElementsAre("prompt eval time = 1234.56 ms", "prompt_eval_tokens_per_s = 414.72"));
  EXPECT_THAT(lines_of(split_value("eval time", "5678.90 ms / 127 runs (44.72 ms per token, 22.36 tokens per second)")),
              ElementsAre("eval time = 5678.90 ms", "eval_tokens_per_s = 22.36"));
  EXPECT_THAT(lines_of(split_value("eval_time", "500 ms / 10 runs (50.00 ms per token)")),
              ElementsAre("eval_time = 500 ms", "eval_tokens_per_s = 20"));
  EXPECT_THAT(lines_of(split_value("total time", "6913.46 ms / 639 tokens")), ElementsAre("total time = 6913.46 ms"));
  EXPECT_THAT(split_value("x", "5 ms / 3 widgets"), IsEmpty());
}

TEST(ValueParts, LinesOfLlama) {
  const std::pair<const char*, std::vector<std::string>> rows[] = {
      {"llama_print_timings:        load time =    1234.56 ms", {"load_ms = 1234.56"}},
      {"llama_print_timings:      sample time =      45.67 ms /   128 runs   (    0.36 ms per token,  2802.71 tokens "
       "per "
       "second)",
       {"sample_ms = 45.67", "sample_tokens_per_s = 2802.71"}},
      {"llama_print_timings: prompt eval time =    1234.56 ms /   512 tokens (    2.41 ms per token,   414.72 tokens "
       "per "
       "second)",
       {"prefill_ms = 1234.56", "prefill_tokens_per_s = 414.72"}},
      {"llama_print_timings:        eval time =    500.00 ms /   10 runs   (    50.00 ms per token)",
       {"eval_ms = 500.00", "eval_tokens_per_s = 20"}},
      {"llama_print_timings:       total time =    6913.46 ms", {"total_ms = 6913.46"}},
      {"llama_perf_sampler_print:    sampling time =      12.34 ms /   140 runs   (    0.09 ms per token, 11345.22 "
       "tokens "
       "per second)",
       {"sample_ms = 12.34", "sample_tokens_per_s = 11345.22"}},
      {"llama_perf_context_print:        load time =     812.00 ms", {"load_ms = 812.00"}},
      {"llama_perf_context_print:        eval time =    5678.90 ms /   127 runs   (   44.72 ms per token,    22.36 "
       "tokens "
       "per second)",
       {"eval_ms = 5678.90", "eval_tokens_per_s = 22.36"}},
      {"llama_perf_context_print:       total time =    6913.46 ms /   639 tokens", {"total_ms = 6913.46"}},
      {"common_perf_print:    unaccounted time =       0.33 ms /   0.0 %      (total - sampling - prompt eval - eval) "
       "/ "
       "(total)",
       {}},
      {"prompt eval time =     123.45 ms /    12 tokens (   10.29 ms per token,    97.21 tokens per second)",
       {"prefill_ms = 123.45", "prefill_tokens_per_s = 97.21"}},
      {"       total time =    1500.00 ms /    40 tokens", {"total_ms = 1500.00"}},
      {"slot print_timing: id  0 | task 0 | eval time =     200.00 ms /    10 tokens (   20.00 ms per token,    50.00 "
       "tokens per second)",
       {"eval_ms = 200.00", "eval_tokens_per_s = 50.00"}},
      {"whisper_print_timings:   encode time =  1234.56 ms /     1 runs (  1234.56 ms per run)",
       {"encode_ms = 1234.56"}},
      {"[ Prompt: 123.4 t/s | Generation: 45.6 t/s ]", {"prefill_tokens_per_s = 123.4", "eval_tokens_per_s = 45.6"}},
      {"Prompt 0: total time = 5 ms", {}},
      {"total time = 5 ms", {}},
      {"llama_print_timings: prompt eval time = fast", {}},
      {"llama_perf_context_print:    graphs reused =        126", {}},
  };
  for (const auto& [line, expected] : rows)
    EXPECT_EQ(lines_of(read_llama_timing(line)), expected) << line;
}

}  // namespace
}  // namespace perftrend::metrics
