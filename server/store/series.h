#pragma once
// Series and their points. Functions take the connection of a transaction the caller owns.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

struct SeriesKey {
  Id id = 0;
  CaseKey key;
  std::string metric, unit, testbed, branch;
  Better better = Better::lower;
  Purpose purpose = Purpose::trend;       ///< of its runs
  std::string configuration_json = "{}";  ///< object of text: how the subject was run
};

struct Series {
  SeriesKey key;
  std::int64_t points = 0;
  std::int64_t last_at_us = 0;
  double last_value = 0;
  Id last_run = 0;
  bool last_suspect = false;      ///< the newest point was measured while the machine was not fit
  int window_points = 0;          ///< points of fit machines among the newest 30, before the newest one
  std::vector<double> sparkline;  ///< the newest values of fit machines, oldest first
  std::optional<FindingState> open_regression;
};

struct SeriesFilter {
  std::string metric;     ///< exact, or a pattern with * and ?; empty: any
  std::string case_text;  ///< part of suite, classname or name, or a pattern of one of them; empty: any
  std::string testbed, branch;
  std::optional<Purpose> purpose = Purpose::trend;  ///< nullopt: any
  int limit = 1000;
};

struct SeriesPage {
  std::vector<Series> series;  ///< ordered by case, metric, testbed, branch
  std::int64_t total = 0;      ///< how many match without the limit
};

SeriesPage list_series(db::Connection& connection, Id project, const SeriesFilter& filter);
std::optional<SeriesKey> find_series(db::Connection& connection, Id project, Id series);

/// A series with the id of its case, and how many points it has.
struct RunSeries {
  SeriesKey key;
  Id case_id = 0;
  std::int64_t points = 0;
};

/// The series a run has a point in, in order of their ids.
std::vector<RunSeries> list_run_series(db::Connection& connection, Id run);
/// All series with the purpose trend of a project, of one case, or one alone (ids; 0: any), in order of their ids.
std::vector<RunSeries> list_series_keys(db::Connection& connection, Id project, Id case_id, Id series, int limit);

/// Ids of all series of one testbed and branch with the purpose trend, ascending.
std::vector<Id> list_lane_series(db::Connection& connection, Id project, std::string_view testbed,
                                 std::string_view branch);
/// Ids of the series with the purpose trend and at least so many points, ascending.
std::vector<Id> list_long_series(db::Connection& connection, Id project, std::size_t points_min);

/// How many points a series has; 0 where it is not there.
std::int64_t count_series_points(db::Connection& connection, Id series);

}  // namespace perftrend::store
