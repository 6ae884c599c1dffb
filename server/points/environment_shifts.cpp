#include "server/points/environment_shifts.h"

#include <nlohmann/json.hpp>

#include <utility>

#include "core/metrics/units.h"
#include "server/db/id_parts.h"

namespace perftrend::points {
namespace {

using Json = nlohmann::json;

std::string write_shifts(const EnvironmentShifts& shifts) {
  Json written = Json::object();
  for (const auto& [quantity, shift] : shifts.by_quantity)
    written[quantity] = {shift.shift, shift.spread, shift.series};
  return written.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void read_shifts(std::string_view text, EnvironmentShifts& shifts) {
  const Json stored = Json::parse(text, nullptr, false);
  if (!stored.is_object()) throw db::Unusable("a row of environment_shift is damaged");
  for (const auto& [quantity, numbers] : stored.items()) {
    if (!numbers.is_array() || numbers.size() != 3) throw db::Unusable("a row of environment_shift is damaged");
    shifts.by_quantity[quantity] = {shifts.from, numbers[0].get<double>(), numbers[1].get<double>(),
                                    numbers[2].get<int>()};
  }
}

}  // namespace

Quantity quantity_of(std::string_view metric, std::string_view unit) {
  if (const auto known = metrics::known_unit(unit)) {
    if (known->family == metrics::UnitFamily::time) return {"speed", 1};
    if (metrics::is_rate(known->family)) return {"speed", -1};
  }
  return {"metric " + std::string(metric), 1};
}

detect::EnvironmentShift EnvironmentShifts::of(const Quantity& quantity) const {
  const auto known = by_quantity.find(quantity.name);
  if (known == by_quantity.end()) return {};
  auto shift = known->second;
  shift.shift *= quantity.direction;
  return shift;
}

std::optional<EnvironmentShifts> find_environment_shifts(db::Connection& connection, const LaneName& lane,
                                                         Id environment) {
  std::optional<EnvironmentShifts> found;
  connection.query(
      "SELECT first_run, first_at_us, from_environment, shifts_json FROM environment_shift WHERE project_id = $1 "
      "AND testbed = $2 AND branch = $3 AND environment_id = $4",
      {lane.project, lane.testbed, lane.branch, environment}, [&](const db::Row& row) {
        found = {environment, row.integer(0), row.integer(1), row.integer(2), {}};
        read_shifts(row.string(3), *found);
      });
  return found;
}

void save_environment_shifts(db::Connection& connection, const LaneName& lane, const EnvironmentShifts& shifts) {
  connection.execute(
      "INSERT INTO environment_shift (project_id, testbed, branch, environment_id, first_run, first_at_us, "
      "from_environment, shifts_json) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
      "ON CONFLICT (project_id, testbed, branch, environment_id) DO UPDATE SET first_run = excluded.first_run, "
      "first_at_us = excluded.first_at_us, from_environment = excluded.from_environment, "
      "shifts_json = excluded.shifts_json",
      {lane.project, lane.testbed, lane.branch, shifts.environment, shifts.first_run, shifts.first_at_us, shifts.from,
       write_shifts(shifts)});
}

void delete_environment_shifts(db::Connection& connection, const LaneName& lane, Id environment) {
  connection.execute(
      "DELETE FROM environment_shift WHERE project_id = $1 AND testbed = $2 AND branch = $3 AND environment_id = $4",
      {lane.project, lane.testbed, lane.branch, environment});
}

std::map<Id, detect::EnvironmentShift> read_shifts_of_series(db::Connection& connection, Id series,
                                                             std::span<const Id> environments) {
  std::map<Id, detect::EnvironmentShift> found;
  db::for_each_part(environments, 2, [&](const std::string& list, std::span<const Id> part) {
    std::vector<db::Param> params = {series};
    params.insert(params.end(), part.begin(), part.end());
    connection.query(
        "SELECT e.environment_id, e.from_environment, e.shifts_json, s.metric, s.unit FROM series s "
        "JOIN environment_shift e ON e.project_id = s.project_id AND e.testbed = s.testbed AND e.branch = s.branch "
        "WHERE s.id = $1 AND e.shifts_json <> '{}' AND e.environment_id IN " +
            list,
        params, [&](const db::Row& row) {
          EnvironmentShifts shifts{row.integer(0), 0, 0, row.integer(1), {}};
          read_shifts(row.string(2), shifts);
          const auto shift = shifts.of(quantity_of(row.string(3), row.string(4)));
          if (shift.series > 0) found.emplace(shifts.environment, shift);
        });
  });
  return found;
}

std::vector<LaneEnvironment> list_lane_environments(db::Connection& connection, Id project) {
  std::vector<LaneEnvironment> found;
  connection.query(
      "SELECT testbed, branch, environment_id FROM environment_shift WHERE project_id = $1 "
      "ORDER BY testbed, branch, environment_id",
      {project}, [&](const db::Row& row) {
        found.push_back({row.string(0), row.string(1), row.integer(2)});
      });
  return found;
}

}  // namespace perftrend::points
