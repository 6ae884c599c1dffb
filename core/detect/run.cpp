#include "core/detect/run.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include "core/stats/median.h"

namespace perftrend::detect {

namespace {

bool flagged(const JudgedInRun& j) {
  return j.verdict == Verdict::regressed || j.verdict == Verdict::improved;
}

void find_common_shift(std::span<const JudgedInRun> judgements, RunFindings& findings) {
  if (findings.judged < common_shift_series_min) return;
  std::vector<double> worse;
  std::vector<double> better;
  for (const JudgedInRun& j : judgements) {
    if (j.verdict == Verdict::regressed) worse.push_back(j.effect);
    if (j.verdict == Verdict::improved) better.push_back(j.effect);
  }
  std::vector<double>& most = worse.size() >= better.size() ? worse : better;
  if (static_cast<double>(most.size()) < common_shift_share_min * static_cast<double>(findings.judged)) return;
  findings.common_shift = true;
  findings.common_shift_worse = &most == &worse;
  findings.common_shift_effect = stats::select_median(most);
}

}  // namespace

bool is_judged(const JudgedInRun& judgement) {
  return judgement.verdict != Verdict::suspect && judgement.verdict != Verdict::too_few;
}

std::vector<bool> discoveries(std::span<const double> p_values, double rate) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  const auto count = static_cast<double>(p_values.size());
  std::size_t last = 0;  // one past the last rank that holds; all before it hold too
  for (std::size_t rank = 1; rank <= order.size(); ++rank) {
    if (p_values[order[rank - 1]] <= rate * static_cast<double>(rank) / count) last = rank;
  }
  std::vector<bool> found(p_values.size(), false);
  for (std::size_t rank = 0; rank < last; ++rank)
    found[order[rank]] = true;
  return found;
}

RunFindings judge_run(std::span<const JudgedInRun> judgements) {
  RunFindings findings;
  std::vector<std::size_t> candidates;
  std::vector<double> p_values;
  for (std::size_t i = 0; i < judgements.size(); ++i) {
    if (!is_judged(judgements[i])) continue;
    candidates.push_back(i);
    p_values.push_back(judgements[i].p_value);
  }
  findings.judged = candidates.size();
  const std::vector<bool> significant = discoveries(p_values);
  for (std::size_t k = 0; k < candidates.size(); ++k) {
    const JudgedInRun& j = judgements[candidates[k]];
    if (!flagged(j) && j.rule != Rule::environment_changed) continue;
    if (!significant[k] && j.rule != Rule::level_shift) {
      findings.expected_by_chance.push_back(candidates[k]);
    } else if (j.rule == Rule::environment_changed) {
      findings.environment.push_back(candidates[k]);
    } else if (j.verdict == Verdict::regressed) {
      findings.regressed.push_back(candidates[k]);
    } else {
      findings.improved.push_back(candidates[k]);
    }
  }
  find_common_shift(judgements, findings);
  return findings;
}

}  // namespace perftrend::detect
