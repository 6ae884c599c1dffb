#include "server/triage/history_cache.h"

#include <algorithm>
#include <utility>

namespace perftrend::triage {

std::size_t KeptSeries::bytes() const {
  constexpr std::size_t a_point = 4 * sizeof(std::int64_t) + 3 * sizeof(double) + sizeof(char);
  return sizeof(KeptSeries) + trend.value.size() * a_point + history.bytes();
}

ProjectHistories HistoryCache::take(Id project, std::int64_t stamp) {
  ProjectHistories taken;
  const std::lock_guard lock(mutex_);
  const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.project == project; });
  if (at != entries_.end()) {
    bytes_ -= at->kept.bytes;
    if (at->kept.stamp == stamp) taken = std::move(at->kept);
    entries_.erase(at);
  }
  taken.bytes_max = bytes_max_;
  taken.directory.set_bytes_max(bytes_max_ / 4);
  return taken;
}

void HistoryCache::put(Id project, ProjectHistories kept) {
  kept.bytes = 0;
  for (const auto& [id, series] : kept.series)
    kept.bytes += series.bytes();
  kept.bytes += kept.directory.bytes();
  const std::lock_guard lock(mutex_);
  forget(project);
  if (kept.bytes > bytes_max_) return;
  bytes_ += kept.bytes;
  entries_.push_front({project, std::move(kept)});
  while (bytes_ > bytes_max_)
    forget(entries_.back().project);
}

std::size_t HistoryCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

void HistoryCache::forget(Id project) {
  const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.project == project; });
  if (at == entries_.end()) return;
  bytes_ -= at->kept.bytes;
  entries_.erase(at);
}

}  // namespace perftrend::triage
