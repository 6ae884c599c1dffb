#pragma once
// What a reader made of a run's documents, put in the place of what an earlier one made of them. Where the run belongs
// (branch, testbed, commit, times) was stated when it was uploaded and never changes. Functions take the connection of
// a transaction the caller owns.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

/// Ids of the project's runs in the order they were stored, those behind `after`.
std::vector<Id> list_run_ids(db::Connection& connection, Id project, Id after, int limit);

struct SeriesUnit {
  Id series = 0;
  std::string unit;
  std::int64_t points = 0;
};
/// The series that `measure` would be a point of; nullopt where there is none yet.
std::optional<SeriesUnit> find_series_unit(db::Connection& connection, Id project, const Measure& measure,
                                           std::string_view testbed, std::string_view branch);
std::optional<SeriesUnit> find_series_unit(db::Connection& connection, Id series);
/// The run that was stored first of those with a point in the series; nullopt where it has none.
std::optional<Id> find_first_run(db::Connection& connection, Id series);

/// Puts the point in the place of the one that the run has in the series, if it has one.
void set_point(db::Connection& connection, Id series, std::int64_t at_us, Id run, const Measure& measure);
/// Nothing where there is none.
void remove_point(db::Connection& connection, Id series, std::int64_t at_us, Id run);
void set_series_unit(db::Connection& connection, Id series, std::string_view unit, Better better);
/// Removes the series where it has neither points nor a history of regressions.
void drop_unused_series(db::Connection& connection, Id series);

void set_cases(db::Connection& connection, Id project, Id run, const std::vector<ReportCase>& cases);
void set_warnings(db::Connection& connection, Id run, const std::vector<std::string>& warnings);
/// Counts, environment and fitness of the run; its number of points is counted anew.
void set_reading(db::Connection& connection, Id project, Id run, const Counts& counts,
                 const std::vector<Property>& environment, std::string_view suspect);
void count_points(db::Connection& connection, Id run);

}  // namespace perftrend::store
