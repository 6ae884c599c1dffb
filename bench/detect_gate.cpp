// Benchmark of the gate on generated noise: `detect_gate [series per cell] [seed]`
//
//   flagged    single points flagged per 1,000 points without a change (fewer is better)
//   confirmed  false confirmed episodes per 1,000 points without a change (fewer is better)
//   steps      for steps of 2, 4 and 8 times the noise after 40 points, the share that is flagged by the first point
//   (1),
//              flagged by one of the first three (3), and confirmed within six (c6)
//
// The last line compares the time for 5,000 and for 10,000 points: a ratio near 2 means linear cost.

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "core/detect/history.h"

namespace {

using Random = std::mt19937_64;
using namespace perftrend;

constexpr std::array names{"gauss", "laplace", "student3", "lognormal", "spikes5", "bimodal", "ticks", "ar6"};
constexpr double level = 30;

double noise(std::size_t regime, double& ar, Random& random) {
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  ar = 0.6 * ar + 0.8 * normal(random);
  switch (regime) {
    case 1:
      return (uniform(random) < 0.5 ? -1 : 1) * std::exponential_distribution<double>(std::sqrt(2.0))(random);
    case 2:
      return std::student_t_distribution<double>(3)(random) / 1.2;
    case 3:
      return std::exp(0.6 * normal(random)) / 0.75;
    case 4:
      return uniform(random) < 0.05 ? 9 * level : normal(random);
    case 5:
      return 0.4 * normal(random) + (uniform(random) < 0.3 ? 2.0 : 0.0);
    case 6:
      return std::round(normal(random));
    case 7:
      return ar;
    default:
      return normal(random);
  }
}

std::vector<detect::Observation> series(std::size_t regime, std::size_t n, std::size_t at, double step,
                                        Random& random) {
  std::vector<detect::Observation> points(n);
  double ar = 0;
  for (std::size_t i = 0; i < n; ++i)
    points[i].value = level + noise(regime, ar, random) + (i >= at ? step : 0.0);
  return points;
}

void quiet(std::size_t regime, int count, Random& random) {
  double flagged = 0;
  double confirmed = 0;
  double judged = 0;
  for (int i = 0; i < count; ++i) {
    const detect::History h = detect::judge_history(series(regime, 200, 200, 0, random), {});
    for (const detect::Judgement& j : h.points) {
      judged += j.verdict != Verdict::too_few ? 1 : 0;
      flagged += j.verdict == Verdict::regressed || j.verdict == Verdict::improved ? 1 : 0;
    }
    confirmed += static_cast<double>(std::count_if(h.episodes.begin(), h.episodes.end(), [](const detect::Episode& e) {
      return e.state == FindingState::confirmed || e.state == FindingState::fixed;
    }));
  }
  std::printf("%-10s %7.2f %9.2f  ", names[regime], 1000 * flagged / judged, 1000 * confirmed / judged);
}

void steps(std::size_t regime, double step, int count, Random& random) {
  int at_once = 0;
  int within_three = 0;
  int confirmed = 0;
  for (int i = 0; i < count; ++i) {
    const detect::History h = detect::judge_history(series(regime, 46, 40, step, random), {});
    const auto flagged = [&](std::size_t k) { return h.points[k].verdict == Verdict::regressed; };
    at_once += flagged(40) ? 1 : 0;
    within_three += flagged(40) || flagged(41) || flagged(42) ? 1 : 0;
    confirmed += std::any_of(h.episodes.begin(), h.episodes.end(), [](const detect::Episode& e) {
      return e.worse && e.state == FindingState::confirmed && e.first >= 37 && e.first <= 43;
    });
  }
  std::printf("   %.2f %.2f %.2f", static_cast<double>(at_once) / count, static_cast<double>(within_three) / count,
              static_cast<double>(confirmed) / count);
}

double best_ms(const std::vector<detect::Observation>& points) {
  double best = 1e9;
  for (int i = 0; i < 10; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const std::size_t judged = detect::judge_history(points, {}).points.size();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    if (judged == points.size()) best = std::min(best, took.count());
  }
  return best;
}

/// Cost of one more point: judges the whole series and its first half.
void appended_points(unsigned long long seed) {
  constexpr std::size_t half = 5000;
  Random random(seed);
  const std::vector<detect::Observation> whole = series(0, 2 * half, half, 5, random);
  const std::vector<detect::Observation> first(whole.begin(), whole.begin() + half);
  const double whole_ms = best_ms(whole);
  const double first_ms = best_ms(first);
  std::printf(
      "judge_history: %zu points %.2f ms, %zu points %.2f ms: ratio %.2f (linear: 2), %.2f us per further point\n",
      half, first_ms, 2 * half, whole_ms, whole_ms / first_ms,
      1000 * (whole_ms - first_ms) / static_cast<double>(half));
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::stoi(argv[1]) : 200;
  const unsigned long long seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  std::printf("%-10s %7s %9s     %14s   %14s   %14s\n", "noise", "flagged", "confirmed", "step 2:  1  3 c6",
              "4:  1  3  c6", "8:  1  3  c6");
  for (std::size_t regime = 0; regime < names.size(); ++regime) {
    Random random(seed * 1000 + regime);
    quiet(regime, count, random);
    for (const double step : {2.0, 4.0, 8.0})
      steps(regime, step, count, random);
    std::printf("\n");
  }
  appended_points(seed);
  return 0;
}
