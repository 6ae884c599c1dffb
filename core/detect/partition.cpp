#include "core/detect/partition.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace perftrend::detect {

std::vector<std::size_t> cheapest_partition(std::span<const double> values, std::span<const std::size_t> proposed,
                                            double penalty) {
  std::vector<std::size_t> borders{0};
  borders.insert(borders.end(), proposed.begin(), proposed.end());
  borders.push_back(values.size());
  const std::size_t count = borders.size();
  std::vector<double> sums(count, 0.0);  // of the values before each border
  double sum = 0;
  for (std::size_t i = 0, b = 0; b < count; ++b) {
    for (; i < borders[b]; ++i)
      sum += values[i];
    sums[b] = sum;
  }
  // The squared error is the total minus sum^2 / length over the segments: minimising it maximises that gain.
  std::vector<double> best(count, 0.0);
  std::vector<std::size_t> previous(count, 0);
  std::vector<std::size_t> starts{0};
  std::vector<double> gains;
  for (std::size_t end = 1; end < count; ++end) {
    best[end] = -std::numeric_limits<double>::infinity();
    gains.clear();
    for (const std::size_t start : starts) {
      const double part = sums[end] - sums[start];
      gains.push_back(best[start] + part * part / static_cast<double>(borders[end] - borders[start]));
      if (gains.back() > best[end]) {
        best[end] = gains.back();
        previous[end] = start;
      }
    }
    best[end] -= penalty;
    // A start that loses by more than the penalty now can never win later (Killick et al. 2012).
    std::size_t kept = 0;
    for (std::size_t k = 0; k < starts.size(); ++k) {
      if (gains[k] >= best[end]) starts[kept++] = starts[k];
    }
    starts.resize(kept);
    starts.push_back(end);
  }
  std::vector<std::size_t> chosen;
  for (std::size_t at = previous[count - 1]; at != 0; at = previous[at])
    chosen.push_back(borders[at]);
  std::reverse(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace perftrend::detect
