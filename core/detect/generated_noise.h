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
