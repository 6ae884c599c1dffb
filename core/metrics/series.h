#pragma once
// Series within a report: the same metric of the case of the same name, label included, in the same configuration.

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "core/metrics/case_facts.h"
#include "core/model.h"
#include "core/text/arena.h"

namespace perftrend::metrics {

/// Hash without a secret: names can be constructed so that they collide.
std::uint64_t hash_text(std::string_view text);

/// Names and hashes of the series of one case. Parts of suite, case and label are computed once for all that follow.
/// The hash does not protect against constructed collisions; link_series detects those.
class SeriesNames {
 public:
  /// Labelled names are stored in `arena`.
  explicit SeriesNames(text::Arena<char>& arena) : arena_(arena) {}

  void start(const ReportCase& of);

  /// Name of the case with this label, which is "" or has its brackets.
  std::string_view name(std::string_view label) {
    if (label != label_) set_label(label);
    return name_;
  }

  /// Hash of the series of the last name(); `metric_hash` is that of its metric.
  [[nodiscard]] std::uint64_t hash(std::uint64_t metric_hash) const {
    const std::uint64_t mixed = (named_ ^ (named_ >> 31U)) * 0xC4CEB9FE1A85EC53U ^ metric_hash;
    return (mixed ^ (mixed >> 33U)) * 0xFF51AFD7ED558CCDU >> 7U;
  }

 private:
  void set_label(std::string_view label);

  text::Arena<char>& arena_;
  const ReportCase* of_ = nullptr;
  std::string_view suite_;
  std::uint64_t suite_hash_ = hash_text({}) * 3;
  std::uint64_t surroundings_ = 0;
  std::string_view label_;
  std::string_view name_;
  std::uint64_t named_ = 0;
};

constexpr std::uint32_t no_link = std::numeric_limits<std::uint32_t>::max();

struct SeriesLinks {
  std::vector<std::uint32_t> next;   ///< for each metric: the next of its series, or no_link
  std::vector<std::uint32_t> first;  ///< of each series, in order
};

/// Hash of the series in a configuration, which is a number; 0 leaves the hash as it is.
constexpr std::uint64_t hash_with(std::uint64_t series, std::uint32_t configuration) {
  const std::uint64_t mixed = (series ^ (configuration * 0x9E3779B97F4A7C15U)) * 0xFF51AFD7ED558CCDU;
  return configuration == 0 ? series : mixed ^ (mixed >> 31U);
}

/// Links values (fewer than 2^32) of one key, metric and configuration. `hashes` are those of SeriesNames and
/// hash_with; `facts` knows the configurations. Linear; n log n when names were constructed to collide.
SeriesLinks link_series(const std::vector<MetricValue>& metrics, const std::vector<std::uint64_t>& hashes,
                        const CaseFacts& facts);

}  // namespace perftrend::metrics
