#pragma once
// Values of the points module: what a point says and where it lies.

#include <cmath>
#include <cstdint>
#include <span>
#include <tuple>

#include "core/model.h"

namespace perftrend::points {

/// The numbers of one point, in the unit of its series.
struct PointValue {
  double median = 0;   ///< of the samples
  double minimum = 0;  ///< not stored where there is one sample: it is the median then
  double mad = 0;      ///< median absolute deviation
  std::int64_t samples = 1;
  friend bool operator==(const PointValue&, const PointValue&) = default;
};

/// Multiplies. Divides instead where the inverse of `factor` is a whole number: 10.5 ms are 0.0105 s, without the
/// rounding of 0.001.
inline double scaled(double value, double factor) {
  constexpr double rounding = 1e-12;
  const double divisor = std::round(1 / factor);
  return factor < 1 && std::abs(divisor * factor - 1) < rounding ? value / divisor : value * factor;
}
inline PointValue scaled(const PointValue& value, double factor) {
  return {scaled(value.median, factor), scaled(value.minimum, factor), scaled(value.mad, factor), value.samples};
}

/// A run's point in one series.
struct SeriesPoint {
  Id series = 0;
  PointValue value;
  friend bool operator==(const SeriesPoint&, const SeriesPoint&) = default;
};

/// A SeriesPoint with its samples, which it borrows.
struct SampledPoint {
  SeriesPoint point;
  std::span<const double> samples;  ///< in order of occurrence; only more than one are stored
};

/// The position of a point in its series: points are ordered by (at_us, run).
struct PointPlace {
  std::int64_t at_us = 0;
  Id run = 0;
  friend bool operator==(const PointPlace&, const PointPlace&) = default;
  friend auto operator<=>(const PointPlace&, const PointPlace&) = default;
};

/// A series' point of one run.
struct Point {
  std::int64_t at_us = 0;
  Id run = 0;
  PointValue value;
  friend bool operator==(const Point&, const Point&) = default;
};
inline bool is_before(const Point& a, const Point& b) {
  return std::tie(a.at_us, a.run) < std::tie(b.at_us, b.run);
}

}  // namespace perftrend::points
