#pragma once
// How slowly the noise averages out. Means of correlated or wandering noise differ more than means of independent
// noise; what is left after the levels are taken away says by how much. Values are in noise units.

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace perftrend::detect {

/// Block lengths looked at: 2, 4, 8, … 64 values.
inline constexpr std::size_t block_scales = 6;

/// Sums over the residuals of one or of several segments; segments are added and taken away.
class Residuals {
 public:
  /// Of the segment `values` around its own level; O(length).
  static Residuals of_segment(std::span<const double> values, std::vector<double>& scratch);

  Residuals& operator+=(const Residuals& other);
  Residuals& operator-=(const Residuals& other);

  /// By which factor the standard error of a mean is larger than independent noise would make it, for each block
  /// length; each >= 1. Lag-1 autocorrelation (AR(1), less one standard error) is the first guess; block means that
  /// are there to be compared (Allan 1966) correct it, each length informing the next.
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
