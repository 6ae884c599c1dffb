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
};

struct Series {
  SeriesKey key;
  std::int64_t points = 0;
  std::int64_t last_at_us = 0;
  double last_value = 0;
  Id last_run = 0;
  bool last_suspect = false;      ///< the newest point was measured while the machine was not fit
  std::vector<double> sparkline;  ///< the newest values of fit machines, oldest first
  std::optional<FindingState> open_regression;
};

struct SeriesFilter {
  std::string metric;     ///< exact, or a pattern with * and ?; empty: any
  std::string case_text;  ///< part of suite, classname or name, or a pattern of one of them; empty: any
  std::string testbed, branch;
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

/// A point that a run has, without its samples.
struct PointOfRun {
  double value = 0, min = 0, mad = 0;
  std::int64_t samples = 0;
};

/// The series a run has a point of, in order of their ids; `points`, where given, gets those, one for each.
std::vector<RunSeries> list_run_series(db::Connection& connection, Id run, std::vector<PointOfRun>* points = nullptr);
/// All series of a project, of one case, or one alone (ids; 0: any), in order of their ids.
std::vector<RunSeries> list_series_keys(db::Connection& connection, Id project, Id case_id, Id series, int limit);

/// Ids of the series with at least so many points, ascending.
std::vector<Id> list_long_series(db::Connection& connection, Id project, std::size_t points_min);

/// The points of one series as columns of equal length, oldest first.
struct TrendColumns {
  std::vector<std::int64_t> at_us;
  std::vector<Id> run;
  std::vector<std::string> commit;
  std::vector<double> value, min, mad;
  std::vector<std::int64_t> samples;
  std::vector<Id> environment;
  std::vector<char> suspect;  ///< 1: measured while the machine was not fit
};

/// How many points a series has; 0 where it is not there.
std::int64_t count_series_points(db::Connection& connection, Id series);
/// The newest `last` points.
TrendColumns read_trend(db::Connection& connection, Id series, std::int64_t last);

}  // namespace perftrend::store
