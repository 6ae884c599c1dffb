#pragma once
// RunJudgement the series of one run: how many of tonight's flags can be chance, and whether everything moved at once.
// Pure functions; any thread.

#include <cstddef>
#include <span>
#include <vector>

#include "core/detect/verdict.h"

namespace perftrend::detect {

/// Expected share of false flags among a run's flags.
inline constexpr double false_discovery_rate = 0.05;

/// Everything moved: at least so many judged series, of which at least this share flagged in one direction.
inline constexpr std::size_t moved_series_min = 8;
inline constexpr double moved_share_min = 0.5;

/// Which of `p_values` stay significant when false_discovery_rate is held over all of them (Benjamini and Hochberg
/// 1995): one flag for each, in order. Holds for independent and for positively dependent series, which those of one
/// machine are.
std::vector<bool> discoveries(std::span<const double> p_values, double rate = false_discovery_rate);

/// What a run as a whole wants to know of the judgement of one of its series: there may be hundreds of thousands.
struct JudgedInRun {
  double p_value = 1;
  double effect = 0;
  Verdict verdict = Verdict::too_few;
  Rule rule = Rule::too_few_points;
  JudgedInRun() = default;
  JudgedInRun(const Judgement& judgement)
      : p_value(judgement.p_value), effect(judgement.effect), verdict(judgement.verdict), rule(judgement.rule) {}
};

/// A run as a whole. Indices are those of the judgements handed in.
struct RunFindings {
  std::vector<std::size_t> regressed;  ///< flagged, and still significant among all
  std::vector<std::size_t> improved;
  std::vector<std::size_t> chance;  ///< flagged by itself, but no more than so many series throw up by chance
  std::size_t judged = 0;           ///< series with a verdict: neither suspect nor too_few
  bool everything_moved = false;    ///< one finding ("the environment moved") in place of all of the above
  bool moved_worse = false;         ///< its direction
  double moved_effect = 0;          ///< median relative effect over the series that moved along
};

/// False for points that got no verdict, suspect and too_few: they count for nothing in a run.
bool is_judged(const JudgedInRun& judgement);

/// `judgements`: one of each series of the run. A level shift rests on several nights and is no matter of tonight's
/// p-value: it always stays. In everything_moved the lists are filled all the same, for whoever asks which.
RunFindings judge_run(std::span<const JudgedInRun> judgements);

}  // namespace perftrend::detect
