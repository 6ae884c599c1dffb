#pragma once
// The rows a run's reading consists of, for what stores a run (runs.h) and what stores it again (readings.h).

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"
#include "server/points/points.h"
#include "server/store/series_directory.h"

namespace perftrend::store {

/// The parts as a JSON object with sorted names.
std::string environment_text(const std::vector<Property>& parts);
Id upsert_environment(db::Connection& connection, Id project, const std::vector<Property>& parts);
Id upsert_case(db::Connection& connection, Id project, const CaseKey& key);

/// upsert_case for one upload, in which most cases are named several times: by each of their measures and by the run.
class CaseIds {
 public:
  /// `directory`, where given, is asked first and gets to know the cases that the database knew already.
  CaseIds(db::Connection& connection, Id project, SeriesDirectory* directory = nullptr)
      : connection_(connection), project_(project), directory_(directory) {}
  /// `key` outlives this.
  Id upsert(const CaseName& key);

 private:
  Id look_up(const CaseName& key);

  db::Connection& connection_;
  const Id project_;
  SeriesDirectory* const directory_;
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>, Id> known_;
};

/// A series as the database has it.
struct SeriesRow {
  Id id = 0;
  std::string unit;  ///< not that of a measure that contradicts it
  Better better = Better::lower;
  std::int64_t points = 0;
  bool is_new = false;
};
/// The series of a measure, made where it is absent.
SeriesRow upsert_series(db::Connection& connection, Id project, Id case_id, const Measure& measure,
                        std::string_view testbed, std::string_view branch);

void insert_cases(db::Connection& connection, CaseIds& ids, Id run, const std::vector<ReportCase>& cases);
/// What is kept of it, without the samples.
blocks::Measured measured_of(const Measure& measure);

/// A point of a run that is being stored for the first time.
struct NewPoint {
  Id series = 0;
  const Measure* measure = nullptr;
};
/// All points of a run with their samples, at once; each series has one point more.
void insert_points(db::Connection& connection, std::int64_t at_us, Id run, std::vector<NewPoint> points);
/// The warning of a run whose measure is not in the unit of its series.
std::string unit_contradiction(const Measure& measure, std::string_view unit_before);

}  // namespace perftrend::store
