#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "server/http/json/downsample.h"
#include "server/http/json/json.h"
#include "server/http/json/judgement_json.h"
#include "server/http/json/trend_json.h"
#include "server/http/routes/routes.h"
#include "server/points/points.h"
#include "server/triage/judge.h"
#include "server/triage/project_policies.h"

namespace perftrend::http {
namespace {

constexpr std::int64_t explained_points_max = 100'000;
constexpr std::size_t series_max = 50;  // lines on one page; more is a table

Id require_project(db::Connection& connection, const std::string& name) {
  const auto id = store::find_project_id(connection, name);
  if (!id) throw not_found("project " + name);
  return *id;
}

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
      if (ids.size() > series_max) throw bad_parameter("series", fmt::format("give at most {} ids", series_max));
      return ids;
    }
    if (*next != ',') break;
    at = next + 1;
  }
  throw bad_parameter("series", "give ids of series, separated by commas");
}

Answer list_series(const Context& context, const Request& request) {
  store::SeriesFilter filter;
  filter.metric = request.query_text("metric");
  filter.case_text = request.query_text("case");
  filter.testbed = request.query_text("testbed");
  filter.branch = request.query_text("branch");
  filter.limit = static_cast<int>(request.query_integer("limit", 1, 10000, 1000));
  store::SeriesPage page;
  context.database.read([&](db::Connection& connection) {
    page = store::list_series(connection, require_project(connection, request.path_parameter("project")), filter);
  });
  Json json = {{"series", Json::array()}, {"total", page.total}};
  for (const auto& series : page.series)
    json["series"].push_back(to_json(series));
  return {200, "application/json", dump(json), {}, {}};
}

/// A trend as the answer shows it, and what it is judged by.
struct TrendQuestion {
  const std::string& project;
  const store::SeriesKey& series;
  std::int64_t revision = 0;  ///< of the project
  std::int64_t last = 0;
  std::int64_t points_max = 0;  ///< 0: all of them
  detect::Policy policy;
  std::int64_t policy_version = 0;
};

points::Cache::Text find_trend(const Context& context, db::Connection& connection, const TrendQuestion& question) {
  auto& cache = *context.intake.cache;
  const Id id = question.series.id;
  // The server's policies never change, so the version of the project's own says which policy judges.
  const auto key = fmt::format("trend {} {} {} {}", id, question.last, question.points_max, question.policy_version);
  if (auto known = cache.find_answer(question.project, key, question.revision)) return known;
  // Judged over at least what an upload is judged over, so that both say the same of the newest points.
  const auto window = triage::judged_window(store::count_series_points(connection, id));
  const auto trend = points::read_trend(connection, id, std::max(question.last, window));
  std::string text;
  TrendExtent extent{static_cast<std::size_t>(question.last), std::nullopt};
  if (question.points_max > 0) extent.points_max = static_cast<std::size_t>(question.points_max);
  append_trend(text, question.series, trend, triage::judge(trend, question.policy),
               {question.policy, question.policy_version}, extent);
  auto made = std::make_shared<const std::string>(std::move(text));
  cache.save_answer(question.project, key, question.revision, made);
  return made;
}

Answer get_trends(const Context& context, const Request& request) {
  const auto& project = request.path_parameter("project");
  if (!request.query.contains("series")) throw bad_parameter("series", "give ids of series, separated by commas");
  const auto ids = parse_ids(request.query_text("series"));
  const auto last = request.query_integer("last", 1, 100'000, 1000);
  const auto points_max = request.query.contains("points_max")
                              ? request.query_integer("points_max", downsampled_points_min, 100'000, 0)
                              : 0;
  std::string body = "{\"trends\":[";
  context.database.read([&](db::Connection& connection) {
    const Id project_id = require_project(connection, project);
    const auto policies = triage::policies_of(connection, context.policies, project_id);
    const auto revision = points::find_revision(connection, project_id);
    for (const Id id : ids) {
      const auto series = store::find_series(connection, project_id, id);
      if (!series) throw not_found(fmt::format("series {} in project {}", id, project));
      if (body.back() == '}') body += ',';
      body += *find_trend(context, connection,
                          {project, *series, revision, last, points_max,
                           policies.find(project, series->metric, series->better), policies.version()});
    }
  });
  body += "]}\n";
  return {200, "application/json", std::move(body), {}, {}};
}

/// One point of one series, explained.
Answer get_judgement(const Context& context, const Request& request) {
  const auto& project = request.path_parameter("project");
  const auto series_id = request.query_integer("series", 1, INT64_MAX, 0);
  const auto run_id = request.query_integer("run", 1, INT64_MAX, 0);
  if (series_id == 0) throw bad_parameter("series", "give the id of a series");
  if (run_id == 0) throw bad_parameter("run", "give the id of a run");
  Json json;
  context.database.read([&](db::Connection& connection) {
    const Id project_id = require_project(connection, project);
    const auto series = store::find_series(connection, project_id, series_id);
    if (!series) throw not_found(fmt::format("series {} in project {}", series_id, project));
    const auto policies = triage::policies_of(connection, context.policies, project_id);
    const auto policy = policies.find(project, series->metric, series->better);
    // The point and what it is judged against; older ones than are replayed else are looked for among all.
    auto trend = points::read_trend(connection, series_id,
                                    triage::judged_window(store::count_series_points(connection, series_id)));
    if (std::find(trend.run.begin(), trend.run.end(), run_id) == trend.run.end()) {
      trend = points::read_trend(connection, series_id, explained_points_max);
    }
    const auto at = std::find(trend.run.begin(), trend.run.end(), run_id);
    if (at == trend.run.end()) throw not_found(fmt::format("point of run {} in series {}", run_id, series_id));
    const auto index = static_cast<std::size_t>(at - trend.run.begin());
    const auto history = triage::judge(trend, policy);
    json = {{"series", to_json(*series)}, {"run", run_id}, {"alerting", policies.is_alerting(project, series->metric)}};
    json["judgement"] =
        judgement_json(history.points[index], policy, trend.value[index], series->unit, policies.version());
  });
  return {200, "application/json", dump(json), {}, {}};
}

}  // namespace

void add_trend_routes(std::vector<Route>& routes, const Context& context) {
  routes.push_back({"GET", "/api/v1/projects/{project}/series", store::Scope::read,
                    [&context](const Request& request) { return list_series(context, request); }});
  routes.push_back({"GET", "/api/v1/projects/{project}/trends", store::Scope::read,
                    [&context](const Request& request) { return get_trends(context, request); }});
  routes.push_back({"GET", "/api/v1/projects/{project}/judgement", store::Scope::read,
                    [&context](const Request& request) { return get_judgement(context, request); }});
}

}  // namespace perftrend::http
