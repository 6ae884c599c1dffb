#pragma once
// What a person is shown of a list of samples. The server computes its own from the samples themselves.

#include <cstddef>
#include <span>

namespace perftrend::runner {

struct SampleSummary {
  std::size_t count = 0;
  double median = 0;
  double mad = 0;  ///< median absolute deviation from the median, unscaled
  double min = 0;
  double max = 0;
};

/// Of finite samples; all 0 when there are none. The median of an even count is the mean of the two in the middle.
SampleSummary summarise(std::span<const double> samples);

}  // namespace perftrend::runner
