#include "server/commands/points_command.h"

#include <fmt/format.h>

#include <climits>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "core/time/rfc3339.h"
#include "server/commands/exit_codes.h"
#include "server/db/open.h"
#include "server/points/points.h"
#include "server/store/projects.h"
#include "server/store/series.h"

namespace perftrend {
namespace {

constexpr std::string_view header =
    "series,case,metric,unit,testbed,branch,run,commit,time,value,min,mad,samples,suspect,suite,classname\r\n";

/// A field of a CSV line, in quotes where RFC 4180 requires them.
std::string field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

void print_series(const store::SeriesKey& series, const points::TrendColumns& trend) {
  const std::string names = fmt::format("{},{},{},{},{},{}", series.id, field(series.key.name), field(series.metric),
                                        field(series.unit), field(series.testbed), field(series.branch));
  const std::string case_names = fmt::format("{},{}", field(series.key.suite), field(series.key.classname));
  for (std::size_t i = 0; i < trend.value.size(); ++i) {
    fmt::print("{},{},{},{},{},{},{},{},{},{}\r\n", names, trend.run[i], field(trend.commit[i]),
               times::to_rfc3339(trend.at_us[i]), trend.value[i], trend.min[i], trend.mad[i], trend.samples[i],
               trend.suspect[i] != 0, case_names);
  }
}

int complain(int exit_code, std::string_view cause) {
  fmt::print(stderr, "perftrend-server: {}\n", cause);
  return exit_code;
}

int print_points(db::Connection& connection, const PointsOptions& options) {
  const auto project = store::find_project_id(connection, options.project);
  if (!project) return complain(exit_usage, fmt::format("project '{}' not found", options.project));
  const auto found = store::list_series_keys(connection, *project, 0, options.series.value_or(0), INT_MAX);
  if (options.series && found.empty())
    return complain(exit_usage, fmt::format("project {} has no series {}", options.project, *options.series));
  fmt::print("{}", header);
  for (const auto& series : found)
    print_series(series.key, points::read_trend(connection, series.key.id, INT64_MAX));
  return exit_ok;
}

}  // namespace

int run_points(const PointsOptions& options) {
  if (!db::is_postgres(options.database.string()) && !std::filesystem::exists(options.database))
    return complain(exit_database, fmt::format("{} not found", options.database.string()));
  const auto database = db::open_database(options.database.string());
  int exit_code = exit_ok;
  database->read([&](db::Connection& connection) { exit_code = print_points(connection, options); });
  return exit_code;
}

}  // namespace perftrend
