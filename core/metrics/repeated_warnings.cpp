#include "core/metrics/repeated_warnings.h"

#include <fmt/format.h>

namespace perftrend::metrics {

namespace {

/// More different warnings than this are counted together with the last one.
constexpr std::size_t entries_max = 200;

}  // namespace

void RepeatedWarnings::add(std::string_view about, std::string_view why, std::string_view example) {
  std::string cause = fmt::format("{} {}", text::shortened(about, 120), why.substr(0, why.find(':')));
  const auto found = by_cause_.find(cause);
  if (found != by_cause_.end()) {
    ++entries_[found->second].more;
  } else if (entries_.size() >= entries_max) {
    ++entries_.back().more;
  } else {
    by_cause_.emplace(std::move(cause), entries_.size());
    entries_.push_back({fmt::format("{}: {} {}", text::shortened(example, 200), text::shortened(about, 120), why)});
  }
}

void RepeatedWarnings::flush(text::Warnings& warnings) {
  for (const Entry& entry : entries_)
    warnings.add(entry.more == 0 ? entry.text : fmt::format("{} (and {} more)", entry.text, entry.more));
  entries_.clear();
  by_cause_.clear();
}

}  // namespace perftrend::metrics
