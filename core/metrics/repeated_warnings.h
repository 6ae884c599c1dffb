#pragma once
// Warnings that many cases share: each is worded once, for the first case, with the number of the others.

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/text/warnings.h"

namespace perftrend::metrics {

class RepeatedWarnings {
 public:
  /// `about` and `why` make the warning; `example` names the first case: "{example}: {about} {why}".
  void add(std::string_view about, std::string_view why, std::string_view example);

  /// Adds the warnings in order of first occurrence, with " (and N more)". Leaves this object empty.
  void flush(text::Warnings& warnings);

 private:
  struct Entry {
    std::string text;
    std::size_t more = 0;
  };
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t> by_cause_;
};

}  // namespace perftrend::metrics
