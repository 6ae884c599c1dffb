#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "server/http/json/downsample.h"
#include "server/http/json/shapes.h"
#include "server/http/json/trend_json.h"
#include "server/http/routes/project_access.h"
#include "server/points/points.h"
#include "server/store/run_parts.h"
#include "server/triage/branch_base.h"
#include "server/triage/judge.h"
#include "server/triage/project_policies.h"

namespace perftrend::http {
namespace {

constexpr std::int64_t trend_points_max = 100'000;
constexpr std::size_t series_max = 50;  // a plot of more lines cannot be read

std::vector<Id> parse_ids(const std::string& text) {
  std::vector<Id> ids;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  while (at < end) {
    Id id = 0;
    const auto [next, error] = std::from_chars(at, end, id);
    if (error != std::errc() || id < 1) break;
    ids.push_back(id);
    if (next == end) {
      if (ids.size() > series_max) throw bad_parameter("series", fmt::format("at most {} ids are allowed", series_max));
      return ids;
    }
    if (*next != ',') break;
    at = next + 1;
  }
  throw bad_parameter("series", "give ids of series, separated by commas; GET …/series lists them");
}

store::SeriesKey require_series(const ProjectAccess& project, Id id) {
  auto series = store::find_series(project.connection, project.id, id);
  if (!series) throw not_found(fmt::format("series {} in project {}", id, project.name));
  return std::move(*series);
}

Answer list_series(const Context& context, Request& request) {
  store::SeriesFilter filter;
  filter.metric = request.query_text("metric");
  filter.case_text = request.query_text("case");
  filter.testbed = request.query_text("testbed");
  filter.branch = request.query_text("branch");
  filter.purpose = read_purpose(request);
  filter.limit = static_cast<int>(request.query_integer("limit", 1, 10000, 1000));
  return read_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    resolve_lane(project, filter.testbed, filter.branch);
    auto page = store::list_series(project.connection, project.id, filter);
    const auto policies = triage::policies_of(project.connection, context.policies, project.id);
    for (auto& series : page.series)
      series.key.better = policies.find(project.name, series.key.metric, series.key.unit, series.key.better).better;
    out.array("series", page.series, [&](const store::Series& series) {
      const auto policy = policies.find(project.name, series.key.metric, series.key.unit, series.key.better);
      out.value(ListedSeries{series, policy.minimum_points});
    });
    out.member("total", page.total);
  });
}

/// A trend as the answer shows it, and what it is judged by.
struct TrendQuestion {
  const store::SeriesKey& series;
  std::int64_t revision = 0;  ///< of the project
  std::int64_t last = 0;
  std::int64_t points_max = 0;  ///< 0: all of them
  detect::Policy policy;
  std::int64_t policy_version = 0;
  const triage::LongLivedBranches& long_lived;
};

points::Cache::Text find_trend(const Context& context, const ProjectAccess& project, const TrendQuestion& question) {
  auto& cache = *context.intake.cache;
  const Id id = question.series.id;
  // The server's policies never change, so the version of the project's own policies says which policy judges.
  const auto key = fmt::format("trend {} {} {} {}", id, question.last, question.points_max, question.policy_version);
  if (auto cached = cache.find_answer(project.name, key, question.revision)) return cached;
  // At least as many points as an upload is judged over, so that both give the newest points the same verdicts.
  const auto window = triage::judged_window(store::count_series_points(project.connection, id));
  const auto trend = points::read_trend(project.connection, id, std::max(question.last, window));
  TrendExtent extent{static_cast<std::size_t>(question.last), std::nullopt, {}};
  if (question.points_max > 0) extent.points_max = static_cast<std::size_t>(question.points_max);
  constexpr std::size_t subjects_max = 2000;
  const auto with_subject = std::min({trend.run.size(), extent.last, subjects_max});
  extent.subjects = store::list_subjects(
      project.connection, {trend.run.end() - static_cast<std::ptrdiff_t>(with_subject), trend.run.end()});
  JsonWriter out;
  const auto judged =
      triage::judge_trend(project.connection, question.long_lived, project.id, question.series, trend, question.policy);
  write_trend(out, question.series, trend, judged, {question.policy, question.policy_version}, extent);
  auto text = std::make_shared<const std::string>(out.finish_value());
  cache.save_answer(project.name, key, question.revision, text);
  return text;
}

Answer get_trends(const Context& context, Request& request) {
  const auto ids = parse_ids(request.query_text("series"));
  const auto last = request.query_integer("last", 1, trend_points_max, 1000);
  const auto points_max = request.query.contains("points_max")
                              ? request.query_integer("points_max", downsampled_points_min, trend_points_max, 0)
                              : 0;
  return read_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    const auto policies = triage::policies_of(project.connection, context.policies, project.id);
    const auto revision = points::find_revision(project.connection, project.id);
    const auto long_lived = triage::find_long_lived(project.connection, policies, project.id, project.name);
    out.array("trends", ids, [&](Id id) {
      auto series = require_series(project, id);
      const auto policy = policies.find(project.name, series.metric, series.unit, series.better);
      series.better = policy.better;
      out.json(
          *find_trend(context, project, {series, revision, last, points_max, policy, policies.version(), long_lived}));
    });
  });
}

/// The part of a series that explains its point of one run: the points it is judged against, then the point itself.
struct PointInTrend {
  points::TrendColumns trend;
  std::size_t index = 0;
};

PointInTrend require_point(const ProjectAccess& project, Id series, Id run) {
  const auto newest = triage::judged_window(store::count_series_points(project.connection, series));
  for (const auto last : {newest, trend_points_max}) {
    auto trend = points::read_trend(project.connection, series, last);
    const auto at = std::find(trend.run.begin(), trend.run.end(), run);
    const auto index = static_cast<std::size_t>(at - trend.run.begin());
    if (index < trend.run.size()) return {std::move(trend), index};
  }
  throw not_found(fmt::format("point of run {} in series {}", run, series));
}

Answer get_judgement(const Context& context, Request& request) {
  const auto series_id = request.query_integer("series", 1, INT64_MAX, 0);
  const auto run_id = request.query_integer("run", 1, INT64_MAX, 0);
  if (series_id == 0) throw bad_parameter("series", "it must be the id of a series");
  if (run_id == 0) throw bad_parameter("run", "it must be the id of a run");
  return read_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    auto series = require_series(project, series_id);
    const auto policies = triage::policies_of(project.connection, context.policies, project.id);
    const auto policy = policies.find(project.name, series.metric, series.unit, series.better);
    series.better = policy.better;
    const auto point = require_point(project, series_id, run_id);
    const auto long_lived = triage::find_long_lived(project.connection, policies, project.id, project.name);
    const auto judged = triage::judge_trend(project.connection, long_lived, project.id, series, point.trend, policy);
    out.member("series", series);
    out.member("run", run_id);
    out.member("alerting", policies.is_alerting(project.name, series.metric));
    out.member("judgement", ExplainedPoint{judged.history.points[point.index],
                                           {policy, policies.version()},
                                           point.trend.value[point.index],
                                           series.unit});
  });
}

}  // namespace

std::vector<Route> trend_routes() {
  return {{"GET", "/api/v1/projects/{project}/series", store::Scope::read, list_series},
          {"GET", "/api/v1/projects/{project}/trends", store::Scope::read, get_trends},
          {"GET", "/api/v1/projects/{project}/judgement", store::Scope::read, get_judgement}};
}

}  // namespace perftrend::http
