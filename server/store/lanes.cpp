#include "server/store/lanes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <utility>

#include "server/store/like_pattern.h"

namespace perftrend::store {
namespace {

/// Names of default branches, the likeliest first.
constexpr std::array<std::string_view, 4> usual_default_branches = {"main", "master", "trunk", "develop"};

db::Blob as_blob(const std::string& text) {
  return std::as_bytes(std::span(text));
}

/// The row of one lane while uploads are added to it.
struct LaneRow {
  bool stored = false;
  std::int64_t runs = 0, series = 0, points = 0;
  Id first_run = 0, last_run = 0;
  std::int64_t last_at_us = INT64_MIN, last_started_us = 0, last_received_us = 0;
  std::vector<RunTime> times;
  std::optional<std::int64_t> ended_us;
  std::string ended_by;

  void add(const LaneUpload& upload, bool new_run) {
    if (new_run) {
      // A stated commit time before that of the newest run: a run of an old commit, out of turn. One that has the same
      // commit time measures the newest commit again.
      const bool backfilled = upload.at_us < upload.started_us && upload.at_us < last_at_us;
      add_run_time(times, {upload.started_us, upload.received_us, upload.clock_ahead, backfilled});
    }
    last_started_us = std::max(last_started_us, upload.started_us);
    last_received_us = std::max(last_received_us, upload.received_us);
    if (ended_us && upload.started_us > *ended_us) {
      ended_us.reset();
      ended_by.clear();
    }
    if (upload.excluded) return;
    runs += new_run ? 1 : 0;
    series += upload.new_series;
    points += upload.points;
    if (first_run == 0 || upload.first_part < first_run) first_run = upload.first_part;
    if (std::pair(upload.at_us, upload.first_part) >= std::pair(last_at_us, last_run)) {
      last_at_us = upload.at_us;
      last_run = upload.first_part;
    }
  }
};

constexpr std::string_view row_columns =
    "SELECT runs, series, points, first_run, last_run, last_at_us, last_started_us, last_received_us, run_times, "
    "ended_us, ended_by FROM lane WHERE project_id = $1 AND testbed = $2 AND branch = $3";

LaneRow read_row(db::Connection& connection, Id project, std::string_view testbed, std::string_view branch) {
  LaneRow lane;
  connection.query(row_columns, {project, testbed, branch}, [&](const db::Row& row) {
    lane = {true,
            row.integer(0),
            row.integer(1),
            row.integer(2),
            row.integer(3),
            row.integer(4),
            row.integer(5),
            row.integer(6),
            row.integer(7),
            unpack_run_times(row.blob(8)),
            row.optional_integer(9),
            row.string(10)};
  });
  return lane;
}

void save_row(db::Connection& connection, Id project, std::string_view testbed, std::string_view branch,
              const LaneRow& lane) {
  const auto times = pack_run_times(lane.times);
  connection.execute(
      "INSERT INTO lane (project_id, testbed, branch, runs, series, points, first_run, last_run, last_at_us, "
      "last_started_us, last_received_us, run_times, ended_us, ended_by) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) "
      "ON CONFLICT (project_id, testbed, branch) DO UPDATE SET runs = $4, series = $5, points = $6, first_run = $7, "
      "last_run = $8, last_at_us = $9, last_started_us = $10, last_received_us = $11, run_times = $12, ended_us = $13, "
      "ended_by = $14",
      {project, testbed, branch, lane.runs, lane.series, lane.points, lane.first_run, lane.last_run, lane.last_at_us,
       lane.last_started_us, lane.last_received_us, as_blob(times), lane.ended_us, lane.ended_by});
}

/// Place in usual_default_branches; its size where `branch` is not one.
std::size_t usual_rank(std::string_view branch) {
  return static_cast<std::size_t>(std::find(usual_default_branches.begin(), usual_default_branches.end(), branch) -
                                  usual_default_branches.begin());
}

void save_default_branch(db::Connection& connection, Id project, const DefaultBranch& branch) {
  connection.execute("UPDATE project SET default_branch = $1, default_branch_source = $2 WHERE id = $3",
                     {branch.name, static_cast<int>(branch.source), project});
}

/// Days with a run of the lane, among its newest ones.
std::size_t days_of(const std::vector<RunTime>& times) {
  constexpr std::int64_t day_us = 86'400'000'000;
  std::set<std::int64_t> days;
  for (const auto& time : times)
    days.insert(time.started_us / day_us);
  return days.size();
}

/// From so many days on, a branch can replace a default branch that no one who knows has named.
constexpr std::size_t settled_days = 3;

bool can_be_default(std::string_view branch) {
  return !branch.empty() && !branch.starts_with("pull/") && !branch.starts_with("tags/");
}

/// The runs of a branch: days of the testbed that has most, and the newest one.
struct BranchActivity {
  std::size_t days = 0;
  std::int64_t last_started_us = INT64_MIN;
};
BranchActivity find_activity(db::Connection& connection, Id project, std::string_view branch) {
  BranchActivity found;
  connection.query("SELECT run_times, last_started_us FROM lane WHERE project_id = $1 AND branch = $2",
                   {project, branch}, [&](const db::Row& row) {
                     found.days = std::max(found.days, days_of(unpack_run_times(row.blob(0))));
                     found.last_started_us = std::max(found.last_started_us, row.integer(1));
                   });
  return found;
}

/// The branch has taken over: `now` is weakly named and has far fewer days of runs, or CI named it and its runs ended
/// before those of the branch.
bool has_taken_over(db::Connection& connection, Id project, const DefaultBranch& now, std::string_view branch,
                    const LaneRow& lane) {
  if (now.name == branch || !can_be_default(branch)) return false;
  const auto days = days_of(lane.times);
  if (days < settled_days) return false;
  const auto activity = find_activity(connection, project, now.name);
  if (now.source <= DefaultBranchSource::stated) return days > 2 * activity.days;
  return lane.times[lane.times.size() - settled_days].started_us > activity.last_started_us;
}

/// An upload may name a better default branch than the one so far, or show that its own branch is one.
void consider_default_branch(db::Connection& connection, const LaneUpload& upload, const LaneRow& lane, bool is_new) {
  using Source = DefaultBranchSource;
  const auto branch = upload.branch;
  const auto ci = upload.ci_default_branch;
  // Each of the first runs is looked at; later ones cannot change anything that matters.
  if (!is_new && ci.empty() && upload.base_branch.empty() && lane.times.size() >= run_times_max) return;
  const auto now = find_default_branch(connection, upload.project);
  if (now.source == Source::person) return;
  DefaultBranch best = now;
  const auto name = [&](std::string_view by_name, Source source) {
    if (can_be_default(by_name) && source > best.source) best = {std::string(by_name), source};
  };
  if (const auto rank = usual_rank(branch); rank < usual_default_branches.size()) {
    name(branch, Source::usual_name);
    if (best.source == Source::usual_name && rank < usual_rank(best.name)) best.name = branch;
  }
  name(branch == ci ? ci : "", Source::ci);
  name(ci.empty() ? upload.base_branch : ci, Source::stated);
  name(branch, Source::first_run);
  if (best.source == now.source && now.source <= Source::stated &&
      has_taken_over(connection, upload.project, now, branch, lane))
    best = {std::string(branch), Source::first_run};
  if (now.source == Source::ci && branch == ci && has_taken_over(connection, upload.project, now, branch, lane))
    best = {std::string(branch), Source::ci};
  if (best.name != now.name || best.source != now.source) save_default_branch(connection, upload.project, best);
}

/// The uploads of a lane in the order in which they were stored.
std::vector<LaneUpload> list_uploads(db::Connection& connection, Id project, std::string_view testbed,
                                     std::string_view branch) {
  std::vector<LaneUpload> uploads;
  connection.query(
      "SELECT id, first_part, at_us, started_us, received_us, clock_ahead, CASE WHEN excluded = '' THEN 0 ELSE 1 END "
      "FROM run WHERE project_id = $1 AND testbed = $2 AND branch = $3 AND purpose = 0 ORDER BY id",
      {project, testbed, branch}, [&](const db::Row& row) {
        uploads.push_back({project,
                           testbed,
                           branch,
                           row.integer(0),
                           row.integer(1),
                           row.integer(2),
                           row.integer(3),
                           row.integer(4),
                           row.integer(5) == 1,
                           0,
                           0,
                           {},
                           {},
                           row.integer(6) == 1});
      });
  return uploads;
}

struct SeriesCount {
  std::int64_t series = 0, points = 0;
};

void recount(db::Connection& connection, Id project, const std::pair<std::string_view, std::string_view>& name,
             const SeriesCount& count) {
  const auto& [testbed, branch] = name;
  const auto before = read_row(connection, project, testbed, branch);
  LaneRow lane;
  std::set<Id> runs;
  for (const auto& upload : list_uploads(connection, project, testbed, branch))
    lane.add(upload, runs.insert(upload.first_part).second);
  if (lane.runs == 0) {
    for (const std::string_view table : {"lane", "environment_shift"}) {
      connection.execute(fmt::format("DELETE FROM {} WHERE project_id = $1 AND testbed = $2 AND branch = $3", table),
                         {project, testbed, branch});
    }
    return;
  }
  lane.series = count.series;
  lane.points = count.points;
  lane.ended_us = before.ended_us;
  lane.ended_by = before.ended_by;
  save_row(connection, project, testbed, branch, lane);
  if (before.stored) return;
  LaneUpload of_lane;
  of_lane.project = project;
  of_lane.branch = branch;
  consider_default_branch(connection, of_lane, lane, true);
}

// ---------------------------------------------------------------------------------------------------------- reading

constexpr std::string_view lane_columns =
    "l.testbed, l.branch, l.runs, l.series, l.points, l.last_run, l.last_started_us, l.last_received_us, l.run_times, "
    "l.ended_us, l.ended_by, (SELECT coalesce(sum(r.failed + r.errored), 0) FROM run r WHERE r.first_part = "
    "l.last_run), (SELECT coalesce(max(r.suspect), '') FROM run r WHERE r.first_part = l.last_run) ";

Lane read_lane(const db::Row& row, int first) {
  Lane lane;
  lane.testbed = row.string(first);
  lane.branch = row.string(first + 1);
  lane.runs = row.integer(first + 2);
  lane.series = row.integer(first + 3);
  lane.points = row.integer(first + 4);
  lane.last_run = row.integer(first + 5);
  lane.last_started_us = row.integer(first + 6);
  lane.last_received_us = row.integer(first + 7);
  lane.times = unpack_run_times(row.blob(first + 8));
  lane.ended_us = row.optional_integer(first + 9);
  lane.ended_by = row.string(first + 10);
  lane.failed = row.integer(first + 11);
  lane.suspect = row.string(first + 12);
  return lane;
}

/// Conditions with their parameters, as they are put together.
class Conditions {
 public:
  explicit Conditions(std::vector<db::Param> params) : params_(std::move(params)) {}

