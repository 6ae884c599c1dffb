#pragma once
// Bounded list of warnings for people.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/text/trim.h"

namespace perftrend::text {

class Warnings {
 public:
  Warnings(std::size_t count_max, std::size_t bytes_max) : count_max_(count_max), bytes_max_(bytes_max) {}

  void add(std::string_view text) {
    if (list_.size() + 1 < count_max_) {
      list_.push_back(shortened(text, bytes_max_));
    } else {
      ++dropped_;
    }
  }

  /// True when no more warnings are stored. Callers may then call add("") to have one counted without wording it.
  bool full() const { return list_.size() + 1 >= count_max_; }

  /// Returns the list, with a last entry that counts the warnings that were dropped. Leaves this object empty.
  std::vector<std::string> release();

 private:
  std::size_t count_max_;
  std::size_t bytes_max_;
  std::size_t dropped_ = 0;
  std::vector<std::string> list_;
};

}  // namespace perftrend::text
