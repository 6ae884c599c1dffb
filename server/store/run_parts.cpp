#include "server/store/run_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <span>
#include <tuple>
#include <utility>

#include "core/text/commit.h"
#include "server/db/id_parts.h"
#include "server/points/points.h"
#include "server/store/commits.h"
#include "server/store/corrections.h"

namespace perftrend::store {
namespace {

/// Cases of later parts follow those of earlier ones. A report has fewer cases than this.
constexpr std::int64_t ordinals_of_a_part = std::int64_t{1} << 32U;

/// A run that the new upload may be a part of, as its newest part says.
struct JoinCandidate {
  Id run = 0;
  std::string commit;
  std::int64_t started_us = 0;
};

/// Parts of the run with the upload's key, or of its commit where neither has a key; newest start first.
std::vector<JoinCandidate> list_candidates(db::Connection& connection, Id project, const Coordinates& where) {
  static const std::string candidate =
      "SELECT first_part, commit_id, started_us FROM run WHERE project_id = $1 AND testbed = $2 AND branch = $3 "
      "AND purpose = $4 AND excluded <> $5 AND ";
  static const std::string newest_first = " ORDER BY started_us DESC, id DESC";
  std::vector<db::Param> params = {project, where.testbed, where.branch, static_cast<int>(where.purpose),
                                   being_deleted};
  std::string condition = "run_key = $6";
  CommitSpellings spellings;
  if (where.run_key.empty()) {
    spellings = find_spellings(connection, project, where.commit);
    condition = "run_key = '' AND commit_id IN " + spellings.places(6);
    params = spellings.after(std::move(params));
  } else {
    params.emplace_back(where.run_key);
  }
  std::vector<JoinCandidate> candidates;
  connection.query(candidate + condition + newest_first, params, [&](const db::Row& row) {
    candidates.push_back({row.integer(0), row.string(1), row.integer(2)});
  });
  return candidates;
}

/// How many of the upload's stored series have a point of one of the parts, and the case of the first.
struct Overlap {
  std::int64_t series = 0;
  std::string example;
};

Overlap find_overlap(db::Connection& connection, const NewRun& run, const ResolvedRun& resolved,
                     std::span<const Id> parts) {
  std::vector<Id> measured;
  for (const Id part : parts) {
    for (const Id id : points::list_series_of_run(connection, part))
      measured.push_back(id);
  }
  std::sort(measured.begin(), measured.end());
  Overlap overlap;
  for (const auto& point : resolved.points) {
    if (point.series == 0 || !std::binary_search(measured.begin(), measured.end(), point.series)) continue;
    if (overlap.series == 0) overlap.example = run.metrics[point.metric].key.name.view();
    ++overlap.series;
  }
  return overlap;
}

/// What a person said of the run holds for a part that comes later, except a redaction: no person saw these documents.
void join(db::Connection& connection, const NewRun& upload, Id run, ResolvedRun& resolved) {
  auto& joined = resolved.joined;
  joined.first_part = run;
  joined.parts = list_part_ids(connection, run);
  std::string redacted;
  connection.query(
      "SELECT r.parts_expected, r.complete, r.excluded, r.suspect, r.suspect_by, (SELECT count(*) FROM "
      "baseline_restart b WHERE b.project_id = r.project_id AND b.run_id = r.id AND b.series_id IS NULL), "
      "coalesce((SELECT max(d.redacted) FROM document d WHERE d.run_id = r.id), '') FROM run r WHERE r.id = $1",
      {run}, [&](const db::Row& row) {
        joined.parts_expected = row.integer(0);
        joined.complete = row.integer(1) == 1;
        joined.excluded = row.string(2);
        joined.suspect_by = row.string(4);
        if (!joined.suspect_by.empty()) joined.suspect = row.string(3);
        joined.restarted = row.integer(5) > 0;
        redacted = row.string(6);
      });
  const auto warn = [&](std::string text) { resolved.warnings.push_back(std::move(text)); };
  const auto& reported = upload.coordinates.suspect;
  if (!joined.excluded.empty()) {
    warn(fmt::format("run {} is excluded ({}), and so is this part of it: include the run again if that is wrong", run,
                     joined.excluded));
  }
  if (!joined.suspect.empty()) {
    warn(fmt::format("{} marked run {} as suspect ({}), and so is this part of it: take the mark back if that is wrong",
                     joined.suspect_by, run, joined.suspect));
  } else if (!joined.suspect_by.empty() && !reported.empty()) {
    warn(
        fmt::format("the report says that it is suspect ({}), but {} decided that run {} is judged: this part of it is "
                    "judged too",
                    reported, joined.suspect_by, run));
  }
  if (!redacted.empty()) {
    warn(
        fmt::format("documents of run {} were redacted ({}); those of this part were not: check them, and redact the "
                    "run again if they have the same content",
                    run, redacted));
  }
}

void resolve_by_key(db::Connection& connection, const NewRun& run, const std::vector<JoinCandidate>& candidates,
                    ResolvedRun& resolved) {
  const auto& where = run.coordinates;
  const auto same = std::find_if(candidates.begin(), candidates.end(), [&](const JoinCandidate& candidate) {
    return text::is_same_commit(candidate.commit, where.commit) || candidate.commit.empty() || where.commit.empty();
  });
  if (same == candidates.end()) {
    resolved.warnings.push_back(
        fmt::format("the run key '{}' belongs to run {} of commit {}; this upload states commit {} and is a run of its "
                    "own: give each run a key of its own",
                    where.run_key, candidates.front().run, candidates.front().commit, where.commit));
    return;
  }
  join(connection, run, same->run, resolved);
  const auto overlap = find_overlap(connection, run, resolved, resolved.joined.parts);
  if (overlap.series == 0) return;
  resolved.warnings.push_back(
      fmt::format("{} series of this upload have a value in an earlier part of run {} already, for example of {}; they "
                  "get a further point. If these are shards that run the same cases, state shard=NAME",
                  overlap.series, same->run, overlap.example));
}

void resolve_by_commit(db::Connection& connection, const NewRun& run, const std::vector<JoinCandidate>& candidates,
                       ResolvedRun& resolved) {
  const std::int64_t started_us = run.coordinates.started_us.value();
  const auto apart_us = [&](const JoinCandidate& candidate) { return std::abs(started_us - candidate.started_us); };
  const auto nearest = std::min_element(candidates.begin(), candidates.end(),
                                        [&](const auto& a, const auto& b) { return apart_us(a) < apart_us(b); });
  if (apart_us(*nearest) > part_gap_us) return;
  const auto parts = list_part_ids(connection, nearest->run);
  const auto overlap = find_overlap(connection, run, resolved, parts);
  if (overlap.series == 0) return join(connection, run, nearest->run, resolved);
  // Other purposes measure a commit again and again.
  if (apart_us(*nearest) > repeated_within_us || run.coordinates.purpose != Purpose::trend) return;
  resolved.warnings.push_back(fmt::format(
      "{} was measured for commit {} {} minutes before or after this upload (run {}); it counts as a repeated "
      "measurement, a run of its own. If these are shards, state shard=NAME and the same run_key for all of them",
      overlap.example, run.coordinates.commit, apart_us(*nearest) / 60'000'000, nearest->run));
}

void add_part(Run& run, const Run& part) {
  auto& sum = run.counts;
  const auto& counts = part.counts;
  sum.cases += counts.cases;
  sum.passed += counts.passed;
  sum.failed += counts.failed;
  sum.errored += counts.errored;
  sum.skipped += counts.skipped;
  sum.notrun += counts.notrun;
  sum.properties += counts.properties;
  sum.time_seconds += counts.time_seconds;
  run.points += part.points;
  ++run.parts;
  run.warnings.insert(run.warnings.end(), part.warnings.begin(), part.warnings.end());
  if (run.suspect.find(part.suspect) == std::string::npos)
    run.suspect += (run.suspect.empty() ? "" : "; ") + part.suspect;
  for (const auto member : {&Run::ci_url, &Run::commit, &Run::base_branch, &Run::base_commit}) {
    if ((run.*member).empty()) run.*member = part.*member;
  }
  for (const auto commit : {&Run::commit, &Run::base_commit}) {  // in full where a part states it so
    if ((part.*commit).size() > (run.*commit).size() && text::is_same_commit(run.*commit, part.*commit))
      run.*commit = part.*commit;
  }
}

}  // namespace

void resolve_parts(db::Connection& connection, const NewRun& run, ResolvedRun& resolved) {
  resolved.joined = {};
  const auto& where = run.coordinates;
  if (resolved.project.id == 0 || (where.run_key.empty() && where.commit.empty())) return;
  const auto candidates = list_candidates(connection, resolved.project.id, where);
  if (candidates.empty()) return;
  if (where.run_key.empty()) {
    resolve_by_commit(connection, run, candidates, resolved);
  } else {
    resolve_by_key(connection, run, candidates, resolved);
  }
}

Id find_first_part(db::Connection& connection, Id project, Id upload) {
  return connection.query_integer("SELECT first_part FROM run WHERE project_id = $1 AND id = $2", {project, upload})
      .value_or(0);
}

std::vector<Id> list_part_ids(db::Connection& connection, Id run) {
  std::vector<Id> ids;
  connection.query("SELECT id FROM run WHERE first_part = (SELECT first_part FROM run WHERE id = $1) ORDER BY id",
                   {run}, [&](const db::Row& row) { ids.push_back(row.integer(0)); });
  return ids;
}

std::vector<RunPart> list_parts(db::Connection& connection, Id run) {
  std::vector<RunPart> parts;
  connection.query(
      "SELECT r.id, r.shard, r.received_us, r.cases, r.points, "
      "(SELECT count(*) FROM document d WHERE d.run_id = r.id), r.warnings_json FROM run r WHERE r.first_part = $1 "
      "ORDER BY r.id",
      {run}, [&](const db::Row& row) {
        parts.push_back({row.integer(0), row.string(1), row.integer(2), row.integer(3), row.integer(4), row.integer(5),
                         read_texts(row.text(6))});
      });
  return parts;
}

std::optional<Run> find_whole_run(db::Connection& connection, Id project, Id upload) {
  auto found = find_run(connection, project, find_first_part(connection, project, upload));
  if (!found) return std::nullopt;
  std::vector<Run> runs = {std::move(*found)};
  add_parts(connection, runs);
  return std::move(runs.front());
}

void add_parts(db::Connection& connection, std::vector<Run>& first_parts) {
  std::map<Id, Run*> by_id;
  std::vector<Id> ids;
  for (auto& run : first_parts) {
    by_id[run.id] = &run;
    ids.push_back(run.id);
  }
  db::for_each_part(ids, 1, [&](const std::string& places, std::span<const Id> some) {
    for (const auto& part : list_later_parts(connection, places, some))
      add_part(*by_id.at(part.first_part), part);
  });
}

std::vector<RunCase> list_whole_run_cases(db::Connection& connection, Id run, std::optional<CaseStatus> status,
                                          std::int64_t after, int limit) {
  std::vector<RunCase> cases;
  const auto parts = list_part_ids(connection, run);
  const std::int64_t after_part = after < 0 ? 0 : after / ordinals_of_a_part;
  for (std::size_t i = static_cast<std::size_t>(after_part); i < parts.size(); ++i) {
    const std::int64_t first = static_cast<std::int64_t>(i) * ordinals_of_a_part;
    const int left = limit - static_cast<int>(cases.size());
    if (left <= 0) break;
    for (auto& each : list_run_cases(connection, parts[i], status, std::max<std::int64_t>(after - first, -1), left)) {
      each.ordinal += first;
      cases.push_back(std::move(each));
    }
  }
  return cases;
}

std::vector<RunPoint> list_whole_run_points(db::Connection& connection, Id run) {
  std::vector<RunPoint> all;
  for (const Id part : list_part_ids(connection, run)) {
    auto points = list_run_points(connection, part);
    std::move(points.begin(), points.end(), std::back_inserter(all));
  }
  std::stable_sort(all.begin(), all.end(), [](const RunPoint& a, const RunPoint& b) {
    return std::tie(a.key.suite, a.key.classname, a.key.name, a.metric) <
           std::tie(b.key.suite, b.key.classname, b.key.name, b.metric);
  });
  return all;
}

std::vector<RunSeries> list_whole_run_series(db::Connection& connection, Id run) {
  std::vector<RunSeries> all;
  for (const Id part : list_part_ids(connection, run)) {
    auto series = list_run_series(connection, part);
    std::move(series.begin(), series.end(), std::back_inserter(all));
  }
  const auto id_of = [](const RunSeries& series) { return series.key.id; };
  std::ranges::sort(all, {}, id_of);
  const auto repeated = std::ranges::unique(all, {}, id_of);
  all.erase(repeated.begin(), repeated.end());
  return all;
}

std::vector<Document> list_whole_run_documents(db::Connection& connection, Id run) {
  std::vector<Document> all;
  for (const Id part : list_part_ids(connection, run)) {
    auto documents = list_documents(connection, part);
    std::move(documents.begin(), documents.end(), std::back_inserter(all));
  }
  return all;
}

std::optional<Document> find_whole_run_document(db::Connection& connection, Id run, std::int64_t ordinal) {
  for (const auto& part : list_parts(connection, run)) {
    if (ordinal < part.documents) return find_document(connection, part.id, ordinal);
    ordinal -= part.documents;
  }
  return std::nullopt;
}

std::vector<std::string> list_subjects(db::Connection& connection, const std::vector<Id>& runs) {
  std::map<Id, std::string> by_run;
  for (const Id run : runs)
    by_run.try_emplace(run);
  std::vector<Id> ids;
  ids.reserve(by_run.size());
  for (const auto& [run, subject] : by_run)
    ids.push_back(run);
  db::for_each_part(ids, 1, [&](const std::string& places, std::span<const Id> part) {
    const std::vector<db::Param> params(part.begin(), part.end());
    connection.query("SELECT id, subject_json FROM run WHERE id IN " + places, params,
                     [&](const db::Row& row) { by_run[row.integer(0)] = row.string(1); });
  });
  std::vector<std::string> subjects;
  subjects.reserve(runs.size());
  for (const Id run : runs)
    subjects.push_back(by_run.at(run));
  return subjects;
}

bool set_complete(db::Connection& connection, Id run) {
  const bool waits = connection.require_integer("SELECT count(*) FROM run WHERE id = $1 AND complete = 0", {run}) > 0;
  if (waits) connection.execute("UPDATE run SET complete = 1 WHERE id = $1", {run});
  return waits;
}

std::vector<WaitingRun> list_waiting_runs(db::Connection& connection, std::int64_t received_before_us) {
  std::vector<WaitingRun> waiting;
  connection.query(
      "SELECT r.id, p.name FROM run r JOIN project p ON p.id = r.project_id WHERE r.complete = 0 AND "
      "(SELECT max(q.received_us) FROM run q WHERE q.first_part = r.id) < $1 ORDER BY r.id",
      {received_before_us}, [&](const db::Row& row) {
        waiting.push_back({row.integer(0), row.string(1)});
      });
  return waiting;
}

}  // namespace perftrend::store
