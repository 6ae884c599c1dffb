#pragma once
// Names of metrics: metric and label, and the filter of a project.

#include <string>
#include <string_view>
#include <vector>

namespace perftrend::metrics {

/// The parts of "prefill_ms[Prompt 0]", as views into it. `label` includes its brackets; it is empty without a label.
struct MetricName {
  std::string_view metric;
  std::string_view label;
};

MetricName split_label(std::string_view name);

/// Filter of a project for names of metrics (see MetricRules).
class NameFilter {
 public:
  NameFilter(const std::vector<std::string>& take, const std::vector<std::string>& leave);

  enum class Choice {
    taken,    ///< a pattern names it: it is a metric, whatever facts.h says
    by_name,  ///< a metric unless facts.h sorts it otherwise
    left,     ///< never a metric
  };
  [[nodiscard]] Choice choose(std::string_view metric) const;

  /// True for a name that is a metric without a unit.
  [[nodiscard]] bool is_taken(std::string_view metric) const;

 private:
  const std::vector<std::string>& take_;
  const std::vector<std::string>& leave_;
  bool take_any_ = false;  ///< no pattern, or the pattern "*"
};

}  // namespace perftrend::metrics
