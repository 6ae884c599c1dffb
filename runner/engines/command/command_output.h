#pragma once
// Readers of the output of measuring programs: cases with samples in milliseconds. Pure functions. A number that is
// missing, not finite or negative is an error of its case. Text that is empty, incomplete or in another format is an
// error of the whole output.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/engines/engine.h"

namespace perftrend::runner {

enum class CommandFormat { json_lines, llama_bench, google_benchmark, hyperfine, junit };

/// "json-lines", "llama-bench", … in the order of CommandFormat.
const std::vector<std::string>& command_format_names();

struct CommandCase {
  std::string name;
  std::map<std::string, std::vector<double>, std::less<>> times_ms;  ///< by metric: prefill_ms, wall_ms, …
  std::vector<std::int64_t> prompt_tokens, generated_tokens;         ///< one per sample, if reported
  std::optional<EngineError> error;                                  ///< if set, the samples are empty
  bool skipped = false;
  std::string message;  ///< why it was skipped
};

struct CommandOutput {
  std::vector<CommandCase> cases;  ///< at least one
  /// Parts of the fingerprint that the program reports: build, model, threads.
  std::vector<std::pair<std::string, std::string>> parameters;
};

EngineResult<CommandOutput> read_command_output(CommandFormat format, std::string_view text);

/// json-lines: each line is an object {prompt_tokens, generated_tokens, tokenize_ms, prefill_ms, generate_ms, total_ms}
/// with optional `prompt` (a number: "Prompt 0"; or `case`, a text). Every line is a sample. The parts must not exceed
/// the total.
EngineResult<CommandOutput> read_json_lines(std::string_view text);
/// `llama-bench -o jsonl` or `-o json`: samples_ns is prefill_ms for (n_prompt, 0), generate_ms for (0, n_gen) and
/// total_ms for both.
EngineResult<CommandOutput> read_llama_bench(std::string_view text);
/// `--benchmark_format=json`: every iteration of a run_name is a sample; aggregates are ignored.
EngineResult<CommandOutput> read_google_benchmark(std::string_view text);
/// `--export-json`: the times of each command; an exit code other than 0 is an error.
EngineResult<CommandOutput> read_hyperfine(std::string_view text);
/// JUnit XML of cargo-nextest, pytest, GoogleTest …: the time of every case that passed is a sample of duration_ms.
EngineResult<CommandOutput> read_junit_times(std::string_view xml);

}  // namespace perftrend::runner
