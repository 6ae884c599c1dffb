#pragma once
// What measuring programs write, read into cases with samples in milliseconds. Pure: text in, cases out. A figure that
// is missing, not finite or negative is an error of its case, a text that is empty, cut or of another format an error
// of the whole; never a value.

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

/// "json-lines", "llama-bench", … in the order of the enumeration.
const std::vector<std::string>& command_format_names();

struct CommandCase {
  std::string name;
  std::map<std::string, std::vector<double>, std::less<>> times_ms;  ///< by measure: prefill_ms, wall_ms, …
  std::vector<std::int64_t> prompt_tokens, generated_tokens;         ///< one a sample, where told
  std::optional<EngineError> error;                                  ///< then there are no samples
  bool skipped = false;
  std::string message;  ///< why it was skipped
};

struct CommandOutput {
  std::vector<CommandCase> cases;  ///< at least one
  /// Parts of the fingerprint that the program tells of itself: build, model, threads.
  std::vector<std::pair<std::string, std::string>> parameters;
};

EngineResult<CommandOutput> read_command_output(CommandFormat format, std::string_view text);

/// The formats one by one.
///
/// A line is an object {prompt_tokens, generated_tokens, tokenize_ms, prefill_ms, generate_ms, total_ms} with optional
/// `prompt` (a number: "Prompt 0"; or `case`, a text); every line is a sample. The parts may not exceed the total.
EngineResult<CommandOutput> read_json_lines(std::string_view text);
/// `llama-bench -o jsonl` or `-o json`: samples_ns of (n_prompt, 0) is prefill_ms, of (0, n_gen) generate_ms, of both
/// together total_ms.
EngineResult<CommandOutput> read_llama_bench(std::string_view text);
/// `--benchmark_format=json`: every iteration of a run_name is a sample; aggregates are left out.
EngineResult<CommandOutput> read_google_benchmark(std::string_view text);
/// `--export-json`: times of every command; one that ended with another exit code than 0 is an error.
EngineResult<CommandOutput> read_hyperfine(std::string_view text);
/// JUnit XML of cargo-nextest, pytest, GoogleTest …: the time of every case that passed is a sample of duration_ms.
EngineResult<CommandOutput> read_junit_times(std::string_view xml);

}  // namespace perftrend::runner
