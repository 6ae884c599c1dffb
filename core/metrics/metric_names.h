#pragma once
// What a property's name says: metric and label, whether it is a measure at all, whether the project wants it.

#include <string>
#include <string_view>
#include <vector>

namespace perftrend::metrics {

/// "prefill_ms[Prompt 0]" taken apart. Views into the name; `label` keeps its brackets, "" where there is none.
struct MetricName {
  std::string_view metric;
  std::string_view label;
};

MetricName split_label(std::string_view name);

/// True for names of things that happen to be numbers: line, pid, port, seed, version, build, os.*, *_id, timestamp,
/// shard, retries … A unit behind the name makes it a measure again ("build_ms", "file_bytes"), but never of a point in
/// time or an id.
bool is_identity(std::string_view metric);

/// The project's choice over metric names (MetricRules says how).
class NameFilter {
 public:
  NameFilter(const std::vector<std::string>& take, const std::vector<std::string>& leave);
  bool is_taken(std::string_view metric) const;

 private:
  const std::vector<std::string>& take_;
  const std::vector<std::string>& leave_;
  bool take_any_ = false;  ///< no pattern at all, or a lone "*"
};

}  // namespace perftrend::metrics
