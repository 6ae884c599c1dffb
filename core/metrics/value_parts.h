#pragma once
// Values that state several metrics: "p50=12ms p99=30ms", and the timing lines of llama.cpp. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace perftrend::metrics {

/// One metric of such a value.
struct ValuePart {
  std::string metric;
  std::string value;
};

/// The parts of `text`, a value of the metric of this name; nothing when it has none. "p50=12ms, p99=30ms" of
/// "latency_ms" are latency_p50_ms and latency_p99_ms. "1234.5 ms / 512 tokens (2.41 ms per token, 414.7 tokens per
/// second)" of "prompt eval time" is that time, and prompt_eval_tokens_per_s.
std::vector<ValuePart> split_value(std::string_view metric, std::string_view text);

/// The metrics of one line that llama.cpp prints about its times: "llama_perf_context_print: prompt eval time = …" is
/// prefill_ms and prefill_tokens_per_s; "load time", "sample time", "eval time" and "total time" are load_ms,
/// sample_ms, eval_ms, eval_tokens_per_s and total_ms. whisper.cpp's lines too. Nothing for any other line.
std::vector<ValuePart> read_llama_timing(std::string_view line);

}  // namespace perftrend::metrics
