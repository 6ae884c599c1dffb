#include "server/store/configurations.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <map>
#include <vector>

namespace perftrend::store {
namespace {

using Parts = std::map<std::string, std::string>;

std::string shown(const Parts& parts, const std::string& name) {
  const auto found = parts.find(name);
  return found == parts.end() ? "(not stated)" : found->second;
}

/// "threads 8 → 16" for each part that differs.
std::vector<std::string> list_differences(const Parts& before, const Parts& now) {
  Parts all = now;
  all.insert(before.begin(), before.end());
  std::vector<std::string> differences;
  for (const auto& [name, value] : all) {
    const std::string was = shown(before, name);
    const std::string is = shown(now, name);
    if (was != is) differences.push_back(fmt::format("{} {} → {}", name, was, is));
  }
  return differences;
}

Parts parts_of(const std::vector<Property>& properties) {
  Parts parts;
  for (const auto& property : properties)
    parts[property.name] = property.value;
  return parts;
}

constexpr std::int64_t series_looked_up_max = 200;

}  // namespace

ConfigurationChange find_configuration_change(db::Connection& connection, const NewRun& run,
                                              const ResolvedRun& resolved) {
  ConfigurationChange change;
  const auto& where = run.coordinates;
  std::int64_t looked_up = 0;
  for (const auto& point : resolved.points) {
    if (point.series != 0 || point.case_id == 0) continue;
    if (++looked_up > series_looked_up_max) {
      if (change.series > 0) ++change.series;
      continue;
    }
    const auto& metric = run.metrics[point.metric];
    std::string before;
    connection.query(
        "SELECT c.parts_json FROM series s JOIN configuration c ON c.id = s.configuration_id WHERE s.project_id = $1 "
        "AND s.case_id = $2 AND s.metric = $3 AND s.testbed = $4 AND s.branch = $5 AND s.purpose = $6 "
        "ORDER BY s.id DESC LIMIT 1",
        {resolved.project.id, point.case_id, metric.metric.view(), where.testbed, where.branch,
         static_cast<int>(where.purpose)},
        [&](const db::Row& row) { before = row.string(0); });
    if (before.empty()) continue;
    ++change.series;
    if (!change.differences.empty()) continue;
    const auto differences =
        list_differences(nlohmann::json::parse(before).get<Parts>(), parts_of(run.configuration(metric.facts)));
    change.differences = fmt::format("{}", fmt::join(differences, ", "));
  }
  return change;
}

}  // namespace perftrend::store
