#pragma once
// Which statements of a report belong to one series: the same metric of the case of the same name, label included.

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "core/text/arena.h"

namespace perftrend::metrics {

/// No secret in it: names can be made to collide.
std::uint64_t hash_text(std::string_view text);

/// The names of one case's series and their hashes; what belongs to the suite, the case or the label is made once for
/// all that follow. The hash is no defence against names made to collide: link_series notices those.
class SeriesNames {
 public:
  /// Labelled names are kept in `arena`.
  explicit SeriesNames(text::Arena<char>& arena) : arena_(arena) {}

  void start(const ReportCase& of);

  /// Of the case with this label, which is "" or has its brackets.
  std::string_view name(std::string_view label) {
    if (label != label_) set_label(label);
    return name_;
  }

  /// Of the series of the last name(); `metric_hash` is of its metric.
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
  std::vector<std::uint32_t> next;   ///< for each measure: the next of its series, or no_link
  std::vector<std::uint32_t> first;  ///< of each series, in order
};

/// Links measures (fewer than 2^32) by their key and metric. `hashes` are SeriesNames' of them. Linear; n log n where
/// names were made to collide.
SeriesLinks link_series(const std::vector<Measure>& measures, const std::vector<std::uint64_t>& hashes);

}  // namespace perftrend::metrics
