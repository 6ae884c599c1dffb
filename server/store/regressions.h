#pragma once
// Records of regressions and improvements. Each change of state is an entry of the audit trail. triage/ decides the
// states.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "core/text/commit.h"
#include "server/db/sql.h"
#include "server/store/series.h"

namespace perftrend::store {

enum class FindingKind { level, drift, environment };
std::string_view kind_name(FindingKind kind);

/// "suspected", "confirmed", …: the words of the API and of the audit trail.
std::string_view state_name(FindingState state);

struct RegressionRecord {
  Id id = 0;
  Id project = 0, series = 0;
  FindingKind kind = FindingKind::level;
  Id first_run = 0;  ///< the first run on the new level
  std::int64_t first_at_us = 0;
  Id recognised_run = 0;                    ///< the run that raised it
  std::int64_t detection_delay_points = 0;  ///< points of the series from first_run to recognised_run
  std::optional<Id> last_good;              ///< the last accepted run before it
  bool worse = true;
  FindingState state = FindingState::suspected;
  std::string reason;          ///< why it is in this state, one word: "returned", "false_alarm", "reopened", …
  std::string decided_by;      ///< who set the state
  std::optional<Id> held_run;  ///< a person reopened it when this was the project's newest run: only a return to the
                               ///< old level that a later run shows, or a person, closes it again
  bool alerting = true;        ///< false: informational policy, or the case is in quarantine
  std::int64_t policy_version = 0;     ///< of the project's own policies that judged it; 0: it has none
  std::optional<Id> common_shift_run;  ///< the run of the common shift it belongs to
  std::string assignee, note, link;
  double before = 0, after = 0;
  std::string explanation;
  std::optional<std::int64_t> confirmed_us;  ///< when it was first confirmed, acknowledged or reopened; nullopt: never
  std::int64_t created_us = 0, updated_us = 0;
};

/// Confirmed or acknowledged: what a project's numbers, its headline and its notifications count.
bool is_open(FindingState state);
/// Open or suspected: neither a person nor perftrend has closed it.
bool is_unresolved(FindingState state);

/// Open records, whether they alert or not.
std::int64_t count_open_regressions(db::Connection& connection, Id project);

/// Every record of one series, oldest first.
std::vector<RegressionRecord> list_series_regressions(db::Connection& connection, Id series);

/// Inserts (id 0) or updates the record, and sets confirmed_us if it is open for the first time. A state other than
/// `state_before` is written to the audit trail with `note` and the record's decided_by. Returns its id.
Id save_regression(db::Connection& connection, RegressionRecord record, std::optional<FindingState> state_before,
                   std::int64_t now_us, std::string_view note);

/// A record with the names of its series and commits.
struct Regression {
  RegressionRecord record;
  SeriesKey series;
  std::string first_commit, last_good_commit;
  std::optional<std::int64_t> last_good_at_us;
  std::vector<std::string> environment_changes;  ///< of kind environment: "kernel 6.1.0-18 → 6.1.0-22"
  std::vector<std::string> subject_changes;      ///< of what was measured: "engine_build b9996 → b9997"

  /// No commit lies in the range from the last good run to the first run.
  [[nodiscard]] bool is_same_commit() const {
    return record.last_good.has_value() && !first_commit.empty() &&
           text::is_same_commit(first_commit, last_good_commit);
  }
};

/// The explanation of the record, with what the names of its commits and environments add.
std::string explain(const Regression& regression);

/// What differs between the environments of two runs, one text for each part: "kernel 6.1.0-18 → 6.1.0-22".
std::vector<std::string> list_environment_changes(db::Connection& connection, Id before, Id after);

struct RegressionFilter {
  std::vector<FindingState> states;  ///< empty: every state
  std::optional<bool> worse;
  std::optional<Id> first_run, series, id;
  std::optional<std::string> assignee;
  int limit = 200;
};

/// Newest first.
std::vector<Regression> list_regressions(db::Connection& connection, Id project, const RegressionFilter& filter);
std::optional<Regression> find_regression(db::Connection& connection, Id project, Id id);

/// Ids of the series with an unresolved record, or with one that was withdrawn because judging again no longer showed
/// it: those that a new policy can change.
std::vector<Id> list_series_in_question(db::Connection& connection, Id project);

/// Ids of the series with an unresolved record.
std::set<Id> list_series_with_unresolved_record(db::Connection& connection, Id project);

/// Ids of the series with a noted record.
std::set<Id> list_series_with_noted_record(db::Connection& connection, Id project);

/// Numbers of a project's findings. Reported: confirmed or acknowledged at some time. Reviewed: reported ones that a
/// person acknowledged, dismissed or reopened at some time; false alarms and acknowledged ones are among them.
struct TrackRecord {
  std::int64_t reported = 0, reviewed = 0, false_alarms = 0, acknowledged = 0, suspected = 0, withdrawn = 0;
};
TrackRecord count_track_record(db::Connection& connection, Id project);
/// detection_delay_points of the newest reported findings of kind level.
std::vector<std::int64_t> list_detection_delays(db::Connection& connection, Id project, int limit);

/// A run in which most series moved together.
struct CommonShift {
  Id run = 0;
  bool worse = true;
  std::int64_t shifted = 0, judged = 0;
  double effect = 0;
  /// Confirmed: at least half of what shifted is on a confirmed level. Compared: of a run on a short-lived branch,
  /// which no later run confirms; it is not stored.
  enum class State { suspected, confirmed, compared } state = State::suspected;
};

/// Inserts the common shift of its run, or replaces it.
void save_common_shift(db::Connection& connection, Id project, const CommonShift& common_shift);
void delete_common_shift(db::Connection& connection, Id run);
/// Unresolved records of these series that the run raised become part of its common shift, which is stored.
void set_common_shift(db::Connection& connection, Id run, const std::vector<Id>& series);
/// The runs that raised at least two unresolved records of a project.
std::vector<Id> list_runs_with_unresolved_records(db::Connection& connection, Id project);
std::optional<CommonShift> find_common_shift(db::Connection& connection, Id run);

}  // namespace perftrend::store
