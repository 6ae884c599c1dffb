#pragma once
// Series for tests: noise of several kinds around a level, with fixed seeds. Header of the tests alone.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "core/detect/verdict.h"

namespace perftrend::detect {

enum class NoiseKind { gauss, laplace, student3, lognormal, bimodal, ticks };

inline constexpr NoiseKind all_noise_kinds[] = {NoiseKind::gauss,     NoiseKind::laplace, NoiseKind::student3,
                                                NoiseKind::lognormal, NoiseKind::bimodal, NoiseKind::ticks};

/// Independent noise whose bulk has a standard deviation near 1.
inline std::vector<double> generated_noise(NoiseKind kind, std::size_t points, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  std::vector<double> values(points);
  for (double& value : values) {
    const double bulk = normal(random);
    const double share = uniform(random);
    switch (kind) {
      case NoiseKind::gauss:
        value = bulk;
        break;
      case NoiseKind::laplace:
        value = (bulk < 0 ? 1 : -1) * std::log(1 - share) / std::sqrt(2.0);
        break;
      case NoiseKind::student3:
        value = std::student_t_distribution<double>(3)(random) / 1.2;
        break;
      case NoiseKind::lognormal:
        value = std::exp(0.6 * bulk) / 0.75;
        break;
      case NoiseKind::bimodal:
        value = 0.4 * bulk + (share < 0.3 ? 2 : 0);
        break;
      case NoiseKind::ticks:
        value = std::round(bulk);
        break;
    }
  }
  return values;
}

/// Two modes that stay for a while: `gap` apart in noise of standard deviation 1. Each stays for `mean_stay` points on
/// average. From `shift_at` on the low mode is `low_shift` higher and the high one `high_shift`.
struct TwoModes {
  double gap = 6;
  double mean_stay = 10;
  std::size_t shift_at = 0;
  double low_shift = 0;
  double high_shift = 0;
};

/// The modes around a level of 100.
inline std::vector<double> two_mode_series(const TwoModes& modes, std::size_t points, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform;
  std::vector<double> values = generated_noise(NoiseKind::gauss, points, seed + 1'000'000);
  bool high = uniform(random) < 0.5;
  for (std::size_t i = 0; i < points; ++i) {
    if (uniform(random) < 1 / modes.mean_stay) high = !high;
    values[i] += 100 + (high ? modes.gap : 0);
    if (i >= modes.shift_at) values[i] += high ? modes.high_shift : modes.low_shift;
  }
  return values;
}

/// A level that begins at `at` and is `step` away from the one before it.
struct DrawnLevel {
  std::size_t at = 0;
  double step = 0;
};

/// Levels of half to one and a half `mean_points`, drawn with standard deviation `spread` around 100, in noise of
/// standard deviation 1. `levels` receives all but the first.
inline std::vector<double> staircase(double spread, double mean_points, std::size_t points, std::uint64_t seed,
                                     std::vector<DrawnLevel>& levels) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  std::vector<double> values = generated_noise(NoiseKind::gauss, points, seed + 1'000'000);
  levels.clear();
  double level = spread * normal(random);
  for (std::size_t i = 0, end = 0; i < points; ++i) {
    if (i == end) {
      const double next = spread * normal(random);
      if (i > 0) levels.push_back({i, std::abs(next - level)});
      level = next;
      end += static_cast<std::size_t>(mean_points * (0.5 + uniform(random)));
    }
    values[i] += 100 + level;
  }
  return values;
}

/// `level` with noise of 1 % of 100 around it: the bread and butter of a nightly series.
inline std::vector<double> quiet_series(std::size_t points, double level, std::uint64_t seed) {
  std::vector<double> values = generated_noise(NoiseKind::gauss, points, seed);
  for (double& value : values)
    value += level;
  return values;
}

inline std::vector<Observation> observations(std::span<const double> values) {
  std::vector<Observation> points(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    points[i].value = values[i];
  return points;
}

}  // namespace perftrend::detect
