#include "server/http/json/trend_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <vector>

#include "server/http/json/downsample.h"
#include "server/http/json/json.h"
#include "server/http/json/judgement_json.h"

namespace perftrend::http {
namespace {

/// `"name":[…]` of the elements that are shown; `write(i)` appends one.
template <typename Write>
void append_column(std::string& body, std::string_view name, const std::vector<std::size_t>& shown,
                   const Write& write) {
  body += '"';
  body += name;
  body += "\":[";
  for (const auto i : shown) {
    write(i);
    body += ',';
  }
  if (shown.empty()) {
    body += "],";
  } else {
    body.back() = ']';
    body += ',';
  }
}

void append_points(std::string& body, const points::TrendColumns& trend, const detect::History& history,
                   const std::vector<std::size_t>& shown, int minimum_points) {
  const auto out = [&body](auto value) { fmt::format_to(std::back_inserter(body), "{}", value); };
  const auto numbers = [&](std::string_view name, const auto& column) {
    append_column(body, name, shown, [&](std::size_t i) { out(column[i]); });
  };
  // A band exists where a point could be judged: with enough before it. A suspect one is none, but shows where it fell.
  const auto judged = [&](std::string_view name, double detect::Judgement::*number) {
    append_column(body, name, shown, [&](std::size_t i) {
      const auto& point = history.points[i];
      const bool few = point.verdict == Verdict::suspect && point.window_points < minimum_points;
      if (point.verdict == Verdict::too_few || few || point.window_points == 0) {
        body += "null";
      } else {
        out(point.*number);
      }
    });
  };
  body += "\"points\":{";
  numbers("at_us", trend.at_us);
  numbers("run", trend.run);
  append_column(body, "commit", shown, [&](std::size_t i) {
    body += Json(trend.commit[i]).dump(-1, ' ', false, Json::error_handler_t::replace);
  });
  numbers("value", trend.value);
  numbers("min", trend.min);
  numbers("mad", trend.mad);
  numbers("n", trend.samples);
  judged("baseline", &detect::Judgement::centre);
  judged("low", &detect::Judgement::low);
  judged("high", &detect::Judgement::high);
  append_column(body, "verdict", shown, [&](std::size_t i) {
    fmt::format_to(std::back_inserter(body), "\"{}\"", verdict_name(history.points[i].verdict));
  });
  body.back() = '}';
  body += ',';
}

/// Where a point of the trend stands among those shown, which hold it or begin after it.
std::size_t place_of(const std::vector<std::size_t>& shown, std::size_t index) {
  return static_cast<std::size_t>(std::lower_bound(shown.begin(), shown.end(), index) - shown.begin());
}

Json episodes_json(const detect::History& history, const std::vector<std::size_t>& shown) {
  Json episodes = Json::array();
  for (const auto& episode : history.episodes) {
    if (shown.empty() || episode.last < shown.front()) continue;
    episodes.push_back({{"first", place_of(shown, episode.first)},
                        {"last", place_of(shown, episode.last)},
                        {"worse", episode.worse},
                        {"state", state_name(episode.state)},
                        {"before", episode.before},
                        {"after", episode.after}});
  }
  return episodes;
}

Json last_json(const points::TrendColumns& trend, const detect::History& history, const JudgedBy& by,
               std::string_view unit) {
  if (trend.value.empty()) return nullptr;
  return judgement_json(history.points.back(), by.policy, trend.value.back(), unit, by.version);
}

Json drift_json(const detect::History& history, const std::vector<std::size_t>& shown) {
  if (!history.drift || shown.empty() || history.drift->last < shown.front()) return nullptr;
  const auto& drift = *history.drift;
  return {{"first", place_of(shown, drift.first)},
          {"last", place_of(shown, drift.last)},
          {"worse", drift.worse},
          {"effect", drift.effect},
          {"p_value", drift.p_value}};
}

}  // namespace

void append_trend(std::string& body, const store::SeriesKey& series, const points::TrendColumns& trend,
                  const detect::History& history, const JudgedBy& by, const TrendExtent& extent) {
  const std::size_t size = trend.value.size();
  const std::size_t first = size > extent.last ? size - extent.last : 0;
  auto shown = downsample(std::span(trend.value).subspan(first), points_to_keep(trend, history, first),
                          extent.points_max.value_or(std::max(size, downsampled_points_min)));
  for (auto& index : shown)
    index += first;
  constexpr std::size_t bytes_a_point = 160;
  body.reserve(body.size() + shown.size() * bytes_a_point);
  body += "{\"series\":";
  body += to_json(series).dump(-1, ' ', false, Json::error_handler_t::replace);
  body += ',';
  append_points(body, trend, history, shown, by.policy.minimum_points);
  if (shown.size() < size - first) {
    body += fmt::format("\"downsampled\":{{\"points\":{},", size - first);
    append_column(body, "index", shown,
                  [&](std::size_t i) { fmt::format_to(std::back_inserter(body), "{}", i - first); });
    body.back() = '}';
    body += ',';
  } else {
    body += "\"downsampled\":null,";
  }
  Json change_points = Json::array();
  for (const auto index : history.change_points) {
    if (index >= first) change_points.push_back(place_of(shown, index));
  }
  body += fmt::format("\"change_points\":{},\"episodes\":{},\"drift\":{},\"last\":{}}}", change_points.dump(),
                      episodes_json(history, shown).dump(), drift_json(history, shown).dump(),
                      last_json(trend, history, by, series.unit).dump());
}

}  // namespace perftrend::http