  /// The place of a new parameter: "$4".
  std::string place(const db::Param& param) {
    params_.push_back(param);
    return fmt::format("${}", params_.size());
  }
  std::string add_text(std::string text) {
    texts_.push_back(std::make_unique<std::string>(std::move(text)));
    return place(*texts_.back());
  }
  /// The branch is one of these names, or matches one of these patterns.
  std::string matches(std::string_view column, std::span<const std::string> branches) {
    std::string sql;
    for (const auto& branch : branches) {
      if (!sql.empty()) sql += " OR ";
      if (branch.find_first_of("*?") == std::string::npos) {
        sql += fmt::format("{} = {}", column, add_text(branch));
      } else {
        sql += fmt::format("lower({}) LIKE lower({}) ESCAPE '\\'", column, add_text(like_pattern(branch)));
      }
    }
    return sql.empty() ? "1 = 0" : sql;
  }
  [[nodiscard]] const std::vector<db::Param>& params() const { return params_; }

 private:
  std::vector<db::Param> params_;
  std::vector<std::unique_ptr<std::string>> texts_;
};

std::string where(Conditions& conditions, const LaneFilter& filter) {
  std::string sql = fmt::format("l.project_id = $1 AND {}({})", filter.others ? "NOT " : "",
                                conditions.matches("l.branch", filter.branches));
  for (const auto& [column, text] : {std::pair("l.testbed", &filter.testbed), std::pair("l.branch", &filter.branch)}) {
    if (text->empty()) continue;
    sql += fmt::format(" AND lower({}) LIKE lower({}) ESCAPE '\\'", column, conditions.add_text(part_pattern(*text)));
  }
  if (filter.ended == LaneFilter::Ended::any) return sql;
  const auto silent = conditions.place(filter.silent_before_us);
  return filter.ended == LaneFilter::Ended::yes
             ? sql + " AND (l.ended_us IS NOT NULL OR l.last_started_us < " + silent + ")"
             : sql + " AND l.ended_us IS NULL AND l.last_started_us >= " + silent;
}

/// Sets open_regressions of all lanes with one statement.
void read_open_regressions(db::Connection& connection, Id project, std::vector<Lane>& lanes) {
  std::map<std::pair<std::string, std::string>, std::int64_t> open;
  connection.query(
      "SELECT s.testbed, s.branch, count(DISTINCT coalesce(-g.common_shift_run, g.id)) FROM regression g "
      "JOIN series s ON s.id = g.series_id WHERE g.project_id = $1 AND g.worse = 1 AND g.alerting = 1 "
      "AND g.state IN (1, 2) GROUP BY s.testbed, s.branch",
      {project}, [&](const db::Row& row) {
        open[{row.string(0), row.string(1)}] = row.integer(2);
      });
  if (open.empty()) return;
  for (auto& lane : lanes) {
    if (const auto found = open.find({lane.testbed, lane.branch}); found != open.end())
      lane.open_regressions = found->second;
  }
}

std::vector<std::string> list_names(db::Connection& connection, Id project, std::string_view column, int limit) {
  std::vector<std::string> names;
  connection.query(fmt::format("SELECT {0} FROM lane WHERE project_id = $1 GROUP BY {0} ORDER BY "
                               "max(last_started_us) DESC, {0} LIMIT $2",
                               column),
                   {project, limit}, [&](const db::Row& row) { names.push_back(row.string(0)); });
  return names;
}

}  // namespace

void add_to_lane(db::Connection& connection, const LaneUpload& upload) {
  auto lane = read_row(connection, upload.project, upload.testbed, upload.branch);
  const bool is_new = !lane.stored;
  lane.add(upload, upload.id == upload.first_part);
  save_row(connection, upload.project, upload.testbed, upload.branch, lane);
  consider_default_branch(connection, upload, lane, is_new);
}

void recount_lane(db::Connection& connection, Id project, std::string_view testbed, std::string_view branch) {
  SeriesCount count;
  connection.query(
      "SELECT count(*), CAST(coalesce(sum(points), 0) AS BIGINT) FROM series WHERE project_id = $1 AND testbed = $2 "
      "AND branch = $3 AND purpose = 0",
      {project, testbed, branch}, [&](const db::Row& row) {
        count = {row.integer(0), row.integer(1)};
      });
  recount(connection, project, {testbed, branch}, count);
}

void recount_lanes(db::Connection& connection, Id project) {
  std::map<std::pair<std::string, std::string>, SeriesCount> lanes;
  connection.query(
      "SELECT testbed, branch FROM run WHERE project_id = $1 UNION SELECT testbed, branch FROM lane "
      "WHERE project_id = $1",
      {project}, [&](const db::Row& row) {
        lanes[{row.string(0), row.string(1)}] = {};
      });
  connection.query(
      "SELECT testbed, branch, count(*), CAST(coalesce(sum(points), 0) AS BIGINT) FROM series WHERE project_id = $1 "
      "AND purpose = 0 GROUP BY testbed, branch",
      {project}, [&](const db::Row& row) {
        lanes[{row.string(0), row.string(1)}] = {row.integer(2), row.integer(3)};
      });
  for (const auto& [name, count] : lanes)
    recount(connection, project, name, count);
}

LanePage list_lanes(db::Connection& connection, Id project, const LaneFilter& filter) {
  LanePage page;
  Conditions conditions({project});
  const auto condition = where(conditions, filter);
  connection.query("SELECT count(*) FROM lane l WHERE " + condition, conditions.params(),
                   [&](const db::Row& row) { page.total = row.integer(0); });
  if (page.total == 0 || filter.limit == 0) return page;
  const auto limit = conditions.place(filter.limit);
  const auto offset = conditions.place(filter.offset);
  connection.query(fmt::format("SELECT {} FROM lane l WHERE {} ORDER BY l.last_started_us DESC, l.testbed, l.branch "
                               "LIMIT {} OFFSET {}",
                               lane_columns, condition, limit, offset),
                   conditions.params(), [&](const db::Row& row) { page.lanes.push_back(read_lane(row, 0)); });
  read_open_regressions(connection, project, page.lanes);
  return page;
}

std::vector<ProjectLane> list_default_lanes(db::Connection& connection, std::span<const std::string> branches) {
  Conditions conditions({});
  const auto sql = fmt::format(
      "SELECT l.project_id, {} FROM lane l JOIN project p ON p.id = l.project_id WHERE l.ended_us IS NULL "
      "AND (l.branch = p.default_branch OR {}) ORDER BY l.project_id, l.last_started_us DESC",
      lane_columns, conditions.matches("l.branch", branches));
  std::vector<ProjectLane> lanes;
  connection.query(sql, conditions.params(), [&](const db::Row& row) {
    lanes.push_back({row.integer(0), read_lane(row, 1)});
  });
  return lanes;
}

std::optional<std::int64_t> find_newest_at(db::Connection& connection, Id project, std::string_view testbed,
                                           std::string_view branch) {
  return connection.query_integer("SELECT last_at_us FROM lane WHERE project_id = $1 AND testbed = $2 AND branch = $3",
                                  {project, testbed, branch});
}

std::int64_t count_lane_runs(db::Connection& connection, Id project, std::string_view testbed,
                             std::string_view branch) {
  return connection
      .query_integer("SELECT runs FROM lane WHERE project_id = $1 AND testbed = $2 AND branch = $3",
                     {project, testbed, branch})
      .value_or(0);
}

std::vector<std::string> list_testbeds(db::Connection& connection, Id project, int limit) {
  return list_names(connection, project, "testbed", limit);
}

std::vector<std::string> list_branches(db::Connection& connection, Id project, int limit) {
  return list_names(connection, project, "branch", limit);
}

bool set_lane_ended(db::Connection& connection, Id project, std::string_view testbed, std::string_view branch,
                    std::optional<std::int64_t> ended_us, std::string_view by) {
  return connection.execute(
             "UPDATE lane SET ended_us = $1, ended_by = $2 WHERE project_id = $3 AND testbed = $4 AND branch = $5",
             {ended_us, ended_us ? by : std::string_view(), project, testbed, branch}) > 0;
}

DefaultBranch find_default_branch(db::Connection& connection, Id project) {
  DefaultBranch found;
  connection.query("SELECT default_branch, default_branch_source FROM project WHERE id = $1", {project},
                   [&](const db::Row& row) {
                     found = {row.string(0), static_cast<DefaultBranchSource>(row.integer(1))};
                   });
  return found;
}

void set_default_branch(db::Connection& connection, Id project, const DefaultBranch& stated) {
  const auto now = find_default_branch(connection, project);
  if (stated.source < now.source || (stated.source == now.source && stated.name == now.name)) return;
  save_default_branch(connection, project, stated);
}

}  // namespace perftrend::store
