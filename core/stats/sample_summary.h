#pragma once
// Summary of one list of finite samples, as reports show it, and the test whether there are enough samples. Pure
// functions; any thread.

#include <cstddef>
#include <optional>
#include <span>

namespace perftrend::stats {

struct SampleSummary {
  std::size_t count = 0;
  double median = 0;
  double mad = 0;  ///< median absolute deviation from the median, unscaled
  double min = 0;
  double max = 0;
  double p95 = 0;  ///< 95th percentile, nearest rank
};

/// All fields are 0 without samples.
SampleSummary summarise(std::span<const double> samples);

/// median_interval covers the true median with at least this probability.
inline constexpr double median_confidence = 0.95;

struct Interval {
  double low = 0;
  double high = 0;
  [[nodiscard]] double width() const { return high - low; }
};

/// Confidence interval of the median from order statistics, for any distribution: the l-th smallest and the l-th
/// largest sample, with l as large as the binomial distribution allows (Conover, Practical Nonparametric Statistics,
/// 3.2). Fewer than six samples have no such interval.
std::optional<Interval> median_interval(std::span<const double> samples);

/// True when the interval of the median is at most `precision` (a share, > 0) of the median wide, or at most two ticks
/// of the clock wide. False without an interval.
bool is_narrow(std::span<const double> samples, double precision, double tick);

}  // namespace perftrend::stats
