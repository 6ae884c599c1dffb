#include "server/triage/policies.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>

#include "core/metrics/units.h"
#include "core/text/glob.h"
#include "server/triage/policy_reading.h"

namespace perftrend::triage {
namespace {

/// Parts of names of metrics that have a ceiling of 1 or 100 %.
constexpr std::array<std::string_view, 14> share_names = {
    "accuracy", "precision", "recall", "f1",           "hit_rate", "hit_ratio", "success_rate",
    "success_", "pass_rate", "uptime", "availability", "coverage", "auc",       "pass_at"};

int read_whole(const toml::node& node, std::string_view key, int low, int high) {
  const auto value = node.value_exact<std::int64_t>();
  if (!value || *value < low || *value > high) {
    throw PolicyFault{fmt::format("{} must be a whole number from {} to {}", key, low, high), node.source().begin};
  }
  return static_cast<int>(*value);
}

double read_real(const toml::node& node, std::string_view key, double low, double high) {
  const auto value = node.value<double>();
  if (!value || !(*value >= low) || !(*value <= high)) {
    throw PolicyFault{fmt::format("{} must be a number from {} to {}", key, low, high), node.source().begin};
  }
  return *value;
}

Better read_better(const toml::node& node) {
  const auto text = read_text(node, "better");
  if (text == "lower") return Better::lower;
  if (text == "higher") return Better::higher;
  throw PolicyFault{"better must be \"lower\" or \"higher\"", node.source().begin};
}

/// As it is stored: "ms" for "milliseconds".
std::string read_unit(const toml::node& node) {
  const auto text = read_text(node, "unit");
  if (const auto unit = metrics::known_unit(text)) return std::string(unit->name);
  if (!metrics::looks_like_unit(text))
    throw PolicyFault{fmt::format("unit must be a unit such as \"ms\", \"MB/s\" or \"points\", not '{}'", text),
                      node.source().begin};
  return text;
}

bool read_flag(const toml::node& node, std::string_view key) {
  const auto value = node.value_exact<bool>();
  if (!value) throw PolicyFault{fmt::format("{} must be true or false", key), node.source().begin};
  return *value;
}

/// Bounds are those within which the statistics of detect/ mean something.
void read_key(const toml::key& key, const toml::node& value, Policies::Rule& rule) {
  constexpr int points_max = 1000;
  constexpr double any = 1e300;
  const auto word = key.str();
  if (word == "project") {
    rule.project = read_text(value, word);
  } else if (word == "metric") {
    rule.metric = read_text(value, word);
  } else if (word == "better") {
    rule.better = read_better(value);
  } else if (word == "unit") {
    rule.unit = read_unit(value);
  } else if (word == "alerting") {
    rule.alerting = read_flag(value, word);
  } else if (word == "window_points") {
    rule.window_points = read_whole(value, word, 3, points_max);
  } else if (word == "minimum_points") {
    rule.minimum_points = read_whole(value, word, 3, points_max);
  } else if (word == "confirm_points") {
    rule.confirm_points = read_whole(value, word, 1, points_max);
  } else if (word == "confirm_within") {
    rule.confirm_within = read_whole(value, word, 1, points_max);
  } else if (word == "minimum_effect") {
    rule.minimum_effect = read_real(value, word, 0, any);
  } else if (word == "significance") {
    rule.significance = read_real(value, word, 1e-12, 0.5);
  } else if (word == "floor") {
    rule.floor = read_real(value, word, 0, any);
  } else if (word == "limit_low") {
    rule.limit_low = read_real(value, word, -any, any);
  } else if (word == "limit_high") {
    rule.limit_high = read_real(value, word, -any, any);
  } else {
    throw PolicyFault{fmt::format("unknown key '{}' in [[policy]]", word), key.source().begin};
  }
}

Policies::Rule read_rule(const toml::table& table, bool own) {
  Policies::Rule rule;
  rule.own = own;
  for (const auto& [key, value] : table) {
    if (own && key.str() == "project") throw PolicyFault{"a project's own policy names no project", key.source().begin};
    read_key(key, value, rule);
  }
  if (rule.limit_low && rule.limit_high && *rule.limit_low > *rule.limit_high) {
    throw PolicyFault{"limit_low is above limit_high: no value would be expected", table.source().begin};
  }
  return rule;
}

}  // namespace

tl::expected<Policies, std::string> Policies::parse(std::string_view toml, std::string_view source) {
  return read(toml, source, false);
}

tl::expected<Policies, std::string> Policies::read(std::string_view toml, std::string_view source, bool own) {
  Policies policies;
  try {
    const toml::table document = toml::parse(toml);
    for (const auto& [name, node] : document) {
      if (name.str() == "metrics" && !own) continue;  // what is taken of reports: intake/ reads it of the same file
      if (name.str() == "branches" || name.str() == "lanes") continue;  // branch_rules.cpp reads them
      const auto* list = node.as_array();
      if (name.str() != "policy" || list == nullptr) {
        throw PolicyFault{
            fmt::format("unknown key '{}': {}", name.str(),
                        own ? "a project's own policy holds [[policy]], [[branches]] and [[lanes]] tables"
                            : "a policy file holds [[policy]], [[metrics]], [[branches]] and [[lanes]] tables"),
            name.source().begin};
      }
      for (const auto& item : *list) {
        const auto* table = item.as_table();
        if (table == nullptr) throw PolicyFault{"policy must be a list of tables: [[policy]]", item.source().begin};
        policies.rules_.push_back(read_rule(*table, own));
      }
    }
  } catch (const toml::parse_error& error) {
    return tl::unexpected(fault_line(source, error.source().begin, error.description()));
  } catch (const PolicyFault& fault) {
    return tl::unexpected(fault_line(source, fault.at, fault.cause));
  }
  auto branches = BranchRules::parse(toml, source, own);
  if (!branches) return tl::unexpected(std::move(branches.error()));
  policies.branch_rules_ = std::move(*branches);
  return policies;
}

tl::expected<Policies, std::string> Policies::with_project_rules(std::string_view toml, std::string_view source,
                                                                 std::int64_t version) const {
  auto own = read(toml, source, true);
  if (!own) return own;
  Policies joined = *this;
  joined.rules_.insert(joined.rules_.end(), own->rules_.begin(), own->rules_.end());
  joined.branch_rules_.append(own->branch_rules_);
  joined.version_ = version;
  return joined;
}

std::vector<Policies::Rule> Policies::rules_for(std::string_view project) const {
  std::vector<Rule> found;
  std::copy_if(rules_.begin(), rules_.end(), std::back_inserter(found),
               [&](const Rule& rule) { return text::matches_glob(rule.project, project); });
  return found;
}

bool Policies::is_alerting(std::string_view project, std::string_view metric) const {
  bool alerting = true;
  for (const auto& rule : rules_) {
    if (rule.alerting && text::matches_glob(rule.project, project) && text::matches_glob(rule.metric, metric))
      alerting = *rule.alerting;
  }
  return alerting;
}

std::optional<std::string> Policies::find_unit(std::string_view project, std::string_view metric) const {
  std::optional<std::string> unit;
  for (const auto& rule : rules_) {
    if (rule.unit && text::matches_glob(rule.project, project) && text::matches_glob(rule.metric, metric))
      unit = rule.unit;
  }
  return unit;
}

bool Policies::states_units(std::string_view project) const {
  return std::any_of(rules_.begin(), rules_.end(),
                     [&](const Rule& rule) { return rule.unit && text::matches_glob(rule.project, project); });
}

bool is_share(std::string_view metric, std::string_view unit) {
  if (unit == "percent" || unit == "%" || unit == "ratio") return true;
  if (!unit.empty() && unit != "1") return false;
  std::string lower(metric);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::any_of(share_names.begin(), share_names.end(),
                     [&](std::string_view name) { return lower.find(name) != std::string::npos; });
}

detect::Policy Policies::find(std::string_view project, std::string_view metric, std::string_view unit,
                              Better better) const {
  detect::Policy policy;
  policy.better = better;
  const auto take = [](const auto& from, auto& to) {
    if (from) to = *from;
  };
  for (const auto& rule : rules_) {
    if (!text::matches_glob(rule.project, project) || !text::matches_glob(rule.metric, metric)) continue;
    take(rule.window_points, policy.window_points);
    take(rule.minimum_points, policy.minimum_points);
    take(rule.confirm_points, policy.confirm_points);
    take(rule.confirm_within, policy.confirm_within);
    take(rule.minimum_effect, policy.minimum_effect);
    take(rule.significance, policy.significance);
    take(rule.floor, policy.floor);
    take(rule.better, policy.better);
    if (rule.limit_low) policy.limit_low = rule.limit_low;
    if (rule.limit_high) policy.limit_high = rule.limit_high;
  }
  // One rule shortens the window, another one asks for more points than it holds: such a policy would never flag.
  policy.minimum_points = std::min(policy.minimum_points, policy.window_points);
  policy.confirm_within = std::max(policy.confirm_within, policy.confirm_points);
  policy.share = policy.better == Better::higher && is_share(metric, unit);
  return policy;
}

}  // namespace perftrend::triage
