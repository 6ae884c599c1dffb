#pragma once
// The A/A noise score: the same scenario against itself. What differs between such runs is noise, and a change smaller
// than it cannot be seen here. Pure; the runs are made by doctor_command.

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <vector>

#include "runner/measure/performance.h"

namespace perftrend::runner {

/// Of the smallest change that is stated: two-sided significance, and the share of cases in which it is seen.
inline constexpr double seen_significance = 0.05;
inline constexpr double seen_power = 0.8;

/// Runs of which a spread can be told at all.
inline constexpr int aa_runs_min = 3;
inline constexpr int aa_runs_max = 1000;
/// Where nobody says how many: as few as give a spread that is more than a guess.
inline constexpr int aa_runs_default = 5;

struct AaSeries {
  std::string subject;              ///< "Prompt 0", or a program's case
  std::string measure;              ///< "prefill_ms"
  std::vector<double> medians_ms;   ///< of each run, in order
  double centre_ms = 0;             ///< median of them
  double spread_percent = 0;        ///< between runs: their standard deviation, of the centre
  double within_percent = 0;        ///< within a run: MAD of its samples, of its median; the median over runs
  std::size_t pairs = 0;            ///< of runs
  std::size_t pairs_different = 0;  ///< in which a rank test of their samples says so at seen_significance, wrongly
  double one_run_percent = 0;       ///< smallest change seen by one run against one
  double five_runs_percent = 0;     ///< by five against five
};

struct AaScore {
  std::size_t runs = 0;
  std::size_t runs_not_quiet = 0;
  double score_percent = 0;  ///< median of spread_percent over the series
  std::vector<AaSeries> series;
};

/// Smallest relative change of a normal mean seen with `power` by a two-sided t test of `runs` against `runs`, in units
/// of `spread`, the standard deviation between runs known from `known_from` of them:
/// (t[1 - alpha/2, v] + t[power, v]) sqrt(2 / runs), v = known_from - 1 (Snedecor and Cochran, Statistical Methods,
/// 6.14, with the t quantiles of a spread that is itself estimated).
double smallest_change(double spread, int runs, std::size_t known_from, double alpha = seen_significance,
                       double power = seen_power);

/// `runs` hold the same prompts or cases; a series that some run does not have is left out.
AaScore score_runs(const std::vector<std::vector<PromptSamples>>& runs, std::size_t runs_not_quiet);

std::string to_text(const AaScore& score);
nlohmann::ordered_json to_object(const AaScore& score);

}  // namespace perftrend::runner
