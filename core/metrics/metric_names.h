#pragma once
// Names of metrics: metric and label, names that are not metrics, and the filter of a project.

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

/// True for names of numbers that identify something: line, pid, port, seed, version, build, os.*, *_id, timestamp,
/// shard, retries … A unit in the name makes it a metric again ("build_ms", "file_bytes"), except for points in time
/// and ids.
bool is_identity(std::string_view metric);

/// Filter of a project for names of metrics (see MetricRules).
class NameFilter {
 public:
  NameFilter(const std::vector<std::string>& take, const std::vector<std::string>& leave);
  bool is_taken(std::string_view metric) const;

 private:
  const std::vector<std::string>& take_;
  const std::vector<std::string>& leave_;
  bool take_any_ = false;  ///< no pattern, or the pattern "*"
};

}  // namespace perftrend::metrics
