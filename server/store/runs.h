#pragma once
// Runs: what was uploaded, once. Functions take the connection of a transaction the caller owns (Database::read or
// Database::write); they throw as db/sql.h says.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"
#include "server/store/series_directory.h"

namespace perftrend::store {

/// One document of a run, packed.
struct Document {
  std::string name;  ///< as the client named the file; may be empty
  std::string content_type;
  std::size_t body_bytes = 0;  ///< unpacked
  std::string body_zstd;
};

/// Everything of an upload that is to be kept. Text and spans are borrowed for the duration of the call.
struct NewRun {
  std::string_view project;
  const Coordinates& coordinates;  ///< branch, testbed and started_us are set
  std::int64_t at_us = 0;          ///< place in the trend
  std::int64_t received_us = 0;
  std::string_view identity;        ///< what makes two uploads the same
  std::string_view content_sha256;  ///< of the bytes and the coordinates: what an identity may not be reused with
  const Counts& counts;
  const std::vector<ReportCase>& cases;
  const std::vector<Measure>& measures;
  const std::vector<std::string>& warnings;
  const std::vector<Document>& documents;
};

enum class InsertResult { stored, already_there, conflict };

/// Where a measure of this upload went.
struct StoredPoint {
  Id series = 0;
  std::size_t measure = 0;  ///< index into NewRun::measures
  Id case_id = 0;
  Better better = Better::lower;  ///< of the series, whatever the measure says
  std::int64_t points = 0;        ///< of the series, with this one
};

struct InsertedRun {
  InsertResult result = InsertResult::stored;
  Id run = 0;                         ///< the new run, or the one that was there; 0 on conflict
  Id project = 0;                     ///< 0 on conflict
  std::vector<StoredPoint> points;    ///< by series; empty unless stored
  std::int64_t stamp_before = 0;      ///< of the project, without this run (stamps.h); 0 unless stored
  std::int64_t stamp = 0;             ///< with it
  std::vector<std::string> warnings;  ///< NewRun::warnings and what was found on storing (a unit that changed)
};

/// What is known of the project's names, on the stamp of the project given; nullptr: nothing.
using FindDirectory = std::function<SeriesDirectory*(Id project, std::int64_t stamp)>;

/// Inserts the run with its cases, points, samples and document. The same identity again stores nothing. The directory
/// knows more afterwards, and holds with InsertedRun::stamp; where this throws or is rolled back, it holds no more.
InsertedRun insert_run(db::Connection& connection, const NewRun& run, const FindDirectory& find_directory = {});

struct Run {
  Id id = 0;
  std::string branch, commit, testbed, ci_url, suspect;
  std::int64_t at_us = 0, started_us = 0, received_us = 0;
  Counts counts;
  std::int64_t points = 0;
  std::vector<std::string> warnings;
  std::int64_t regressed = 0, improved = 0;  ///< findings that start here and are not dismissed
  std::string environment_json;              ///< object of text; "{}" where none was stated
};

struct RunFilter {
  std::string testbed, branch;                        ///< empty: any
  std::optional<std::pair<std::int64_t, Id>> before;  ///< (at_us, id) of the last run of the page before, exclusive
  int limit = 100;
};

/// Newest first by (at_us, id).
std::vector<Run> list_runs(db::Connection& connection, Id project, const RunFilter& filter);
std::optional<Run> find_run(db::Connection& connection, Id project, Id run);

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
