#pragma once
// Runs: what was uploaded, once. Functions take the connection of a transaction the caller owns (Database::read or
// Database::write); they throw as db/sql.h says.

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"
#include "server/points/points.h"
#include "server/store/statements.h"

namespace perftrend::store {

/// A project and its revision (server/points/revision.h) as they were read; id 0: the project does not exist.
struct ProjectRevision {
  Id id = 0;
  std::int64_t revision = 0;
  friend bool operator==(const ProjectRevision&, const ProjectRevision&) = default;
};
ProjectRevision find_project_revision(db::Connection& connection, std::string_view name);

/// One document of a run, packed.
struct Document {
  std::string name;  ///< as the client named the file; may be empty
  std::string content_type;
  std::size_t body_bytes = 0;  ///< unpacked
  std::string body_zstd;
  std::string redacted{};  ///< who emptied it and why; empty: it is as it was uploaded
};

/// Everything that is stored of an upload. Text and references are borrowed.
struct NewRun {
  std::string_view project;
  const Coordinates& coordinates;  ///< branch, testbed and started_us are set
  std::int64_t at_us = 0;          ///< place in the trend
  std::int64_t received_us = 0;
  bool clock_ahead = false;         ///< a stated time was ahead of the server's clock; it was replaced
  std::string_view identity;        ///< what makes two uploads the same
  std::string_view content_sha256;  ///< of the bytes and the coordinates: what an identity may not be reused with
  const Counts& counts;
  const std::vector<ReportCase>& cases;
  const std::vector<MetricValue>& metrics;
  const std::vector<std::string>& warnings;
  const std::vector<Document>& documents;
  std::span<const Facts> case_facts{};  ///< what MetricValue::facts refers to

  /// How a case with these facts was run: the configuration of the run, and that of the case, which wins. Sorted.
  [[nodiscard]] std::vector<Property> configuration(std::uint32_t facts) const;
};

/// A run that was stored before.
struct StoredRun {
  Id project = 0;
  Id run = 0;
  bool conflict = false;  ///< its identity is the same and its content differs
};
/// The run with the identity or the content of `run`.
std::optional<StoredRun> find_stored_run(db::Connection& connection, const NewRun& run);

/// Where a metric of a new run belongs.
struct ResolvedPoint {
  Id series = 0;
  std::size_t metric = 0;  ///< index into NewRun::metrics
  Id case_id = 0;
  Better better = Better::lower;  ///< of the series, even where the metric states another direction
  std::int64_t points = 0;        ///< of the series, with this one
  double factor = 1;              ///< from the unit of the metric to that of the series
  std::string other_unit{};       ///< the unit of the series where the metric has another one
};

/// What an upload says of a series that was not known before.
struct NewStatement {
  Id series = 0;
  std::string unit;
  SeriesStatement statement;  ///< without its unit

  [[nodiscard]] SeriesStatement whole() const {
    return {unit, statement.unit_by, statement.better, statement.better_by};
  }
};

/// The run that a new upload is a part of.
struct JoinedRun {
  Id first_part = 0;      ///< 0: the upload is a run of its own
  std::vector<Id> parts;  ///< stored before, ascending
  std::int64_t parts_expected = 0;
  bool complete = true;
  std::string excluded;    ///< why a person excluded the run; "": it is not excluded
  std::string suspect;     ///< what a person says of its fitness to be judged; "": fit
  std::string suspect_by;  ///< who says that; "": the reports hold
  bool restarted = false;  ///< a person restarted the baseline of all its series
};

/// The stored rows that a new run refers to. The id of a row that is not stored yet is 0; insert_run fills it in.
struct ResolvedRun {
  ProjectRevision project;
  Id environment = 0;
  Id configuration = 0;                  ///< of the run
  std::vector<Id> case_configurations;   ///< one for each of NewRun::case_facts
  std::vector<Id> cases;                 ///< one for each of NewRun::cases
  std::vector<ResolvedPoint> points;     ///< ascending by series, new series last
  std::vector<Id> in_another_unit;       ///< series whose excluded points are of another quantity than the new one
  std::vector<NewStatement> statements;  ///< what insert_run writes to stored series
  std::vector<std::string> warnings;     ///< NewRun::warnings, and what the look-up adds
  std::int64_t new_series = 0;           ///< series that insert_run stored
  JoinedRun joined;

