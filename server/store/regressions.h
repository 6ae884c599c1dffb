#pragma once
// Regressions (and improvements): their records and their audit trail. What decides their life is triage/.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/db/sql.h"
#include "server/model.h"
#include "server/store/series.h"

namespace perftrend::store {

struct RegressionRecord {
  Id id = 0;
  Id project = 0, series = 0;
  Id first_run = 0;  ///< the first run on the new level
  std::int64_t first_at_us = 0;
  std::optional<Id> last_good;  ///< the last accepted run before it
  bool worse = true;
  FindingState state = FindingState::suspected;
  double before = 0, after = 0;
  std::string explanation;
};

/// Every record of one series, oldest first.
std::vector<RegressionRecord> list_series_regressions(db::Connection& connection, Id series);

/// Inserts (id 0) or updates the record; a changed state is written to the audit trail with `actor` and `note`.
/// Returns its id.
Id save_regression(db::Connection& connection, const RegressionRecord& record, std::optional<FindingState> state_before,
                   std::int64_t now_us, std::string_view actor, std::string_view note);

/// A record with the names a reader wants beside it.
struct Regression {
  RegressionRecord record;
  SeriesKey series;
  std::string first_commit, last_good_commit;
  std::int64_t updated_us = 0;
};

struct RegressionFilter {
  std::vector<FindingState> states;
  std::optional<bool> worse;
  std::optional<Id> first_run;
  int limit = 200;
};

/// Newest first.
std::vector<Regression> list_regressions(db::Connection& connection, Id project, const RegressionFilter& filter);

}  // namespace perftrend::store
