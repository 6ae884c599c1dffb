#include "server/http/trend_json.h"

#include <fmt/format.h>

#include <iterator>

#include "server/http/json.h"
#include "server/http/judgement_json.h"

namespace perftrend::http {
namespace {

/// `"name":[…]` of the elements from `first` on; `write(i)` appends one.
template <typename Write>
void append_column(std::string& body, std::string_view name, std::size_t first, std::size_t end, const Write& write) {
  body += '"';
  body += name;
  body += "\":[";
  for (std::size_t i = first; i < end; ++i) {
    if (i != first) body += ',';
    write(i);
  }
  body += "],";
}

void append_points(std::string& body, const store::TrendColumns& trend, const detect::History& history,
                   std::size_t first, int minimum_points) {
  const std::size_t end = trend.value.size();
  const auto out = [&body](auto value) { fmt::format_to(std::back_inserter(body), "{}", value); };
  const auto numbers = [&](std::string_view name, const auto& column) {
    append_column(body, name, first, end, [&](std::size_t i) { out(column[i]); });
  };
  // A band exists where a point could be judged: with enough before it. A suspect one is none, but shows where it fell.
  const auto judged = [&](std::string_view name, double detect::Judgement::*number) {
    append_column(body, name, first, end, [&](std::size_t i) {
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
  append_column(body, "commit", first, end, [&](std::size_t i) {
    body += Json(trend.commit[i]).dump(-1, ' ', false, Json::error_handler_t::replace);
  });
  numbers("value", trend.value);
  numbers("min", trend.min);
  numbers("mad", trend.mad);
  numbers("n", trend.samples);
  judged("baseline", &detect::Judgement::centre);
  judged("low", &detect::Judgement::low);
  judged("high", &detect::Judgement::high);
  append_column(body, "verdict", first, end, [&](std::size_t i) {
    fmt::format_to(std::back_inserter(body), "\"{}\"", verdict_name(history.points[i].verdict));
  });
  body.back() = '}';
  body += ',';
}

Json episodes_json(const detect::History& history, std::size_t first) {
  Json episodes = Json::array();
  for (const auto& episode : history.episodes) {
    if (episode.last < first) continue;
    episodes.push_back({{"first", episode.first < first ? 0 : episode.first - first},
                        {"last", episode.last - first},
                        {"worse", episode.worse},
                        {"state", state_name(episode.state)},
                        {"before", episode.before},
                        {"after", episode.after}});
  }
  return episodes;
}

Json last_json(const store::TrendColumns& trend, const detect::History& history, const JudgedBy& by,
               std::string_view unit) {
  if (trend.value.empty()) return nullptr;
  return judgement_json(history.points.back(), by.policy, trend.value.back(), unit, by.version);
}

Json drift_json(const detect::History& history, std::size_t first) {
  if (!history.drift || history.drift->last < first) return nullptr;
  const auto& drift = *history.drift;
  return {{"first", drift.first < first ? 0 : drift.first - first},
          {"last", drift.last - first},
          {"worse", drift.worse},
          {"effect", drift.effect},
          {"p_value", drift.p_value}};
}

}  // namespace

void append_trend(std::string& body, const store::SeriesKey& series, const store::TrendColumns& trend,
                  const detect::History& history, const JudgedBy& by, std::size_t last) {
  const std::size_t size = trend.value.size();
  const std::size_t first = size > last ? size - last : 0;
  constexpr std::size_t bytes_a_point = 160;
  body.reserve(body.size() + (size - first) * bytes_a_point);
  body += "{\"series\":";
  body += to_json(series).dump(-1, ' ', false, Json::error_handler_t::replace);
  body += ',';
  append_points(body, trend, history, first, by.policy.minimum_points);
  Json change_points = Json::array();
  for (const auto index : history.change_points) {
    if (index >= first) change_points.push_back(index - first);
  }
  body += fmt::format("\"change_points\":{},\"episodes\":{},\"drift\":{},\"last\":{}}}", change_points.dump(),
                      episodes_json(history, first).dump(), drift_json(history, first).dump(),
                      last_json(trend, history, by, series.unit).dump());
}

}  // namespace perftrend::http
