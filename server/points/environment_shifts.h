#pragma once
// Common shifts of environments (core/detect/environment_shift.h) as they are stored: one row for each environment of a
// testbed and branch, from the first run that it measured there. The judgement of a series reads them together with its
// points (trend.h). Functions run in the transaction of the caller.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/detect/environment_shift.h"
#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::points {

/// A testbed and branch of a project; borrowed.
struct LaneName {
  Id project = 0;
  std::string_view testbed, branch;
};

/// The quantity that a series measures. A machine moves all series of one quantity alike: times and rates together, a
/// rate in the opposite direction; any other metric with the series of the same name.
struct Quantity {
  std::string name;
  double direction = 1;  ///< -1: it falls where the machine is slower
};
Quantity quantity_of(std::string_view metric, std::string_view unit);

/// The common shifts of one environment.
struct EnvironmentShifts {
  Id environment = 0;
  Id first_run = 0;  ///< the first run that it measured; its first part
  std::int64_t first_at_us = 0;
  Id from = 0;  ///< the environment it is compared with; 0: none
  std::map<std::string, detect::EnvironmentShift, std::less<>> by_quantity;

  /// The shift of a series; unknown where its quantity has none.
  [[nodiscard]] detect::EnvironmentShift of(const Quantity& quantity) const;
  friend bool operator==(const EnvironmentShifts&, const EnvironmentShifts&) = default;
};

std::optional<EnvironmentShifts> find_environment_shifts(db::Connection& connection, const LaneName& lane,
                                                         Id environment);
/// Stores or replaces them.
void save_environment_shifts(db::Connection& connection, const LaneName& lane, const EnvironmentShifts& shifts);
void delete_environment_shifts(db::Connection& connection, const LaneName& lane, Id environment);

/// Those of `environments` that have a shift for the series, by environment.
std::map<Id, detect::EnvironmentShift> read_shifts_of_series(db::Connection& connection, Id series,
                                                             std::span<const Id> environments);

/// An environment of a testbed and branch.
struct LaneEnvironment {
  std::string testbed, branch;
  Id environment = 0;
};
/// Those of a project that have a row.
std::vector<LaneEnvironment> list_lane_environments(db::Connection& connection, Id project);

}  // namespace perftrend::points
