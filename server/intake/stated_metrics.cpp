#include "server/intake/stated_metrics.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

#include "core/text/glob.h"
#include "server/store/run_rows.h"
#include "server/store/statements.h"
#include "server/triage/project_policies.h"

namespace perftrend::intake {
namespace {

/// What holds for one metric.
struct Held {
  std::optional<std::string> unit;
  StatedBy unit_by = StatedBy::policy;
  std::optional<Better> better;
  StatedBy better_by = StatedBy::policy;
};

Held find_held(const std::vector<StatedMetric>& stated, std::string_view metric) {
  Held held;
  for (const auto& [statement, by] : stated) {
    if (!text::matches_glob(statement.metric, metric)) continue;
    if (statement.unit) {
      held.unit = statement.unit;
      held.unit_by = by;
    }
    if (statement.better) {
      held.better = statement.better;
      held.better_by = by;
    }
  }
  return held;
}

}  // namespace

ProjectReading find_reading(db::Connection& connection, const triage::Policies& file, metrics::MetricRules rules,
                            Id project, std::string_view project_name) {
  ProjectReading reading{std::move(rules), {}};
  const auto policies = triage::policies_of(connection, file, project);
  for (auto& rule : policies.rules_for(project_name)) {
    if (rule.unit) reading.stated.push_back({{rule.metric, std::move(rule.unit), std::nullopt}, StatedBy::policy});
    if (rule.better) reading.rules.directed.push_back(std::move(rule.metric));
  }
  for (auto& statement : store::list_metric_statements(connection, project)) {
    if (statement.better) reading.rules.directed.push_back(statement.metric);
    reading.stated.push_back({std::move(statement), StatedBy::person});
  }
  return reading;
}

void apply_statements(const std::vector<StatedMetric>& stated, std::vector<MetricValue>& metrics,
                      std::vector<std::string>& warnings) {
  if (stated.empty()) return;
  std::map<std::string, Held, std::less<>> held_of;
  std::set<std::pair<std::string, std::string>> refused;
  for (auto& value : metrics) {
    const std::string_view metric = value.metric.view();
    auto known = held_of.find(metric);
    if (known == held_of.end()) known = held_of.emplace(metric, find_held(stated, metric)).first;
    const Held& held = known->second;
    if (held.unit && value.unit.view() != *held.unit) {
      const auto factor = value.unit.view().empty() ? 1 : store::conversion_factor(value.unit.view(), *held.unit);
      if (factor) {
        value = store::converted(value, *factor, *held.unit);
      } else if (refused.emplace(metric, value.unit.view()).second) {
        warnings.push_back(fmt::format("{} is in '{}' here, but its unit was stated to be '{}'", metric,
                                       value.unit.view(), *held.unit));
      }
    }
    if (held.unit && value.unit.view() == *held.unit) value.unit_by = held.unit_by;
    if (!held.better) continue;
    value.better = *held.better;
    value.better_by = held.better_by;
    value.better_assumed = false;
  }
}

}  // namespace perftrend::intake
