#include "server/points/trend.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <unordered_map>

#include "server/db/id_parts.h"
#include "server/points/environment_shifts.h"
#include "server/points/points.h"

namespace perftrend::points {
namespace {

/// Up to this many points, looking up each run is cheaper than a walk, which also passes runs without such a point.
constexpr std::size_t points_looked_up_max = 200;

/// Reads the columns of a trend that come from its runs.
class RunColumns {
 public:
  RunColumns(const std::vector<Point>& points, TrendColumns& trend) : points_(points), trend_(trend) {
    trend.commit.resize(points.size());
    trend.environment.resize(points.size());
    trend.suspect.resize(points.size());
  }

  /// For few points: looks up each run.
  void look_up(db::Connection& connection) {
    std::unordered_map<Id, std::size_t> places;
    std::vector<Id> runs;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      places[points_[i].run] = i;
      runs.push_back(points_[i].run);
    }
    db::for_each_part(runs, 1, [&](const std::string& list, std::span<const Id> part) {
      const std::vector<db::Param> params(part.begin(), part.end());
      connection.query(select + " FROM run r WHERE r.id IN " + list, params,
                       [&](const db::Row& row) { set(places.at(row.integer(0)), row); });
    });
  }

  /// For many points: walks all runs of the testbed and branch in the trend's time; an index has them in this order.
  void walk_lane(db::Connection& connection, Id series) {
    std::size_t next = 0;
    connection.query(select +
                         ", r.at_us FROM series s JOIN run r ON r.project_id = s.project_id AND r.testbed = s.testbed "
                         "AND r.branch = s.branch WHERE s.id = $1 AND r.at_us >= $2 AND r.at_us <= $3 "
                         "ORDER BY r.at_us, r.id",
                     {series, points_.front().at_us, points_.back().at_us}, [&](const db::Row& row) {
                       const Point run = {row.integer(5), row.integer(0), {}};
                       while (next < points_.size() && is_before(points_[next], run))
                         ++next;
                       if (next < points_.size() && points_[next].run == run.run) set(next++, row);
                     });
  }

 private:
  inline static const std::string select =
      "SELECT r.id, r.commit_id, r.environment_id, CASE WHEN r.suspect = '' THEN 0 ELSE 1 END, r.first_part";

  void set(std::size_t place, const db::Row& row) {
    trend_.commit[place] = row.string(1);
    trend_.environment[place] = row.integer(2);
    trend_.suspect[place] = static_cast<char>(row.integer(3));
    trend_.run[place] = row.integer(4);
  }

  const std::vector<Point>& points_;
  TrendColumns& trend_;
};

void read_restarts(db::Connection& connection, Id series, TrendColumns& trend) {
  trend.restart.resize(trend.run.size());
  connection.query(
      "SELECT b.run_id FROM baseline_restart b JOIN series s ON s.project_id = b.project_id WHERE s.id = $1 "
      "AND (b.series_id IS NULL OR b.series_id = $1)",
      {series}, [&](const db::Row& row) {
        const auto at = std::find(trend.run.begin(), trend.run.end(), row.integer(0));
        if (at != trend.run.end()) trend.restart[static_cast<std::size_t>(at - trend.run.begin())] = 1;
      });
}

}  // namespace

TrendColumns read_trend(db::Connection& connection, Id series, std::int64_t last) {
  const auto points = read_history(connection, series, last);
  TrendColumns trend;
  if (points.empty()) return trend;
  for (const auto& point : points) {
    trend.at_us.push_back(point.at_us);
    trend.run.push_back(point.run);
    trend.value.push_back(point.value.median);
    trend.min.push_back(point.value.minimum);
    trend.mad.push_back(point.value.mad);
    trend.samples.push_back(point.value.samples);
  }
  RunColumns runs(points, trend);
  if (points.size() <= points_looked_up_max) {
    runs.look_up(connection);
  } else {
    runs.walk_lane(connection, series);
  }
  read_restarts(connection, series, trend);
  std::vector<Id> environments = trend.environment;
  std::sort(environments.begin(), environments.end());
  environments.erase(std::unique(environments.begin(), environments.end()), environments.end());
  if (environments.size() > 1) trend.shifts = read_shifts_of_series(connection, series, environments);
  return trend;
}

}  // namespace perftrend::points
