#pragma once
// The scenario file (schema/scenario.md): what is measured, how often, and which times are expected. Parses TOML into a
// checked value: later code meets no missing key and no impossible number.

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/engines/make_engine.h"

namespace perftrend::runner {

// Limits of the values in a file: far above any real use, and low enough to detect typing errors.
constexpr std::int64_t prompts_max = 1000;
constexpr std::int64_t prompt_bytes_max = 1'000'000;
constexpr std::int64_t generate_tokens_max = 100'000;
constexpr std::int64_t warmup_max = 1000;
constexpr std::int64_t repeats_max = 10'000;
constexpr double budget_s_max = 24 * 3600.0;

/// Defaults with precision_percent: enough samples to know the median to a fifth of their spread, within a time that a
/// person waits for.
constexpr int default_repeats_max = 100;
constexpr double default_budget_s = 60;

/// Inclusive, min <= max.
struct Range {
  double min = 0;
  double max = 0;
};

/// Expected times of one engine by metric ("prefill_ms"); other metrics are not checked.
using Limits = std::map<std::string, Range, std::less<>>;
struct Baselines {
  std::map<std::string, double, std::less<>> expected;
  double tolerance_percent = 200;
};

/// Above these limits the machine disturbs the measurement (fitness.h).
struct Thresholds {
  double load_factor_max = 1.5;       ///< load average per core, before or after
  double others_per_core_max = 0.25;  ///< other running threads per core
  double steal_percent_max = 2;       ///< of the machine's time, taken by the hypervisor
  double pressure_percent_max = 20;   ///< of the time, during which some program waited for a core
  /// Of the measuring thread: a few on a quiet machine, hundreds with a competitor on the same core.
  double involuntary_switches_per_s_max = 50;
};

struct TimingQuarantine {
  std::string reason;
  std::string owner;
  std::optional<std::chrono::year_month_day> expiry;  ///< last day of the quarantine
  std::vector<std::string> cases = {};                ///< patterns (*, ?) of the timing cases of a program
};

struct Scenario {
  std::string name;
  std::string project;  ///< the scenario's name by default
  std::string description;
  std::string engine = "mock";
  EngineOptions engine_options;  ///< of the engines with keys: llama-server, openai, command
  std::string model_file;        ///< its hash is part of the fingerprint; "" for none
  /// Parts of the fingerprint by name; they override what the engine reports.
  std::map<std::string, std::string> engine_parameters;
  double engine_ready_timeout_ms = 60'000;  ///< until the engine is ready; [engine.start] has its own
  std::string api_key_variable;             ///< environment variable with the server's key; "" for none
  std::vector<std::string> prompts;         ///< not empty, except for the engine "command"
  int generate_tokens = 2;
  int warmup = 2;
  int repeats = 10;                         ///< minimum number of rounds; the exact number without precision_percent
  std::optional<double> precision_percent;  ///< target width of the median's confidence interval
  int repeats_max = default_repeats_max;    ///< maximum number of rounds with precision_percent
  double budget_s = default_budget_s;       ///< after this time no further round starts
  std::optional<bool> nonce;  ///< whether prompts begin with a varying word; default: as the engine requires
  Thresholds thresholds;
  std::map<std::string, Limits, std::less<>> limits;        ///< by engine; "" applies to the other engines
  std::map<std::string, Baselines, std::less<>> baselines;  ///< likewise
  TimingQuarantine quarantine;

  /// URL of the engine; "" where it is not a server.
  [[nodiscard]] std::string engine_url() const;
  [[nodiscard]] const Limits& limits_for(std::string_view engine_name) const;
  [[nodiscard]] const Baselines& baselines_for(std::string_view engine_name) const;
};

struct ScenarioError {
  std::string cause;
  std::string file;
  std::uint32_t line = 0;  ///< from 1; 0 for an error of the whole file
  std::uint32_t column = 0;
};

/// "FILE:LINE:COLUMN: cause", or "FILE: cause".
std::string to_string(const ScenarioError& error);

using ScenarioResult = tl::expected<Scenario, ScenarioError>;

/// `file` is only used in errors. `engines` are the allowed values of `engine.name` and names of engine tables. Returns
/// the first error in the order of the keys in schema/scenario.md, after unknown keys.
ScenarioResult parse_scenario(std::string_view toml, std::string_view file, const std::vector<std::string>& engines);
/// Limit of a scenario file, which may be a pipe.
inline constexpr std::size_t scenario_bytes_max = std::size_t{64} << 20U;
ScenarioResult load_scenario(const std::string& file, const std::vector<std::string>& engines);

/// Letters, digits, '.', '_' and '-', at most 100, not starting with '.' or '-': safe in a path, a URL and a file name.
bool is_plain_name(std::string_view name);

}  // namespace perftrend::runner
