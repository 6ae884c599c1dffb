#pragma once
// The A/A noise score: the same scenario measured against itself. Differences between such runs are noise; a smaller
// change cannot be detected on this machine. Pure functions; doctor_command makes the runs.

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <vector>

#include "runner/measure/performance.h"

namespace perftrend::runner {

/// Two-sided significance, and share of cases in which the smallest detectable change is detected.
inline constexpr double detection_significance = 0.05;
inline constexpr double detection_power = 0.8;

/// Minimum of runs for a spread.
inline constexpr int aa_runs_min = 3;
inline constexpr int aa_runs_max = 1000;
/// Enough runs for a rough estimate of the spread.
inline constexpr int aa_runs_default = 5;

struct AaSeries {
  std::string subject;             ///< "Prompt 0", or a program's case
  std::string metric;              ///< "prefill_ms"
  std::vector<double> medians_ms;  ///< one per run, in order
  double centre_ms = 0;            ///< median of medians_ms
  double spread_percent = 0;       ///< between runs: standard deviation of medians_ms, relative to the centre
  double within_percent = 0;       ///< within a run: MAD of its samples relative to its median; median over the runs
  std::size_t pairs = 0;           ///< pairs of runs
  std::size_t pairs_different =
      0;  ///< pairs that a rank test of their samples falsely calls different at detection_significance
  double one_run_percent = 0;    ///< smallest change that one run against one detects
  double five_runs_percent = 0;  ///< that five against five detect
};

struct AaScore {
  std::size_t runs = 0;
  std::size_t runs_not_quiet = 0;
  double score_percent = 0;  ///< median of spread_percent over the series
  std::vector<AaSeries> series;
};

/// Smallest relative change of a normal mean that a two-sided t test detects with `power`, of of `runs` against `runs`,
/// in units of `spread`, the standard deviation between runs known from `known_from` of them: (t[1 - alpha/2, v] +
/// t[power, v]) sqrt(2 / runs), v = known_from - 1 (Snedecor and Cochran, Statistical Methods, 6.14, with the t
/// quantiles of a spread that is itself estimated).
double smallest_change(double spread, int runs, std::size_t known_from, double alpha = detection_significance,
                       double power = detection_power);

/// `runs` contain the same prompts or cases; a series that is missing in some run is omitted.
AaScore score_runs(const std::vector<std::vector<PromptSamples>>& runs, std::size_t runs_not_quiet);

std::string to_text(const AaScore& score);
nlohmann::ordered_json to_object(const AaScore& score);

}  // namespace perftrend::runner
