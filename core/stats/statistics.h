#pragma once
// What a person is shown of a list of samples, and when there are enough of them. The server computes its own from the
// samples themselves.

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
  double p95 = 0;  ///< 95th percentile: the smallest sample that at least 95 % do not exceed
};

/// Of finite samples; all 0 when there are none. The median of an even count is the mean of the two in the middle.
SampleSummary summarise(std::span<const double> samples);

/// Coverage of median_interval at least.
inline constexpr double median_confidence = 0.95;

struct Interval {
  double low = 0;
  double high = 0;
  [[nodiscard]] double width() const { return high - low; }
};

/// Confidence interval of the median from order statistics, whatever the distribution: the l-th smallest and l-th
/// largest sample, l as large as the binomial distribution allows (Conover, Practical Nonparametric Statistics, 3.2).
/// Five samples and fewer cannot give one.
std::optional<Interval> median_interval(std::span<const double> samples);

/// Whether the interval is at most `precision` (a share, > 0) of the median wide or, where a clock ticks so coarsely
/// that this cannot be, at most two ticks. Without an interval it is not.
bool is_narrow(std::span<const double> samples, double precision, double tick);

}  // namespace perftrend::stats
