#pragma once
// State of a project's lanes: which branches are long-lived, whether a run is missing, and which lanes have ended.
// Reading functions run in the caller's transaction; judging is a pure function of what they read and of the time.
//
// A lane has ended where a person says so, or by itself:
// - a lane of a short-lived branch, after short_lived_days without a run;
// - a lane of a long-lived branch, after silent_periods expected runs and at least silent_days without a run, while
//   another long-lived lane of the project had a run after that. Without a rhythm: after silent_days_without_rhythm.
// A lane that has ended misses no run, and its failed cases are not in the headline. Its next run opens it again.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/db/sql.h"
#include "server/store/lanes.h"
#include "server/store/projects.h"
#include "server/triage/policies.h"
#include "server/triage/rhythm.h"

namespace perftrend::triage {

inline constexpr int short_lived_days = 14;
inline constexpr std::int64_t silent_periods = 10;
inline constexpr int silent_days = 14;
inline constexpr int silent_days_without_rhythm = 90;

/// Which branches of a project are long-lived: they have a baseline of their own, records and a rhythm.
struct LongLivedBranches {
  std::string default_branch;
  std::vector<std::string> patterns;  ///< names or patterns with * and ?; letters of either case are equal

  [[nodiscard]] bool contains(std::string_view branch) const;
  /// False where the project does not have a default branch yet: then every branch has a baseline of its own.
  [[nodiscard]] bool is_short_lived(std::string_view branch) const {
    return !default_branch.empty() && !contains(branch);
  }
  /// The default branch, then the patterns.
  [[nodiscard]] std::vector<std::string> all() const;
};
LongLivedBranches find_long_lived(db::Connection& connection, const Policies& policies, Id project,
                                  std::string_view project_name);

struct LaneState {
  store::Lane lane;
  bool long_lived = false;
  std::optional<Rhythm> rhythm;  ///< only of long-lived branches
  bool overdue = false;
  bool ended = false;
  bool ended_by_person = false;

  [[nodiscard]] bool has_problem() const {
    return overdue || lane.failed > 0 || lane.open_regressions > 0 || !lane.suspect.empty();
  }
  /// Its failed cases and missing runs belong to the headline.
  [[nodiscard]] bool is_in_headline() const { return long_lived && !ended; }
};

/// `long_lived_lanes` are all lanes of long-lived branches of one project.
std::vector<LaneState> judge_long_lived(const Policies& policies, std::string_view project_name,
                                        std::vector<store::Lane> long_lived_lanes, std::int64_t now_us);
/// The same for a lane of a short-lived branch.
LaneState judge_short_lived(store::Lane lane, std::int64_t now_us);

/// A short-lived lane whose newest run is older has ended.
std::int64_t short_lived_end_us(std::int64_t now_us);

/// Numbers of the lanes in the headline of a project.
struct Headline {
  std::int64_t lanes = 0, failed_cases = 0, overdue_runs = 0, suspect_runs = 0;
};
/// Long-lived lanes first: those with a problem, those without, those that have ended. Then short-lived lanes that have
/// not ended. Each group newest run first.
struct LaneList {
  std::vector<LaneState> lanes;  ///< at most lanes_max
  std::int64_t total = 0, ended = 0;
  Headline headline;  ///< of all lanes, not only the listed ones
};
inline constexpr int lanes_max = 25;
inline constexpr int long_lived_lanes_max = 1000;
LaneList list_lane_states(db::Connection& connection, const Policies& policies, Id project,
                          std::string_view project_name, std::int64_t now_us);

/// Which lanes a caller asks for.
struct LaneQuestion {
  std::string testbed, branch;  ///< part of the name, or a pattern; empty: any
  store::LaneFilter::Ended ended = store::LaneFilter::Ended::any;
  int limit = 100, offset = 0;
};
/// One page of all lanes: long-lived ones first, each group newest run first. `total` is without the limit.
LaneList find_lane_states(db::Connection& connection, const Policies& policies, Id project,
                          std::string_view project_name, const LaneQuestion& question, std::int64_t now_us);

Headline summarize(const std::vector<LaneState>& lanes);
/// The headline of each project that has lanes, by its id. Costs a few statements, and two for each project with its
/// own rules for branches or lanes.
std::map<Id, Headline> list_headlines(db::Connection& connection, const Policies& file,
                                      const std::vector<store::Project>& projects, std::int64_t now_us);

}  // namespace perftrend::triage
