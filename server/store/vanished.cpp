#include "server/store/vanished.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <span>

#include "core/text/similarity.h"
#include "server/db/id_parts.h"
#include "server/points/points.h"

namespace perftrend::store {
namespace {

constexpr std::size_t recent_runs = 9;       // more than vanished_after: some may be excluded or deleted
constexpr std::size_t interval_points = 10;  // from which the interval of a series is learned
constexpr std::size_t similar_cases_max = 300;
constexpr double similarity_min = 0.5;

/// A run, with the sums of all its parts.
struct WholeRun {
  Id project = 0, id = 0;
  std::string testbed, branch;
  std::int64_t at_us = 0;
  bool complete = true;        ///< it expects no more parts
  bool mostly_failed = false;  ///< most of its cases failed or errored
};

/// nullopt where the run measures no trend.
std::optional<WholeRun> find_run_of_trend(db::Connection& connection, Id project, Id run) {
  std::optional<WholeRun> found;
  connection.query(
      "SELECT f.testbed, f.branch, f.at_us, f.complete, CASE WHEN "
      "2 * sum(p.failed + p.errored) > sum(p.cases) THEN 1 ELSE 0 END FROM run f JOIN run p ON p.first_part = f.id "
      "WHERE f.id = $1 AND f.project_id = $2 AND f.purpose = 0 AND f.excluded = '' "
      "GROUP BY f.id, f.testbed, f.branch, f.at_us, f.complete",
      {run, project}, [&](const db::Row& row) {
        found = WholeRun{.project = project,
                         .id = run,
                         .testbed = row.string(0),
                         .branch = row.string(1),
                         .at_us = row.integer(2),
                         .complete = row.integer(3) == 1,
                         .mostly_failed = row.integer(4) == 1};
      });
  return found;
}

/// The cases of any part of `runs` that failed, errored or were skipped.
std::set<Id> list_not_passed(db::Connection& connection, std::span<const Id> runs) {
  std::set<Id> cases;
  for (const Id run : runs) {
    connection.query(
        "SELECT c.case_id FROM run p JOIN run_case c ON c.run_id = p.id WHERE p.first_part = $1 AND c.status <> 0",
        {run}, [&](const db::Row& row) { cases.insert(row.integer(0)); });
  }
  return cases;
}

/// The series of all parts of a run, ascending.
std::vector<Id> series_of_run(db::Connection& connection, Id first_part) {
  std::vector<Id> parts;
  connection.query("SELECT id FROM run WHERE first_part = $1", {first_part},
                   [&](const db::Row& row) { parts.push_back(row.integer(0)); });
  std::vector<Id> series;
  for (const Id part : parts) {
    const auto of_part = points::list_series_of_run(connection, part);
    std::vector<Id> joined;
    std::set_union(series.begin(), series.end(), of_part.begin(), of_part.end(), std::back_inserter(joined));
    series = std::move(joined);
  }
  return series;
}

std::vector<Id> without(const std::vector<Id>& series, const std::vector<Id>& others) {
  std::vector<Id> rest;
  std::set_difference(series.begin(), series.end(), others.begin(), others.end(), std::back_inserter(rest));
  return rest;
}

/// Saves the run where it is whole, and forgets old ones. Returns the whole runs of the lane that are not excluded,
/// newest first; empty where `run` is not whole.
std::vector<Id> save_recent(db::Connection& connection, const WholeRun& run) {
  if (!run.complete || run.mostly_failed) {
    connection.execute("DELETE FROM recent_run WHERE project_id = $1 AND testbed = $2 AND branch = $3 AND run_id = $4",
                       {run.project, run.testbed, run.branch, run.id});
    return {};
  }
  connection.execute(
      "INSERT INTO recent_run (project_id, testbed, branch, run_id) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (project_id, testbed, branch, run_id) DO NOTHING",
      {run.project, run.testbed, run.branch, run.id});
  std::vector<Id> runs;
  connection.query(
      "SELECT w.run_id FROM recent_run w JOIN run r ON r.id = w.run_id WHERE w.project_id = $1 AND w.testbed = $2 "
      "AND w.branch = $3 AND r.excluded = '' ORDER BY w.run_id DESC",
      {run.project, run.testbed, run.branch}, [&](const db::Row& row) { runs.push_back(row.integer(0)); });
  if (runs.size() > recent_runs) {
    connection.execute("DELETE FROM recent_run WHERE project_id = $1 AND testbed = $2 AND branch = $3 AND run_id < $4",
                       {run.project, run.testbed, run.branch, runs[recent_runs - 1]});
  }
  return runs;
}

struct SeriesDetails {
  Id case_id = 0;
  std::int64_t points = 0;
  std::string metric;
  CaseKey key;
};

std::map<Id, SeriesDetails> read_names(db::Connection& connection, std::span<const Id> series) {
  std::map<Id, SeriesDetails> names;
  db::for_each_part(series, 1, [&](const std::string& places, std::span<const Id> part) {
    const std::vector<db::Param> params(part.begin(), part.end());
    connection.query(
        "SELECT s.id, s.case_id, s.points, s.metric, c.suite, c.classname, c.name FROM series s "
        "JOIN test_case c ON c.id = s.case_id WHERE s.id IN " +
            places,
        params, [&](const db::Row& row) {
          names[row.integer(0)] = {
              row.integer(1), row.integer(2), row.string(3), {row.string(4), row.string(5), row.string(6)}};
        });
  });
  return names;
}

/// When the series is overdue: 1.5 of its longest interval after its newest point.
struct LastSeen {
  Id run = 0;
  std::int64_t at_us = 0, due_us = 0;
};

LastSeen last_seen(const std::vector<points::Point>& points) {
  LastSeen seen;
  std::int64_t longest = 0;
  for (std::size_t i = 1; i < points.size(); ++i)
    longest = std::max(longest, points[i].at_us - points[i - 1].at_us);
  if (points.empty()) return seen;
  return {points.back().run, points.back().at_us, points.back().at_us + longest + longest / 2};
}

/// The case of `appeared` with the same metric whose name is most similar; 0: none is similar. A single series that
/// appeared in the place of a single one that vanished is its new name, however it is called.
Id find_similar(const SeriesDetails& vanished, const std::map<Id, SeriesDetails>& appeared, bool single) {
  Id best = 0;
  double best_similarity = similarity_min;
  for (const auto& [id, names] : appeared) {
    if (names.metric != vanished.metric) continue;
    if (single) return names.case_id;
    const double similarity = text::similarity(names.key.name, vanished.key.name);
    if (similarity < best_similarity) continue;
    best_similarity = similarity;
    best = names.case_id;
  }
  return best;
}

/// `runs` are those that lack the candidates. A candidate whose case and metric appeared in another series goes on
/// there with another configuration.
void insert_vanished(db::Connection& connection, const WholeRun& run, std::span<const Id> runs,
                     const std::vector<Id>& candidates, const std::vector<Id>& appeared) {
  const auto names = read_names(connection, candidates);
  const auto newest = points::read_newest(connection, candidates, interval_points);
  const auto not_passed = list_not_passed(connection, runs);
  auto new_names = read_names(connection, appeared);
  std::set<std::pair<Id, std::string>> continued;
  for (const auto& [series, of_series] : new_names)
    continued.emplace(of_series.case_id, of_series.metric);
  if (new_names.size() > similar_cases_max) new_names.clear();
  for (const auto& [series, of_series] : names) {
    const auto points = newest.find(series);
    if (of_series.points < vanished_points_min || not_passed.contains(of_series.case_id) || points == newest.end() ||
        continued.contains({of_series.case_id, of_series.metric}))
      continue;
    const auto seen = last_seen(points->second);
    const Id similar = find_similar(of_series, new_names, names.size() == 1 && new_names.size() == 1);
    connection.execute(
        "INSERT INTO vanished_series (series_id, project_id, testbed, branch, last_run, last_at_us, due_us, "
        "similar_case, ended_us, ended_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, '') "
        "ON CONFLICT (series_id) DO NOTHING",
        {series, run.project, run.testbed, run.branch, seen.run, seen.at_us, seen.due_us,
         similar == 0 ? std::nullopt : std::optional(similar)});
  }
}

/// Forgets those that came back.
void erase_present(db::Connection& connection, const WholeRun& run, const std::vector<Id>& present) {
  std::vector<Id> back;
  connection.query("SELECT series_id FROM vanished_series WHERE project_id = $1 AND testbed = $2 AND branch = $3",
                   {run.project, run.testbed, run.branch}, [&](const db::Row& row) {
                     if (std::binary_search(present.begin(), present.end(), row.integer(0)))
                       back.push_back(row.integer(0));
                   });
  for (const Id series : back)
    connection.execute("DELETE FROM vanished_series WHERE series_id = $1", {series});
}

/// No run of the lane is newer. The parts of one run may come in any order.
bool is_newest(db::Connection& connection, const WholeRun& run) {
  return connection.require_integer(
             "SELECT count(*) FROM lane WHERE project_id = $1 AND testbed = $2 AND branch = $3 "
             "AND (last_at_us <= $4 OR last_run = $5)",
             {run.project, run.testbed, run.branch, run.at_us, run.id}) > 0;
}

}  // namespace

VanishedPage list_vanished(db::Connection& connection, Id project, const VanishedFilter& filter) {
  static const std::string from =
      "FROM vanished_series v JOIN lane l ON l.project_id = v.project_id AND l.testbed = v.testbed "
      "AND l.branch = v.branch AND l.last_at_us > v.due_us AND l.ended_us IS NULL "
      "JOIN series s ON s.id = v.series_id JOIN test_case c ON c.id = s.case_id "
      "LEFT JOIN test_case n ON n.id = v.similar_case "
      "WHERE v.project_id = $1 AND v.ended_us IS NULL AND ($2 = '' OR v.testbed = $2) AND ($3 = '' OR v.branch = $3) ";
  static const std::string count = "SELECT count(*) " + from;
  static const std::string list =
      "SELECT s.id, c.suite, c.classname, c.name, s.metric, s.testbed, s.branch, v.last_run, v.last_at_us, n.suite, "
      "n.classname, n.name " +
      from + "ORDER BY c.suite, c.classname, c.name, s.metric, s.testbed, s.branch LIMIT $4";
  VanishedPage page;
  page.total = connection.require_integer(count, {project, filter.testbed, filter.branch});
  if (page.total == 0) return page;
  connection.query(list, {project, filter.testbed, filter.branch, filter.limit}, [&](const db::Row& row) {
    VanishedSeries vanished;
    vanished.series = row.integer(0);
    vanished.key = {row.string(1), row.string(2), row.string(3)};
    vanished.metric = row.string(4);
    vanished.testbed = row.string(5);
    vanished.branch = row.string(6);
    vanished.last_run = row.integer(7);
    vanished.last_at_us = row.integer(8);
    if (!row.is_null(9)) vanished.similar = CaseKey{row.string(9), row.string(10), row.string(11)};
    page.series.push_back(std::move(vanished));
  });
  return page;
}

namespace {

void find_vanished(db::Connection& connection, const WholeRun& run, Id upload) {
  if (!is_newest(connection, run)) return;
  if (upload != 0) erase_present(connection, run, points::list_series_of_run(connection, upload));
  const auto whole = save_recent(connection, run);
  if (whole.size() <= vanished_after || whole.front() != run.id) return;
  const auto present = series_of_run(connection, run.id);
  const auto before = series_of_run(connection, whole[vanished_after]);
  auto candidates = without(before, present);
  if (candidates.empty()) return;
  const auto next = series_of_run(connection, whole[vanished_after - 1]);
  candidates = without(candidates, next);
  for (std::size_t i = 1; i + 1 < vanished_after && !candidates.empty(); ++i)
    candidates = without(candidates, series_of_run(connection, whole[i]));
  if (candidates.size() > vanished_candidates_max) candidates.resize(vanished_candidates_max);
  const auto without_them = std::span(whole).first(vanished_after);
  if (!candidates.empty()) insert_vanished(connection, run, without_them, candidates, without(next, before));
}

}  // namespace

VanishedPage update_vanished(db::Connection& connection, Id project, Id run, Id upload, int limit) {
  const auto whole = find_run_of_trend(connection, project, run);
  if (!whole) return {};
  find_vanished(connection, *whole, upload);
  return list_vanished(connection, project, {whole->testbed, whole->branch, limit});
}

bool end_vanished(db::Connection& connection, Id project, Id series, std::string_view by, std::int64_t now_us) {
  return connection.execute(
             "UPDATE vanished_series SET ended_us = $1, ended_by = $2 WHERE project_id = $3 AND series_id = $4",
             {now_us, by, project, series}) > 0;
}

}  // namespace perftrend::store
