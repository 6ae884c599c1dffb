#pragma once
// Rules for the metrics that are read from the reports of a project: the defaults, changed by the [[metrics]] tables of
// the policy file that match.
//
//   [[metrics]]
//   project = "batch_*"                               # pattern with * and ?; default "*"
//   take = ["*_ms", "seed"]                           # only these, even where they look like facts
//   leave = ["debug_*"]                               # never these
//   lines = ["{metric} took {value}{unit} of {}"]     # shapes of lines of output that state a metric
//
// Every matching table applies: their lists are joined in file order. Unlike a policy, which judges what is stored, a
// rule decides what is stored: it holds for uploads from now on, and for older ones after `perftrend-server reprocess`.

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/metrics/metrics.h"

namespace perftrend::intake {

/// Patterns of all tables together, and bytes of one: every line of output and every name of a report is
/// held against each.
constexpr std::size_t rule_patterns_max = 100;
constexpr std::size_t rule_pattern_bytes_max = 200;

class ProjectRules {
 public:
  /// The defaults for everything.
  ProjectRules() = default;

  /// Reads the [[metrics]] tables of a policy file; its other tables are not looked at. The error is one line:
  /// source:line:column and the cause; unknown keys and patterns that cannot be used are errors.
  static tl::expected<ProjectRules, std::string> parse(std::string_view toml, std::string_view source);

  [[nodiscard]] metrics::MetricRules find(std::string_view project) const;

 private:
  struct Rule {
    std::string project = "*";
    std::vector<std::string> take, leave, lines;
    std::vector<metrics::NamePattern> names;
  };
  std::vector<Rule> rules_;
};

}  // namespace perftrend::intake
