#pragma once
// Policies: which detect::Policy judges which metric. The defaults, changed by the matching rules of a TOML file, then
// by the project's own rules (project_policies.h).
//
//   [[policy]]
//   project = "batch_*"        # pattern with * and ?; default "*"
//   metric = "prefill_ms"      # pattern; default "*"
//   minimum_effect = 0.10      # and any other number of detect::Policy
//   alerting = false           # informational: judged and shown, without an alert; default true
//
// Every matching rule applies, in file order, so a later rule wins over an earlier one.

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/detect/verdict.h"
#include "server/triage/branch_rules.h"

namespace perftrend::triage {

/// Whether a metric that is better higher is a share of a whole: a percentage, or without a unit a rate that has a
/// ceiling by its name (accuracy, hit_rate). Near the ceiling it is judged by the distance from it.
bool is_share(std::string_view metric, std::string_view unit);

class Policies {
 public:
  struct Rule {
    std::string project = "*", metric = "*";
    std::optional<int> window_points, minimum_points, confirm_points, confirm_within;
    std::optional<double> minimum_effect, significance, floor, limit_low, limit_high;
    std::optional<Better> better;
    std::optional<std::string> unit;
    std::optional<bool> alerting;
    bool own = false;  ///< of the project itself; else of the server's file
  };

  /// The defaults for everything.
  Policies() = default;

  /// Reads the text of a policy file. The error is one line: source:line:column and the cause; unknown keys are errors.
  static tl::expected<Policies, std::string> parse(std::string_view toml, std::string_view source);

  /// These rules, and after them a project's own: a text of [[policy]], [[branches]] and [[lanes]] tables that
  /// name no project.
  [[nodiscard]] tl::expected<Policies, std::string> with_project_rules(std::string_view toml, std::string_view source,
                                                                       std::int64_t version) const;

  /// A window shorter than minimum_points needs no more points than it holds; confirm_within is at least
  /// confirm_points.
  [[nodiscard]] detect::Policy find(std::string_view project, std::string_view metric, std::string_view unit,
                                    Better better) const;
  /// The unit that the last matching rule with one states for a metric.
  [[nodiscard]] std::optional<std::string> find_unit(std::string_view project, std::string_view metric) const;
  [[nodiscard]] bool states_units(std::string_view project) const;
  /// False where the last matching rule that says so is informational.
  [[nodiscard]] bool is_alerting(std::string_view project, std::string_view metric) const;
  /// The rules that speak of the project, in the order in which they apply.
  [[nodiscard]] std::vector<Rule> rules_for(std::string_view project) const;
  [[nodiscard]] const BranchRules& branch_rules() const { return branch_rules_; }
  /// Version of the project's own rules; 0: it has none.
  [[nodiscard]] std::int64_t version() const { return version_; }

 private:
  static tl::expected<Policies, std::string> read(std::string_view toml, std::string_view source, bool own);

  std::vector<Rule> rules_;
  BranchRules branch_rules_;
  std::int64_t version_ = 0;
};

}  // namespace perftrend::triage
