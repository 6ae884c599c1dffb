#include "server/http/json/trend_json.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "server/http/json/downsample.h"
#include "server/http/json/names.h"
#include "server/http/json/shapes.h"

namespace perftrend::http {
namespace {

using Indices = std::vector<std::size_t>;

void write_points(JsonWriter& out, const points::TrendColumns& trend, const detect::History& history,
                  const Indices& shown, int minimum_points) {
  const auto column = [&](std::string_view name, const auto& values) {
    out.array(name, shown, [&](std::size_t i) { out.value(values[i]); });
  };
  // A point has a band if there were enough points before it to judge it. A suspect point is not judged; it has a band
  // all the same, to show where it fell.
  const auto band_column = [&](std::string_view name, double detect::Judgement::*number) {
    out.array(name, shown, [&](std::size_t i) {
      const auto& point = history.points[i];
      const bool has_few = point.verdict == Verdict::suspect && point.window_points < minimum_points;
      if (point.verdict == Verdict::too_few || has_few || point.window_points == 0) {
        out.value(nullptr);
      } else {
        out.value(point.*number);
      }
    });
  };
  column("at_us", trend.at_us);
  column("run", trend.run);
  column("commit", trend.commit);
  column("value", trend.value);
  column("min", trend.min);
  column("mad", trend.mad);
  column("n", trend.samples);
  out.array("window_points", shown, [&](std::size_t i) { out.value(history.points[i].window_points); });
  band_column("baseline", &detect::Judgement::centre);
  band_column("low", &detect::Judgement::low);
  band_column("high", &detect::Judgement::high);
  out.array("verdict", shown, [&](std::size_t i) { out.value(verdict_name(history.points[i].verdict)); });
}

/// The index into `shown` of a point of the trend, or of the first shown point after it.
std::size_t place_of(const Indices& shown, std::size_t index) {
  return static_cast<std::size_t>(std::lower_bound(shown.begin(), shown.end(), index) - shown.begin());
}

void write_downsampled(JsonWriter& out, const Indices& shown, std::size_t first, std::size_t size) {
  if (shown.size() == size - first) {
    out.member("downsampled", nullptr);
    return;
  }
  out.object("downsampled", [&] {
    out.member("points", size - first);
    out.array("index", shown, [&](std::size_t i) { out.value(i - first); });
  });
}

void write_change_points(JsonWriter& out, const detect::History& history, const Indices& shown, std::size_t first) {
  std::vector<std::size_t> places;
  for (const auto index : history.change_points) {
    if (index >= first) places.push_back(place_of(shown, index));
  }
  out.member("change_points", places);
}

void write_episodes(JsonWriter& out, const detect::History& history, const Indices& shown) {
  out.array("episodes", history.episodes, [&](const auto& episode) {
    if (shown.empty() || episode.last < shown.front()) return;
    out.object([&] {
      out.member("first", place_of(shown, episode.first));
      out.member("last", place_of(shown, episode.last));
      const bool of_environment = episode.kind == detect::EpisodeKind::environment;
      out.member("kind",
                 store::kind_name(of_environment ? store::FindingKind::environment : store::FindingKind::level));
      out.member("worse", episode.worse);
      const bool is_noted = of_environment && episode.ending == detect::Ending::none;
      out.member("state", store::state_name(is_noted ? FindingState::noted : episode.state));
      out.member("before", episode.before);
      out.member("after", episode.after);
    });
  });
}

void write_drift(JsonWriter& out, const detect::History& history, const Indices& shown) {
  if (!history.drift || shown.empty() || history.drift->last < shown.front()) {
    out.member("drift", nullptr);
    return;
  }
  const auto& drift = *history.drift;
  out.object("drift", [&] {
    out.member("first", place_of(shown, drift.first));
    out.member("last", place_of(shown, drift.last));
    out.member("worse", drift.worse);
    out.member("effect", drift.effect);
    out.member("p_value", drift.p_value);
  });
}

/// The points at which another build or version was measured than at the point before.
void write_subjects(JsonWriter& out, const TrendExtent& extent, const Indices& shown, std::size_t size) {
  const auto& subjects = extent.subjects;
  const std::size_t first = size - subjects.size();
  std::vector<std::size_t> changes;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    if (!shown.empty() && first + i >= shown.front() && (i == 0 || subjects[i] != subjects[i - 1]))
      changes.push_back(i);
  }
  out.array("subjects", changes, [&](std::size_t i) {
    out.object([&] {
      out.member("index", place_of(shown, first + i));
      out.json_member("subject", subjects[i].empty() ? "{}" : subjects[i]);
    });
  });
}

}  // namespace

void write_trend(JsonWriter& out, const store::SeriesKey& series, const points::TrendColumns& trend,
                 const triage::SeriesJudgement& judged, const VersionedPolicy& by, const TrendExtent& extent) {
  const auto& history = judged.history;
  const std::size_t size = trend.value.size();
  const std::size_t first = size > extent.last ? size - extent.last : 0;
  auto shown = downsample(std::span(trend.value).subspan(first), points_to_keep(trend, history, first),
                          extent.points_max.value_or(std::max(size, downsampled_points_min)));
  for (auto& index : shown)
    index += first;
  constexpr std::size_t bytes_per_point = 160;
  out.reserve(shown.size() * bytes_per_point);
  out.object([&] {
    out.member("series", series);
    out.member("minimum_points", by.policy.minimum_points);
    out.member("base_branch", judged.base_branch);
    out.member("base_series", judged.base_series);
    out.object("points", [&] { write_points(out, trend, history, shown, by.policy.minimum_points); });
    write_downsampled(out, shown, first, size);
    write_change_points(out, history, shown, first);
    write_episodes(out, history, shown);
    write_drift(out, history, shown);
    write_subjects(out, extent, shown, size);
    if (size == 0) {
      out.member("last", nullptr);
    } else {
      out.member("last", ExplainedPoint{history.points.back(), by, trend.value.back(), series.unit});
    }
  });
}

}  // namespace perftrend::http
