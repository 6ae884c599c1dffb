#pragma once
// The rows a run's reading consists of, for what stores a run (runs.h) and what stores it again (readings.h).

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "server/db/sql.h"
#include "server/model.h"

namespace perftrend::store {

/// The parts as a JSON object with sorted names.
std::string environment_text(const std::vector<Property>& parts);
Id upsert_environment(db::Connection& connection, Id project, const std::vector<Property>& parts);
Id upsert_case(db::Connection& connection, Id project, const CaseKey& key);

/// upsert_case for one upload, in which most cases are named several times: by each of their measures and by the run.
class CaseIds {
 public:
  CaseIds(db::Connection& connection, Id project) : connection_(connection), project_(project) {}
  /// `key` outlives this.
  Id upsert(const CaseName& key);

 private:
  db::Connection& connection_;
  const Id project_;
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>, Id> known_;
};

/// The series of a measure, made where it is absent; 0 where its unit is not the one the series has had so far, which
/// `unit_before` then says.
Id upsert_series(db::Connection& connection, Id project, Id case_id, const Measure& measure, std::string_view testbed,
                 std::string_view branch, std::string& unit_before);

void insert_cases(db::Connection& connection, CaseIds& ids, Id run, const std::vector<ReportCase>& cases);
/// With its samples; the series has one point more.
void insert_point(db::Connection& connection, Id series, std::int64_t at_us, Id run, const Measure& measure);

/// A point of a run that is being stored for the first time.
struct NewPoint {
  Id series = 0;
  const Measure* measure = nullptr;
};
/// All points of a run with their samples, at once; each series has one point more.
void insert_points(db::Connection& connection, std::int64_t at_us, Id run, std::vector<NewPoint> points);
/// The minimum of a stored point, of which a point of one sample keeps none.
double point_minimum(double value, double stored, std::int64_t samples);

/// The warning of a run whose measure is not in the unit of its series.
std::string unit_contradiction(const Measure& measure, std::string_view unit_before);

}  // namespace perftrend::store
