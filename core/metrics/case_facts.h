#pragma once
// Collector of the facts that single cases state: batch_size, threads, model … Equal sets of facts are stored once.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/metrics/facts.h"
#include "core/model.h"

namespace perftrend::metrics {

class CaseFacts {
 public:
  /// Adds a fact of the current case. The first value of a name is used. `kind` is not metric.
  void add(FactKind kind, std::string_view name, std::string_view value);

  /// Ends the current case. Returns the index of its set of facts; 0 is the empty set.
  std::uint32_t end_case();

  /// Number of the configuration of a set of facts; 0 is the empty one. Equal numbers are equal configurations.
  [[nodiscard]] std::uint32_t configuration_of(std::uint32_t facts) const { return configurations_[facts]; }

  /// Bytes that the sets hold.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  /// Subject facts that no two cases state differently, sorted by name.
  [[nodiscard]] std::vector<Property> common_subject() const;

  /// The sets, each sorted by name. Leaves this object empty.
  std::vector<Facts> release();

 private:
  std::vector<Facts> sets_{1};
  std::vector<std::uint32_t> configurations_ = std::vector<std::uint32_t>(1);  ///< of each set
  std::map<std::string, std::uint32_t> by_text_;
  std::map<std::string, std::uint32_t> by_configuration_;
  Facts current_;
  bool is_empty_ = true;
  std::size_t bytes_ = 0;
};

}  // namespace perftrend::metrics
