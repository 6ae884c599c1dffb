#pragma once
// Lanes: one testbed × branch of a project with the runs of purpose `trend`. A row is maintained by the transaction
// that stores a run, so that a list of lanes costs one query whatever their number. Functions run in the caller's
// transaction.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"
#include "server/store/run_times.h"

namespace perftrend::store {

/// One upload, as its lane counts it.
struct LaneUpload {
  Id project = 0;
  std::string_view testbed, branch;
  Id id = 0, first_part = 0;  ///< equal for the first part of a run
  std::int64_t at_us = 0, started_us = 0, received_us = 0;
  bool clock_ahead = false;  ///< its stated time was ahead of the server's clock
  std::int64_t points = 0, new_series = 0;
  std::string_view base_branch{};        ///< that it is judged against, where it states one
  std::string_view ci_default_branch{};  ///< that its CI calls the default branch
  bool excluded = false;  ///< a person excluded its run: it counts as a run that came, and nothing else of it counts
};

/// Counts an upload that has just been stored. Creates the lane, and names the project's default branch where it has
/// none or a better one appears.
void add_to_lane(db::Connection& connection, const LaneUpload& upload);

/// Computes one lane from the stored runs and series, after a correction; it vanishes with its last run. What a person
/// said about it (ended_by) stays.
void recount_lane(db::Connection& connection, Id project, std::string_view testbed, std::string_view branch);
/// The same for all lanes of the project.
void recount_lanes(db::Connection& connection, Id project);

struct Lane {
  std::string testbed, branch;
  std::int64_t runs = 0, series = 0, points = 0;
  Id last_run = 0;  ///< first part of the newest run by (at_us, id) that is not excluded
  std::int64_t last_started_us = 0, last_received_us = 0;  ///< of any run, also an excluded one
  std::int64_t failed = 0;                                 ///< failed and errored cases of the newest run
  std::string suspect;                                     ///< of the newest run
  std::vector<RunTime> times;                              ///< ascending by start
  std::optional<std::int64_t> ended_us;                    ///< a person ended it
  std::string ended_by;
  std::int64_t open_regressions = 0;  ///< that alert; all records of one common shift count as one
};

/// Which lanes are meant. A short-lived one that had no run since `silent_before_us` has ended.
struct LaneFilter {
  std::vector<std::string> branches;  ///< names or patterns with * and ?
  bool others = false;                ///< all lanes that match none of `branches`, instead of those that match one
  std::string testbed, branch;        ///< part of the name; empty: any
  enum class Ended { any, no, yes } ended = Ended::any;
  std::int64_t silent_before_us = 0;
  int limit = 100, offset = 0;
};

struct LanePage {
  std::vector<Lane> lanes;  ///< newest last_started_us first
  std::int64_t total = 0;   ///< without the limit
};

LanePage list_lanes(db::Connection& connection, Id project, const LaneFilter& filter);

/// A lane with its project, for pages over all projects.
struct ProjectLane {
  Id project = 0;
  Lane lane;
};
/// Lanes of all projects on their default branch and on branches that match one of `branches`, except the ended ones.
std::vector<ProjectLane> list_default_lanes(db::Connection& connection, std::span<const std::string> branches);

/// Place in the trend of the lane's newest run; nullopt where it has none.
std::optional<std::int64_t> find_newest_at(db::Connection& connection, Id project, std::string_view testbed,
                                           std::string_view branch);

/// Runs of one lane; 0: it does not exist.
std::int64_t count_lane_runs(db::Connection& connection, Id project, std::string_view testbed, std::string_view branch);

/// Names of testbeds or branches of a project, newest run first.
std::vector<std::string> list_testbeds(db::Connection& connection, Id project, int limit);
std::vector<std::string> list_branches(db::Connection& connection, Id project, int limit);

/// A person ends the lane, or opens it again (`ended_us` nullopt). False where there is no such lane.
bool set_lane_ended(db::Connection& connection, Id project, std::string_view testbed, std::string_view branch,
                    std::optional<std::int64_t> ended_us, std::string_view by);

/// Who named the default branch; a later one takes precedence over an earlier one. CI is believed in a run on that very
/// branch: the CI of a fork has a default branch of its own. In other runs it counts as stated, as the base of a branch
/// does. What is named by a first run or merely stated gives way to a branch with more days of runs. A pull request or
/// a tag is never the default branch.
enum class DefaultBranchSource { none, first_run, stated, usual_name, ci, person };
struct DefaultBranch {
  std::string name;  ///< the branch whose runs are the project's headline; empty where the project has no runs
  DefaultBranchSource source = DefaultBranchSource::none;
};
DefaultBranch find_default_branch(db::Connection& connection, Id project);
/// What CI or a person states. It does not replace what takes precedence.
void set_default_branch(db::Connection& connection, Id project, const DefaultBranch& stated);

}  // namespace perftrend::store
