#pragma once
// Correlation of the noise, estimated from the residuals around the levels. Means of correlated or wandering noise
// differ more than means of independent noise. Values are in noise units.

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace perftrend::detect {

/// Number of block lengths: 2, 4, 8, … 64 values.
inline constexpr std::size_t block_scales = 6;

/// Sums over the residuals of segments. Segments can be added and subtracted.
class Residuals {
 public:
  /// Sums of the segment `values` around its own level; O(length). `scratch` is working memory.
  static Residuals of_segment(std::span<const double> values, std::vector<double>& scratch);

  Residuals& operator+=(const Residuals& other);
  Residuals& operator-=(const Residuals& other);

  /// For each block length, the factor by which the standard error of a mean is larger than with independent noise;
  /// each
  /// >= 1. The first estimate is AR(1) with the lag-1 autocorrelation less one standard error. Variances of block means
  /// (Allan 1966) correct it, and each length starts from the estimate of the shorter one.
  std::array<double, block_scales> inflation() const;

  double squares() const { return squares_; }

 private:
  double squares_ = 0;
  double lag_products_ = 0;
  double count_ = 0;
  double segments_ = 0;
  std::array<double, block_scales> pairs_{};         ///< of adjacent blocks
  std::array<double, block_scales> half_squares_{};  ///< of their differences
};

/// The factor for a mean over `points` values.
double inflation_at(const std::array<double, block_scales>& inflation, std::size_t points);

}  // namespace perftrend::detect
