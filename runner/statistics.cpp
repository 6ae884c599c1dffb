#include "runner/statistics.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace perftrend::runner {
namespace {

double median_of_sorted(std::span<const double> sorted) {
  const std::size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

}  // namespace

SampleSummary summarise(std::span<const double> samples) {
  if (samples.empty()) return {};
  std::vector<double> values(samples.begin(), samples.end());
  std::sort(values.begin(), values.end());
  SampleSummary summary{values.size(), median_of_sorted(values), 0, values.front(), values.back()};
  for (double& value : values)
    value = std::abs(value - summary.median);
  std::sort(values.begin(), values.end());
  summary.mad = median_of_sorted(values);
  return summary;
}

}  // namespace perftrend::runner
