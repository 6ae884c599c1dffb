#pragma once
// Rows that belong to one run: environment, cases, series. Used where a run is stored (runs.h) and where it is
// reprocessed (readings.h).

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"
#include "server/points/points.h"
#include "server/store/statements.h"

namespace perftrend::store {

/// The parts as a JSON object with sorted names.
std::string facts_text(const std::vector<Property>& parts);

/// Tables of sorted parts: the machine, and how the subject was run.
enum class FactsTable { environment, configuration };
/// 0 where it is not stored.
Id find_facts(db::Connection& connection, FactsTable table, Id project, const std::vector<Property>& parts);
Id upsert_facts(db::Connection& connection, FactsTable table, Id project, const std::vector<Property>& parts);

Id upsert_case(db::Connection& connection, Id project, const CaseKey& key);

/// Ids of cases by name, for one upload or reprocessed run, which names most cases several times. Uses `directory`
/// where one is given, and adds to it the cases that were stored before. One thread; keys passed in outlive this.
class CaseIds {
 public:
  CaseIds(db::Connection& connection, Id project, points::SeriesDirectory* directory = nullptr)
      : connection_(connection), project_(project), directory_(directory) {}
  /// 0 where the case is not stored.
  Id find(const CaseName& key);
  /// Stores the case where it is missing.
  Id upsert(const CaseName& key);

 private:
  db::Connection& connection_;
  const Id project_;
  points::SeriesDirectory* const directory_;
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>, Id> known_;
};

/// How a case with these facts was run: the configuration of the run, and that of the case, which wins. Sorted by name.
std::vector<Property> configuration_with(const Coordinates& run, std::span<const Facts> case_facts,
                                         std::uint32_t facts);

/// For each set of facts the index of the first set with which a case has the same configuration. At least one.
std::vector<std::uint32_t> find_equal_configurations(const Coordinates& run, std::span<const Facts> case_facts);

/// What the series of one upload have in common, apart from their case and metric. Texts are borrowed.
struct SeriesScope {
  std::string_view testbed, branch;
  Id configuration = 0;
  Purpose purpose = Purpose::trend;
};

/// A stored series.
struct SeriesRow {
  Id id = 0;
  std::string unit;  ///< may differ from that of a new metric
  Better better = Better::lower;
  std::int64_t points = 0;
  StatedBy unit_by = StatedBy::inferred;
  StatedBy better_by = StatedBy::inferred;
};
/// The series of a metric; nullopt where it is not stored.
std::optional<SeriesRow> find_series_row(db::Connection& connection, Id project, Id case_id,
                                         const MetricValue& metric_value, const SeriesScope& scope);
/// The same; stores the series where it is missing.
SeriesRow upsert_series(db::Connection& connection, Id project, Id case_id, const MetricValue& metric_value,
                        const SeriesScope& scope);

/// `case_ids` has one element for each case.
void insert_cases(db::Connection& connection, Id run, const std::vector<ReportCase>& cases,
                  const std::vector<Id>& case_ids);
/// The point that a metric is in the series; borrows the metric's samples.
points::SampledPoint point_of(Id series, const MetricValue& metric_value);

/// The metric_value in another unit of the same family.
MetricValue converted(const MetricValue& metric_value, double factor, std::string_view unit);

/// What is known of a series, without its unit's name.
SeriesStatement find_statement(db::Connection& connection, Id series);
/// What is known of the series from now on.
void set_statement(db::Connection& connection, Id series, const SeriesStatement& statement);

/// The warning for a metric_value whose unit differs from that of its series.
std::string unit_contradiction(const MetricValue& metric_value, std::string_view unit_before);

}  // namespace perftrend::store
