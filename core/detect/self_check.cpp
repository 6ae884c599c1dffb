#include "core/detect/self_check.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "core/detect/change_points.h"
#include "core/detect/history.h"
#include "core/detect/levels.h"
#include "core/stats/median.h"

namespace perftrend::detect {

namespace {

std::vector<Observation> draw(std::span<const double> noise, std::size_t points, std::mt19937_64& random) {
  std::vector<Observation> drawn;
  drawn.reserve(points + block_points);
  const std::size_t block = std::min(block_points, noise.size());
  // std::uniform_int_distribution gives other numbers in other standard libraries.
  const auto starts = static_cast<std::uint64_t>(noise.size() - block + 1);
  while (drawn.size() < points) {
    const auto start = static_cast<std::size_t>(random() % starts);
    for (std::size_t i = 0; i < block; ++i)
      drawn.emplace_back().value = noise[start + i];
  }
  drawn.resize(points);
  return drawn;
}

SelfCheck::Step find_step(std::span<const Observation> points, const Policy& policy) {
  SelfCheck::Step step;
  for (const Episode& episode : judge_history(points, policy).episodes) {
    const bool here = episode.worse && episode.recognised_at >= step_before_points &&
                      episode.last >= step_before_points && episode.state == FindingState::confirmed;
    if (!here || step.found) continue;
    step.found = true;
    step.detection_delay_points = episode.recognised_at - step_before_points;
  }
  return step;
}

}  // namespace

std::vector<double> own_noise(std::span<const double> values) {
  std::vector<double> noise(values.begin(), values.end());
  if (noise.empty()) return noise;
  const std::vector<std::size_t> change_points = find_change_points(values);
  const std::vector<double> levels = levels_between(values, change_points);
  std::vector<double> sorted = noise;
  const double middle = stats::select_median(sorted);
  std::size_t segment = 0;
  for (std::size_t i = 0; i < noise.size(); ++i) {
    while (segment < change_points.size() && change_points[segment] <= i)
      ++segment;
    noise[i] += middle - levels[segment];
  }
  return noise;
}

SelfCheck check_on_own_noise(std::span<const double> noise, const Policy& policy, std::uint64_t seed) {
  SelfCheck test;
  std::mt19937_64 random(seed);
  const History history = judge_history(draw(noise, aa_points, random), policy);
  for (const Judgement& point : history.points) {
    if (point.verdict == Verdict::too_few) continue;
    ++test.judged;
    if (point.verdict != Verdict::ok) ++test.flagged;
  }
  for (const Episode& episode : history.episodes) {
    if (episode.state == FindingState::confirmed || episode.state == FindingState::fixed) ++test.confirmed;
  }
  std::vector<double> sorted(noise.begin(), noise.end());
  const double level = std::abs(stats::select_median(sorted));
  const double worse = policy.better == Better::lower ? 1 : -1;
  for (std::size_t s = 0; s < step_sizes.size(); ++s) {
    std::vector<Observation> points = draw(noise, step_before_points + step_after_points, random);
    for (std::size_t i = step_before_points; i < points.size(); ++i)
      points[i].value += worse * step_sizes.at(s) * level;
    test.steps.at(s) = find_step(points, policy);
  }
  return test;
}

}  // namespace perftrend::detect
