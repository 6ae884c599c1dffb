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

namespace perftrend::runner {

// Limits of what a file may ask for: far above any use, low enough that a slip of the hand is told.
constexpr std::int64_t prompts_max = 1000;
constexpr std::int64_t prompt_bytes_max = 1'000'000;
constexpr std::int64_t generate_tokens_max = 100'000;
constexpr std::int64_t warmup_max = 1000;
constexpr std::int64_t repeats_max = 10'000;

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

struct Quarantine {
  std::string reason;
  std::string owner;
  std::optional<std::chrono::year_month_day> expiry;  ///< last day on which the quarantine is agreed
};

struct Scenario {
  std::string name;
  std::string project;  ///< the name where the file states none
  std::string description;
  std::string engine = "mock";
  std::vector<std::string> prompts;  ///< at least one, none empty
  int generate_tokens = 2;
  int warmup = 2;
  int repeats = 10;
  double load_factor_max = 1.5;
  std::map<std::string, Limits, std::less<>> limits;        ///< by engine; "" is for engines not named
  std::map<std::string, Baselines, std::less<>> baselines;  ///< the same
  Quarantine quarantine;

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
ScenarioResult load_scenario(const std::string& file, const std::vector<std::string>& engines);

/// Letters, digits, '.', '_' and '-', at most 100, not starting with '.' or '-': safe in a path, a URL and a file name.
bool is_plain_name(std::string_view name);

}  // namespace perftrend::runner
