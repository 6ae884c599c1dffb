#include "core/detect/candidates.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace perftrend::detect {

namespace {

/// Points that distinguish a level from a spike: half of the running median's window, and the shortest side of a split.
constexpr std::size_t side_min = 3;

/// Shortest seeded interval: three points on each side and a choice of splits.
constexpr std::size_t interval_min = 8;

/// Splits tested in a long interval, before every split near the best one is tested.
constexpr std::size_t coarse_splits = 32;

void order(double& low, double& high) {
  const double smaller = std::min(low, high);
  high = std::max(low, high);
  low = smaller;
}

/// The fourth of seven by a selection network (Devillard 1998 gives the same 13 exchanges).
double median_of_seven(const double* v) {
  double a = v[0];
  double b = v[1];
  double c = v[2];
  double d = v[3];
  double e = v[4];
  double f = v[5];
  double g = v[6];
  order(a, f);
  order(a, d);
  order(b, g);
  order(c, e);
  order(a, b);
  order(d, f);
  order(c, g);
  order(c, d);
  order(d, g);
  order(e, f);
  order(b, e);
  order(b, d);
  order(d, e);
  return d;
}

double median_near_end(std::span<const double> values, std::size_t at) {
  std::array<double, 2 * side_min + 1> window{};
  const std::size_t from = at > side_min ? at - side_min : 0;
  const std::size_t to = std::min(values.size(), at + side_min + 1);
  std::copy(values.begin() + static_cast<std::ptrdiff_t>(from), values.begin() + static_cast<std::ptrdiff_t>(to),
            window.begin());
  const std::size_t n = to - from;
  for (std::size_t sorted = 1; sorted < n; ++sorted) {
    for (std::size_t k = sorted; k > 0; --k)
      order(window[k - 1], window[k]);
  }
  return n % 2 == 1 ? window[n / 2] : window[n / 2] / 2 + window[n / 2 - 1] / 2;
}

struct Split {
  std::size_t at = 0;
  double gain = 0;  ///< squared distance of the means in units of the noise
};

/// Best split in [from, to] in steps of `step`. `sums` are prefix sums; the interval is [left, right).
Split best_split(std::span<const double> sums, std::size_t left, std::size_t right, std::size_t from, std::size_t to,
                 std::size_t step) {
  const double total = sums[right] - sums[left];
  const auto length = static_cast<double>(right - left);
  Split best;
  for (std::size_t at = from; at <= to; at += step) {
    const auto a = static_cast<double>(at - left);
    const double excess = sums[at] - sums[left] - total * a / length;
    const double gain = excess * excess * length / (a * (length - a));
    if (gain > best.gain) best = {at, gain};
  }
  return best;
}

Split best_split_of_interval(std::span<const double> sums, std::size_t left, std::size_t right) {
  const std::size_t from = left + side_min;
  const std::size_t to = right - side_min;
  const std::size_t step = std::max<std::size_t>(1, (right - left) / coarse_splits);
  const Split coarse = best_split(sums, left, right, from, to, step);
  if (step == 1 || coarse.at == 0) return coarse;
  return best_split(sums, left, right, std::max(from, coarse.at - std::min(coarse.at, step)),
                    std::min(to, coarse.at + step), 1);
}

}  // namespace

std::vector<double> clip_to_running_median(std::span<const double> values, double reach) {
  const std::size_t n = values.size();
  std::vector<double> clipped(n);
  for (std::size_t i = 0; i < n; ++i) {
    const bool whole = i >= side_min && i + side_min < n;
    const double middle = whole ? median_of_seven(&values[i - side_min]) : median_near_end(values, i);
    clipped[i] = std::clamp(values[i], middle - reach, middle + reach);
  }
  return clipped;
}

std::vector<std::size_t> propose_change_points(std::span<const double> values, double spread, double threshold) {
  const std::size_t n = values.size();
  std::vector<std::size_t> proposed;
  if (n < 2 * side_min) return proposed;
  std::vector<double> sums(n + 1, 0.0);
  for (std::size_t i = 0; i < n; ++i)
    sums[i + 1] = sums[i] + values[i];
  const double gain_min = threshold * threshold * spread * spread;
  const auto test_interval = [&](std::size_t left, std::size_t right) {
    const Split split = best_split_of_interval(sums, left, right);
    if (split.gain > gain_min && split.at != 0) proposed.push_back(split.at);
  };
  test_interval(0, n);
  for (std::size_t length = interval_min; length < n; length *= 2) {
    for (std::size_t left = 0; left + length <= n; left += length / 2)
      test_interval(left, left + length);
    test_interval(n - length, n);  // the newest points matter most, so the grid never cuts them off
  }
  std::sort(proposed.begin(), proposed.end());
  proposed.erase(std::unique(proposed.begin(), proposed.end()), proposed.end());
  return proposed;
}

}  // namespace perftrend::detect
