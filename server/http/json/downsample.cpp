#include "server/http/json/downsample.h"

#include <algorithm>
#include <cassert>
#include <cstdint>

#include "core/stats/median.h"

namespace perftrend::http {
namespace {

/// A distance in time of more than this many usual distances is a gap: the page draws no line across it
/// (web/src/charts/columns.ts).
constexpr double gap_distances = 3.5;

/// A stretch shows this many points, including its two extremes.
constexpr std::size_t stretch_points = 8;

/// Median distance in time between neighbours, in microseconds; 0 without neighbours.
double usual_distance_us(std::span<const std::int64_t> at_us) {
  std::vector<double> distances;
  for (std::size_t i = 1; i < at_us.size(); ++i) {
    if (at_us[i] > at_us[i - 1]) distances.push_back(static_cast<double>(at_us[i] - at_us[i - 1]));
  }
  return stats::median(distances);
}

/// Marks the smallest and the largest of [begin, end) that are not marked, and `others` evenly between the ends.
void mark_stretch(std::span<const double> value, std::size_t begin, std::size_t end, std::size_t others,
                  std::vector<char>& marked) {
  std::size_t smallest = end;  // none found yet
  std::size_t largest = end;
  for (std::size_t i = begin; i < end; ++i) {
    if (marked[i] != 0) continue;
    if (smallest == end || value[i] < value[smallest]) smallest = i;
    if (largest == end || value[i] > value[largest]) largest = i;
  }
  if (smallest != end) marked[smallest] = marked[largest] = 1;
  for (std::size_t i = 0; i < others; ++i)
    marked[begin + (2 * i + 1) * (end - begin) / (2 * others)] = 1;
}

/// The points that are ok and have the lowest and the highest edge of the band. Points that are not ok are kept anyway.
std::vector<std::size_t> band_extremes(const detect::History& history, std::size_t first) {
  std::vector<std::size_t> extremes;
  for (std::size_t i = first; i < history.points.size(); ++i) {
    if (history.points[i].verdict != Verdict::ok || history.points[i].window_points == 0) continue;
    if (extremes.empty()) extremes = {i, i};
    if (history.points[i].low < history.points[extremes[0]].low) extremes[0] = i;
    if (history.points[i].high > history.points[extremes[1]].high) extremes[1] = i;
  }
  return extremes;
}

}  // namespace

std::vector<std::size_t> downsample(std::span<const double> value, std::span<const char> kept, std::size_t points_max) {
  assert(kept.size() == value.size() && points_max >= downsampled_points_min);
  const std::size_t size = value.size();
  std::vector<std::size_t> shown;
  if (size <= points_max) {
    for (std::size_t i = 0; i < size; ++i)
      shown.push_back(i);
    return shown;
  }
  const std::size_t within = points_max - 2;  // first and last are shown anyway
  const std::size_t stretches = std::max<std::size_t>(1, within / stretch_points);
  std::vector<char> marked(kept.begin(), kept.end());
  for (std::size_t stretch = 0; stretch < stretches; ++stretch) {
    mark_stretch(value, stretch * size / stretches, (stretch + 1) * size / stretches, within / stretches - 2, marked);
  }
  marked.front() = marked.back() = 1;
  for (std::size_t i = 0; i < size; ++i) {
    if (marked[i] != 0) shown.push_back(i);
  }
  return shown;
}

std::vector<char> points_to_keep(const points::TrendColumns& trend, const detect::History& history, std::size_t first) {
  std::vector<char> kept(trend.value.size() - first, 0);
  const auto keep = [&](std::size_t index) {
    if (index >= first && index < trend.value.size()) kept[index - first] = 1;
  };
  const auto keep_border = [&](std::size_t index) {
    keep(index);
    if (index > 0) keep(index - 1);
  };
  for (const auto index : history.change_points)
    keep_border(index);
  for (const auto& episode : history.episodes) {
    keep_border(episode.first);
    keep(episode.last_good);
    keep(episode.recognised_at);
    keep(episode.last);
    keep(episode.last + 1);
  }
  if (history.drift) {
    keep(history.drift->first);
    keep(history.drift->last);
  }
  for (const auto index : band_extremes(history, first))
    keep(index);
  const double gap_us =
      gap_distances * usual_distance_us(std::span(trend.at_us).subspan(std::min(first, trend.at_us.size())));
  for (std::size_t i = first; i < trend.value.size(); ++i) {
    if (history.points[i].verdict != Verdict::ok) keep(i);
    if (i == first) continue;
    const bool is_gap = gap_us > 0 && static_cast<double>(trend.at_us[i] - trend.at_us[i - 1]) > gap_us;
    if (is_gap || trend.environment[i] != trend.environment[i - 1]) keep_border(i);
  }
  return kept;
}

}  // namespace perftrend::http
