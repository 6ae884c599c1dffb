#pragma once
// Cache of answered trends, as JSON text. A cached trend is valid while the project's revision (store/stamps.h) and the
// policy that judges the series are the same, whichever server process changes them. A page that is viewed again is
// therefore answered without judging again. Any thread.

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "core/detect/verdict.h"
#include "core/model.h"
#include "core/text/thread_annotations.h"

namespace perftrend::http {

class TrendCache {
 public:
  struct Key {
    Id project = 0, series = 0;
    std::int64_t last = 0;
    std::int64_t points_max = 0;  ///< 0: all of them
    friend bool operator<(const Key& a, const Key& b) {
      return std::tie(a.project, a.series, a.last, a.points_max) < std::tie(b.project, b.series, b.last, b.points_max);
    }
  };
  /// What a cached trend depends on.
  struct Basis {
    std::int64_t stamp = 0;
    detect::Policy policy;
    std::int64_t policy_version = 0;
    friend bool operator==(const Basis&, const Basis&) = default;
  };
  using Text = std::shared_ptr<const std::string>;

  /// Evicts the least recently used trends when all texts together are longer than `bytes_max`.
  explicit TrendCache(std::size_t bytes_max = bytes_max_default) : bytes_max_(bytes_max) {}

  /// nullptr if no trend is cached for this basis.
  Text find(const Key& key, const Basis& basis);
  void save(const Key& key, const Basis& basis, Text text);

  /// Fifty trends of 10,000 points, or five hundred of 1,000.
  static constexpr std::size_t bytes_max_default = std::size_t{64} << 20U;

 private:
  struct CachedTrend {
    Key key;
    Basis basis;
    Text text;
  };
  using Entries = std::list<CachedTrend>;
  void evict(Entries::iterator entry) REQUIRES(mutex_);

  const std::size_t bytes_max_;
  Mutex mutex_;
  Entries entries_ GUARDED_BY(mutex_);  ///< most recently used first
  std::map<Key, Entries::iterator> by_key_ GUARDED_BY(mutex_);
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;  ///< of all texts
};

}  // namespace perftrend::http
