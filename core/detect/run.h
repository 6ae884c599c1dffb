#pragma once
// Judgement of one run over all its series: which flags are expected by chance, and whether there is a common shift.
// Pure functions; any thread.

#include <cstddef>
#include <span>
#include <vector>

#include "core/detect/verdict.h"

namespace perftrend::detect {

/// Expected share of false flags among the flags of a run.
inline constexpr double false_discovery_rate = 0.05;

/// Common shift: at least this many judged series, and at least this share of them flagged in one direction.
inline constexpr std::size_t common_shift_series_min = 8;
inline constexpr double common_shift_share_min = 0.5;

/// One flag per p-value, in order: whether it stays significant when the false discovery rate is limited to `rate` over
/// all of them (Benjamini and Hochberg 1995). Valid for independent and for positively dependent series, such as those
/// of one machine.
std::vector<bool> discoveries(std::span<const double> p_values, double rate = false_discovery_rate);

/// The part of the judgement of one series that judge_run requires. A run may have hundreds of thousands of series.
struct JudgedInRun {
  double p_value = 1;
  double effect = 0;
  Verdict verdict = Verdict::too_few;
  Rule rule = Rule::too_few_points;
  JudgedInRun() = default;
  JudgedInRun(const Judgement& judgement)
      : p_value(judgement.p_value), effect(judgement.effect), verdict(judgement.verdict), rule(judgement.rule) {}
};

/// Findings of a run. Indices are those of the given judgements.
struct RunFindings {
  std::vector<std::size_t> regressed;  ///< flagged and significant among all series
  std::vector<std::size_t> improved;
  std::vector<std::size_t> environment;         ///< the step coincides with another environment
  std::vector<std::size_t> expected_by_chance;  ///< flagged alone, but expected by chance among this many series
  std::size_t judged = 0;                       ///< series with a verdict: neither suspect nor too_few
  bool common_shift = false;                    ///< one finding instead of all of the above
  bool common_shift_worse = false;              ///< its direction
  double common_shift_effect = 0;               ///< median relative effect over the series that moved in its direction
};

/// False for points without a verdict (suspect, too_few), which the run ignores.
bool is_judged(const JudgedInRun& judgement);

/// `judgements`: one per series of the run. A level shift rests on several runs and not on the p-value of one point, so
/// it always stays. The lists are also filled when there is a common shift.
RunFindings judge_run(std::span<const JudgedInRun> judgements);

}  // namespace perftrend::detect
