// Benchmark of change-point detection on generated noise of many kinds: `detect_regimes [series per cell] [seed]`. The
// same seed prints the same table.
//
//   alarms   false change points per 1,000 points, in series without a change of 300 and of 1,000 points (fewer is
//   better) recall   share of steps of 0.5, 1, 2 and 4 times the noise in 200 points that are found within 5 points of
//   the step early    share of steps of 2 and 4 times the noise that are found when 5 and when 3 points follow the step
//
// The last lines are the time per series of 100 to 50,000 points.

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "core/detect/change_points.h"

namespace {

using Random = std::mt19937_64;
using perftrend::detect::find_change_points;

enum class Regime {
  gauss,
  laplace,
  student3,
  lognormal,
  spikes1,
  spikes5,
  bimodal,
  ticks,
  coarse_ticks,
  variance,
  ar3,
  ar6,
  ar9,
  wander,
  cycle,
  drift,
};

constexpr std::array names{"gauss",   "laplace", "student3",     "lognormal", "spikes1", "spikes5",
                           "bimodal", "ticks",   "coarse_ticks", "variance",  "ar3",     "ar6",
                           "ar9",     "wander",  "cycle",        "drift"};

double autocorrelation_of(Regime regime) {
  if (regime == Regime::ar3) return 0.3;
  if (regime == Regime::ar6) return 0.6;
  return regime == Regime::ar9 ? 0.9 : 0.0;
}

/// One value of independent noise whose bulk has a standard deviation near 1.
double independent(Regime regime, Random& random) {
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  switch (regime) {
    case Regime::laplace:
      return (uniform(random) < 0.5 ? -1 : 1) * std::exponential_distribution<double>(std::sqrt(2.0))(random);
    case Regime::student3:
      return std::student_t_distribution<double>(3)(random) / 1.2;
    case Regime::lognormal:
      return std::exp(0.6 * normal(random)) / 0.75;
    case Regime::bimodal:
      return 0.4 * normal(random) + (uniform(random) < 0.3 ? 2.0 : 0.0);
    default:
      return normal(random);
  }
}

std::vector<double> noise(Regime regime, std::size_t n, Random& random) {
  std::vector<double> values(n);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  const double phi = autocorrelation_of(regime);
  double ar = normal(random);
  double walk = 0;
  const double phase = uniform(random);
  for (std::size_t i = 0; i < n; ++i) {
    ar = phi * ar + std::sqrt(1 - phi * phi) * normal(random);
    walk += 0.15 * normal(random);
    values[i] = phi > 0 ? ar : independent(regime, random);
    if (regime == Regime::wander) values[i] += walk;
    if (regime == Regime::cycle) values[i] += 1.5 * std::sin(6.283185 * (phase + static_cast<double>(i) / 7));
    if (regime == Regime::drift) values[i] += 6 * static_cast<double>(i) / static_cast<double>(n);
    if (regime == Regime::variance && i > n / 2) values[i] *= 3;
    if (regime == Regime::ticks) values[i] = std::round(values[i]);
    if (regime == Regime::coarse_ticks) values[i] = 3 * std::round(values[i] / 3);
  }
  return values;
}

/// Noise around a level of 30; some regimes add spikes of ten times the level.
std::vector<double> series(Regime regime, std::size_t n, std::size_t step_at, double step, Random& random) {
  std::vector<double> values = noise(regime, n, random);
  const double share = regime == Regime::spikes1 ? 0.01 : regime == Regime::spikes5 ? 0.05 : 0.0;
  std::uniform_real_distribution<double> uniform;
  for (std::size_t i = 0; i < n; ++i) {
    values[i] += 30 + (i >= step_at ? step : 0.0);
    if (uniform(random) < share) values[i] *= 10;
  }
  return values;
}

double false_alarms(Regime regime, std::size_t n, int count, Random& random) {
  std::size_t found = 0;
  for (int i = 0; i < count; ++i)
    found += find_change_points(series(regime, n, n, 0, random)).size();
  return 1000.0 * static_cast<double>(found) / (static_cast<double>(n) * count);
}

double seen(Regime regime, double step, std::size_t at, std::size_t n, int count, Random& random) {
  int hits = 0;
  for (int i = 0; i < count; ++i) {
    const std::vector<std::size_t> found = find_change_points(series(regime, n, at, i % 2 == 0 ? step : -step, random));
    hits += std::any_of(found.begin(), found.end(), [&](std::size_t c) { return c + 5 >= at && c <= at + 5; }) ? 1 : 0;
  }
  return static_cast<double>(hits) / count;
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::stoi(argv[1]) : 100;
  const unsigned long long seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  std::printf("%-13s %15s   %23s   %11s\n", "regime", "alarms 300 1000", "recall 0.5    1    2    4", "early 2   4");
  for (std::size_t r = 0; r < names.size(); ++r) {
    Random random(seed * 1000 + r);
    const auto regime = static_cast<Regime>(r);
    std::printf("%-13s %9.2f %5.2f  ", names[r], false_alarms(regime, 300, count * 3, random),
                false_alarms(regime, 1000, count, random));
    for (const double step : {0.5, 1.0, 2.0, 4.0})
      std::printf("  %.2f", seen(regime, step, 60 + r * 5, 200, count, random));
    std::printf("      %.2f  %.2f\n", seen(regime, 2, 100, 105, count, random),
                seen(regime, 4, 100, 103, count, random));
  }
  for (const std::size_t n : {100U, 1000U, 5000U, 50000U}) {
    Random random(seed);
    std::vector<double> values = series(Regime::gauss, n, n / 3, 3, random);
    double best = 1e9;
    for (int i = 0; i < 20; ++i) {
      const auto start = std::chrono::steady_clock::now();
      const std::size_t found = find_change_points(values).size();
      const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
      if (found > n) return 1;
      best = std::min(best, took.count());
    }
    std::printf("%6zu points: %.3f ms\n", n, best);
  }
  return 0;
}
