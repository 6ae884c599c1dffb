#pragma once
// The scenario file (schema/scenario.md): what is measured, how often, and what is expected. TOML in, a checked value
// out; nobody after this file meets a missing key or an impossible number.

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

// Limits of what a file may ask for: far above any use, low enough that a slip of the hand is told.
constexpr std::int64_t prompts_max = 1000;
constexpr std::int64_t prompt_bytes_max = 1'000'000;
constexpr std::int64_t generate_tokens_max = 100'000;
constexpr std::int64_t warmup_max = 1000;
constexpr std::int64_t repeats_max = 10'000;
constexpr double budget_s_max = 24 * 3600.0;

/// Where a precision is asked for and nothing else stated: samples for a median known to a fifth of their spread, and
/// no longer than a person waits.
constexpr int default_repeats_max = 100;
constexpr double default_budget_s = 60;

/// Inclusive, min <= max.
struct Range {
  double min = 0;
  double max = 0;
};

/// What is expected of the times of one engine; measures ("prefill_ms") that are not named are not looked at.
using Limits = std::map<std::string, Range, std::less<>>;
struct Baselines {
  std::map<std::string, double, std::less<>> expected;
  double tolerance_percent = 200;
};

/// Above these the machine disturbs what is measured on it (fitness.h).
struct Thresholds {
  double load_factor_max = 1.5;       ///< load average per core, before or after
  double others_per_core_max = 0.25;  ///< other running threads per core: a quarter of the cores busy with else
  double steal_percent_max = 2;       ///< of the machine's time, taken away by the hypervisor
  double pressure_percent_max = 20;   ///< of the time, in which some program waited for a core
  /// Of the measuring thread. A competitor on its core makes some hundred, a quiet machine a few.
  double involuntary_switches_per_s_max = 50;
};

struct Quarantine {
  std::string reason;
  std::string owner;
  std::optional<std::chrono::year_month_day> expiry;  ///< last day on which the quarantine is agreed
  std::vector<std::string> cases = {};  ///< patterns (*, ?) of a program's cases whose failure is one of timing
};

struct Scenario {
  std::string name;
  std::string project;  ///< the name where the file states none
  std::string description;
  std::string engine = "mock";
  EngineOptions engine_options;  ///< of the engines that have keys: llama-server, openai, command
  std::string model_file;        ///< hashed into the fingerprint; "" is none
  /// Parts of the fingerprint that the engine cannot tell, by name; they win over what it tells.
  std::map<std::string, std::string> engine_parameters;
  double engine_ready_timeout_ms = 60'000;  ///< until the engine is ready; of a server that is started its own holds
  std::string api_key_variable;             ///< environment variable that holds the server's key; "" is none
  std::vector<std::string> prompts;         ///< none empty; at least one but for the engine "command"
  int generate_tokens = 2;
  int warmup = 2;
  int repeats = 10;                         ///< least number of rounds, and the number where no precision is asked for
  std::optional<double> precision_percent;  ///< width of the median's confidence interval that is narrow enough
  int repeats_max = default_repeats_max;    ///< most rounds for the sake of precision
  double budget_s = default_budget_s;       ///< after so long no round begins for its sake
  std::optional<bool> nonce;                ///< whether prompts begin with a varying word; else as the engine needs
  Thresholds thresholds;
  std::map<std::string, Limits, std::less<>> limits;        ///< by engine; "" is for engines not named
  std::map<std::string, Baselines, std::less<>> baselines;  ///< the same
  Quarantine quarantine;

  /// Where the engine listens; "" of one that is no server.
  [[nodiscard]] std::string engine_url() const;
  [[nodiscard]] const Limits& limits_for(std::string_view engine_name) const;
  [[nodiscard]] const Baselines& baselines_for(std::string_view engine_name) const;
};

struct ScenarioError {
  std::string cause;
  std::string file;
  std::uint32_t line = 0;  ///< from 1; 0 where the file as a whole is at fault
  std::uint32_t column = 0;
};

/// "FILE:LINE:COLUMN: cause", or "FILE: cause".
std::string to_string(const ScenarioError& error);

using ScenarioResult = tl::expected<Scenario, ScenarioError>;

/// `file` only names the text in errors. `engines` are the names that `engine.name` and the tables of one engine may
/// have. The first error in the order of the keys of schema/scenario.md is told; an unknown key comes first of all.
ScenarioResult parse_scenario(std::string_view toml, std::string_view file, const std::vector<std::string>& engines);
/// The file may be a pipe; what does not end within this is none.
inline constexpr std::size_t scenario_bytes_max = std::size_t{64} << 20U;
ScenarioResult load_scenario(const std::string& file, const std::vector<std::string>& engines);

/// Letters, digits, '.', '_' and '-', at most 100, not starting with '.' or '-': safe in a path, a URL and a file name.
bool is_plain_name(std::string_view name);

}  // namespace perftrend::runner
