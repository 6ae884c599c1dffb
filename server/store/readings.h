#pragma once
// Stored results of reading a run's documents, which reprocessing replaces. The coordinates of the run (branch,
// testbed, commit, times) were stated at the upload and never change. Functions run in the caller's transaction.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"
#include "server/store/run_rows.h"

namespace perftrend::store {

/// Ids of the project's runs after `after`, in the order they were stored.
std::vector<Id> list_run_ids(db::Connection& connection, Id project, Id after, int limit);

struct SeriesUnit {
  Id series = 0;
  std::string unit;
  std::int64_t points = 0;
};
/// The series that `metric_value` belongs to; nullopt where it does not exist yet.
std::optional<SeriesUnit> find_series_unit(db::Connection& connection, Id project, const MetricValue& metric_value,
                                           const SeriesScope& scope);
std::optional<SeriesUnit> find_series_unit(db::Connection& connection, Id series);
/// Whether a person set the unit of the series.
bool is_unit_by_person(db::Connection& connection, Id series);
/// The run that was stored first among those with a point in the series; nullopt where the series has no points.
std::optional<Id> find_first_run(db::Connection& connection, Id series);

/// Replaces the run's point in the series, or adds one.
void set_point(db::Connection& connection, Id series, std::int64_t at_us, Id run, const MetricValue& metric_value);
/// Does nothing where the run has no point in the series.
void remove_point(db::Connection& connection, Id series, std::int64_t at_us, Id run);
void set_series_unit(db::Connection& connection, Id series, std::string_view unit, Better better);
/// Removes the series where it has neither points nor a history of regressions.
void drop_unused_series(db::Connection& connection, Id series);

void set_cases(db::Connection& connection, Id project, Id run, const std::vector<ReportCase>& cases);
void set_warnings(db::Connection& connection, Id run, const std::vector<std::string>& warnings);
/// Sets counts, environment, configuration, subject and fitness of the run, and counts its points again.
void set_reading(db::Connection& connection, Id project, Id run, const Counts& counts, const Coordinates& where);
void count_points(db::Connection& connection, Id run);

}  // namespace perftrend::store
