#pragma once
// What judging a project's series from their beginning would only find out anew, kept in memory: each series' points
// and its growing history. Derived from the points, so that nothing is lost with it; valid as long as the project has
// the stamp it was kept under (store/stamps.h), so that neither another server process nor a rollback can make it
// wrong.

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <unordered_map>

#include "core/detect/history.h"
#include "core/model.h"
#include "server/store/series.h"
#include "server/store/series_directory.h"

namespace perftrend::triage {

/// One series: what judge_series reads and finds.
struct KeptSeries {
  store::TrendColumns trend;  ///< without commits
  detect::GrowingHistory history;
  std::int64_t total = 0;  ///< points the series has; `trend` may hold fewer

  [[nodiscard]] std::size_t bytes() const;
};

/// A shorter series is read anew: a report may bring hundreds of thousands of new ones, and few of them grow old.
constexpr std::int64_t kept_points_min = 4;

struct ProjectHistories {
  std::int64_t stamp = 0;
  std::size_t bytes = 0;      ///< of `series`
  std::size_t bytes_max = 0;  ///< of both; a series beyond it is not kept
  std::unordered_map<Id, KeptSeries> series;
  store::SeriesDirectory directory =
      store::SeriesDirectory();  ///< which names have which ids: a quarter of the room at most
};

/// Any thread.
class HistoryCache {
 public:
  /// The projects used longest ago are forgotten beyond so many bytes; one that is larger by itself is not kept.
  explicit HistoryCache(std::size_t bytes_max = bytes_max_default) : bytes_max_(bytes_max) {}

  /// Takes out what is kept of a project under `stamp`; what was kept under another one is forgotten. Whoever fails
  /// after this does not put it back.
  ProjectHistories take(Id project, std::int64_t stamp);
  /// Keeps it, under its stamp.
  void put(Id project, ProjectHistories kept);
  [[nodiscard]] std::size_t bytes() const;

  /// A point takes about 200 bytes: a million of them.
  static constexpr std::size_t bytes_max_default = std::size_t{256} << 20U;

 private:
  struct Entry {
    Id project = 0;
    ProjectHistories kept;
  };
  void forget(Id project);

  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  ///< newest first; guarded by mutex_
  std::size_t bytes_ = 0;     ///< of all; guarded by mutex_
};

}  // namespace perftrend::triage
