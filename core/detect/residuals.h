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

/// Sums over the residuals of segments. Segments can be added.
class Residuals {
 public:
  /// Sums of the segment `values` around its own level; O(length). `scratch` is working memory.
  static Residuals of_segment(std::span<const double> values, std::vector<double>& scratch);

  Residuals& operator+=(const Residuals& other);
  /// The same noise as `points` values would show it. Not for empty sums.
  [[nodiscard]] Residuals scaled_to(double points) const;

  /// Factor by which the standard error of a mean over `points` values is larger than with independent noise; >= 1. The
  /// first estimate is AR(1) with the lag-1 autocorrelation less one standard error. Variances of block means (Allan
  /// 1966) correct it, from blocks of 2 values to blocks of `points` values.
  [[nodiscard]] double inflation(std::size_t points) const;

  double squares() const { return squares_; }

 private:
  double squares_ = 0;
  double lag_products_ = 0;
  double count_ = 0;
  double segments_ = 0;
  std::array<double, block_scales> pairs_{};         ///< of adjacent blocks
  std::array<double, block_scales> half_squares_{};  ///< of their differences
};

}  // namespace perftrend::detect
