#pragma once
// Parts of runs. A run may come in several uploads; each is a row of the table `run` with points, cases and documents
// of its own, and all rows of one run have the same first part, whose id is the id of the run. Functions take the
// connection of a transaction the caller owns.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/db/sql.h"
#include "server/store/runs.h"
#include "server/store/series.h"

namespace perftrend::store {

/// A new upload without a run key joins a run of its commit whose newest part started this much earlier at most.
constexpr std::int64_t part_gap_us = 6LL * 3600 * 1'000'000;
/// A repeated measurement of a commit within this time gives a warning: it may be a shard.
constexpr std::int64_t repeated_within_us = 3600LL * 1'000'000;

/// Finds the run that a new upload belongs to and sets `resolved.joined`; adds warnings where a case is measured again.
/// Cost: the list of series of each part of that run.
void resolve_parts(db::Connection& connection, const NewRun& run, ResolvedRun& resolved);

/// The first part of the run that the upload belongs to; 0 where the project has no such upload.
Id find_first_part(db::Connection& connection, Id project, Id upload);
/// The uploads of the run that `run`, any of them, belongs to; ascending.
std::vector<Id> list_part_ids(db::Connection& connection, Id run);

/// One upload of a run.
struct RunPart {
  Id id = 0;
  std::string shard;
  std::int64_t received_us = 0, cases = 0, points = 0, documents = 0;
  std::vector<std::string> warnings;
};
std::vector<RunPart> list_parts(db::Connection& connection, Id run);

/// The run that the upload belongs to: the first part with the sums, warnings and reasons of all parts.
std::optional<Run> find_whole_run(db::Connection& connection, Id project, Id upload);
/// Adds the later parts to their first parts.
void add_parts(db::Connection& connection, std::vector<Run>& first_parts);

/// Cases of all parts, in their order. RunCase::ordinal orders them over all parts; the rest is as list_run_cases.
std::vector<RunCase> list_whole_run_cases(db::Connection& connection, Id run, std::optional<CaseStatus> status,
                                          std::int64_t after, int limit);
std::vector<RunPoint> list_whole_run_points(db::Connection& connection, Id run);
/// The series in which any part has a point, in order of their ids.
std::vector<RunSeries> list_whole_run_series(db::Connection& connection, Id run);
std::vector<Document> list_whole_run_documents(db::Connection& connection, Id run);
/// `ordinal` counts the documents of all parts.
std::optional<Document> find_whole_run_document(db::Connection& connection, Id run, std::int64_t ordinal);

/// What each of `runs` measured, as a JSON object of text, in their order. Cost: a look-up for each run.
std::vector<std::string> list_subjects(db::Connection& connection, const std::vector<Id>& runs);

/// Ends the wait for more parts. False where the run was complete.
bool set_complete(db::Connection& connection, Id run);

/// A run that waits for parts, and its project's name.
struct WaitingRun {
  Id run = 0;
  std::string project;
};
/// Runs that wait for parts and whose newest part was received before.
std::vector<WaitingRun> list_waiting_runs(db::Connection& connection, std::int64_t received_before_us);

}  // namespace perftrend::store