  [[nodiscard]] Id configuration_of(const MetricValue& metric) const {
    return metric.facts < case_configurations.size() ? case_configurations[metric.facts] : configuration;
  }
  /// Why the upload is not judged; "": it is. What a person said of the run takes precedence over its report.
  [[nodiscard]] const std::string& suspect(const NewRun& run) const;
  /// How many parts the run has, or will have where one stated it; 0: not stated.
  [[nodiscard]] std::int64_t parts_expected(const NewRun& run) const;
  /// With the new upload.
  [[nodiscard]] bool is_complete(const NewRun& run) const;
};

/// Looks up every name of the run. `directory` is valid for `project` and learns the names that are stored; it counts
/// the points of the run.
ResolvedRun resolve_run(db::Connection& connection, const NewRun& run, const ProjectRevision& project,
                        points::SeriesDirectory& directory);

/// Stores the run, its documents and cases, and all rows that `resolved` lacks, but no points. The project still has
/// the revision of `resolved`. Returns the run's id.
Id insert_run(db::Connection& connection, const NewRun& run, ResolvedRun& resolved);

/// Stores the points of a run that insert_run stored, and counts the run in its lane. Returns the project's new
/// revision.
std::int64_t insert_points(db::Connection& connection, const NewRun& run, const ResolvedRun& resolved, Id id);

struct Run {
  Id id = 0;
  Id first_part = 0;
  std::string branch, commit, testbed, ci_url, suspect;
  std::int64_t at_us = 0, started_us = 0, received_us = 0;
  Counts counts;
  std::int64_t points = 0;
  std::vector<std::string> warnings;
  std::int64_t regressed = 0, improved = 0;  ///< confirmed, acknowledged or fixed findings that start here
  std::string environment_json;              ///< object of text; "{}" where none was stated
  std::string configuration_json;            ///< the same
  std::string subject_json;                  ///< the same
  Purpose purpose = Purpose::trend;
  std::string excluded{};    ///< why a person excluded it; empty: it is not excluded
  std::string suspect_by{};  ///< the person who set `suspect`; empty: the report
  std::string run_key, shard, base_branch, base_commit;
  std::int64_t parts = 1;           ///< uploads; 1 unless run_parts.h added the later ones
  std::int64_t parts_expected = 0;  ///< 0: not stated
  bool complete = true;             ///< no more parts are expected
};

/// Confirmed, acknowledged and fixed findings that start at a run.
struct FindingCounts {
  std::int64_t regressed = 0, improved = 0;
};
FindingCounts count_findings(db::Connection& connection, Id run);

/// What find_run returns of a run that has just been stored.
Run as_stored(const NewRun& run, const ResolvedRun& resolved, Id id, const FindingCounts& findings);

struct RunFilter {
  std::string testbed, branch;                        ///< empty: any
  std::string commit;                                 ///< in full or abbreviated; empty: any
  std::optional<Purpose> purpose = Purpose::trend;    ///< nullopt: any
  std::optional<std::pair<std::int64_t, Id>> before;  ///< (at_us, id) of the last run of the page before, exclusive
  int limit = 100;
};

/// Runs with all their parts, newest first by (at_us, id) of the first part.
std::vector<Run> list_runs(db::Connection& connection, Id project, const RunFilter& filter);
/// One upload alone.
std::optional<Run> find_run(db::Connection& connection, Id project, Id run);
/// Those of `runs` (ids of first parts) that exist, by id, with the counts of all their parts.
std::map<Id, Run> find_runs(db::Connection& connection, Id project, std::span<const Id> runs);
/// The uploads that are later parts of the runs; `places` is the list of their placeholders.
std::vector<Run> list_later_parts(db::Connection& connection, const std::string& places, std::span<const Id> runs);

/// An array of texts that was stored as JSON.
std::vector<std::string> read_texts(std::string_view json);

struct RunCase {
  std::int64_t ordinal = 0;
  CaseKey key;
  CaseStatus status = CaseStatus::passed;
  int flaky = 0, reruns = 0;
  std::optional<double> time_seconds;
  std::string message;
};

/// Cases with ordinal > after (-1: from the first), in document order.
std::vector<RunCase> list_run_cases(db::Connection& connection, Id run, std::optional<CaseStatus> status,
                                    std::int64_t after, int limit);

struct RunPoint {
  Id series = 0;
  Id configuration = 0;
  CaseKey key;
  std::string metric, unit;
  Better better = Better::lower;
  double value = 0, min = 0, mad = 0;
  std::vector<double> samples;
};
std::vector<RunPoint> list_run_points(db::Connection& connection, Id run);

/// What documents a run has, in order, without their bytes (body_zstd is empty).
std::vector<Document> list_documents(db::Connection& connection, Id run);
std::optional<Document> find_document(db::Connection& connection, Id run, std::int64_t ordinal);

}  // namespace perftrend::store
