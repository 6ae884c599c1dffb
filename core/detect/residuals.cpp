#include "core/detect/residuals.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "core/detect/noise.h"
#include "core/stats/median.h"

namespace perftrend::detect {

namespace {

constexpr double autocorrelation_max = 0.95;

/// Weight of the estimate from shorter blocks, in pairs of blocks.
constexpr double prior_pairs = 10;

/// Blocks overlap by half: about this many pairs carry the information of one independent pair.
constexpr double overlap = 1.5;

}  // namespace

Residuals Residuals::of_segment(std::span<const double> values, std::vector<double>& scratch) {
  Residuals r;
  const std::size_t n = values.size();
  if (n == 0) return r;
  scratch.assign(values.begin(), values.end());
  const double middle = stats::select_median(scratch);
  double mean = 0;
  for (const double value : values)
    mean += std::clamp(value - middle, -clip_reach, clip_reach);
  mean /= static_cast<double>(n);
  std::vector<double>& sums = scratch;
  sums.resize(n + 1);
  sums[0] = 0;
  double before = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double residual = std::clamp(values[i] - middle, -clip_reach, clip_reach) - mean;
    r.lag_products_ += residual * before;
    r.squares_ += residual * residual;
    before = residual;
    sums[i + 1] = sums[i] + residual;
  }
  r.count_ = static_cast<double>(n);
  r.segments_ = 1;
  for (std::size_t scale = 0; scale < block_scales; ++scale) {
    const std::size_t length = std::size_t{2} << scale;
    for (std::size_t at = 0; at + 2 * length <= n; at += length / 2) {
      const double difference =
          (sums[at + 2 * length] - 2 * sums[at + length] + sums[at]) / static_cast<double>(length);
      r.half_squares_[scale] += difference * difference / 2;
      r.pairs_[scale] += 1;
    }
  }
  return r;
}

Residuals& Residuals::operator+=(const Residuals& other) {
  squares_ += other.squares_;
  lag_products_ += other.lag_products_;
  count_ += other.count_;
  segments_ += other.segments_;
  for (std::size_t s = 0; s < block_scales; ++s) {
    pairs_[s] += other.pairs_[s];
    half_squares_[s] += other.half_squares_[s];
  }
  return *this;
}

Residuals Residuals::scaled_to(double points) const {
  const double factor = points / count_;
  Residuals scaled = *this;
  for (double* sum : {&scaled.squares_, &scaled.lag_products_, &scaled.count_, &scaled.segments_})
    *sum *= factor;
  for (std::size_t s = 0; s < block_scales; ++s) {
    scaled.pairs_[s] *= factor;
    scaled.half_squares_[s] *= factor;
  }
  return scaled;
}

double Residuals::inflation(std::size_t points) const {
  const double variance = squares_ / std::max(count_ - segments_, 1.0);
  if (!(variance > 1e-20)) return 1;
  const double raw = lag_products_ / squares_;
  const double unbiased = raw + (1 + 3 * raw) * segments_ / count_;  // Marriott and Pope 1954, for each segment
  const double phi = std::clamp(unbiased - 1 / std::sqrt(count_), 0.0, autocorrelation_max);
  const double autoregressive = (1 + phi) / (1 - phi);
  double squared = autoregressive;
  for (std::size_t s = 0; s < block_scales; ++s) {
    const std::size_t block = std::size_t{2} << s;
    if (s > 0 && block > points) break;
    const auto length = static_cast<double>(block);
    const double seen = half_squares_[s] * length / variance / overlap;
    squared = std::max((prior_pairs * squared + seen) / (prior_pairs + pairs_[s] / overlap), autoregressive);
  }
  return std::sqrt(squared);
}

}  // namespace perftrend::detect
