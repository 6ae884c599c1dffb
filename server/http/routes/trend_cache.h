#pragma once
// Trends as they were last answered. One is good for as long as the project's stamp and what judges the series stay as
// they were (store/stamps.h), whichever server process changed them; so nothing is judged twice for a page that is
// looked at again. Any thread.

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>

#include "core/detect/verdict.h"
#include "core/model.h"

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
  /// What an answer follows from.
  struct Basis {
    std::int64_t stamp = 0;
    detect::Policy policy;
    std::int64_t policy_version = 0;
    friend bool operator==(const Basis&, const Basis&) = default;
  };
  using Text = std::shared_ptr<const std::string>;

  /// Those asked for longest ago are forgotten beyond so many bytes of text.
  explicit TrendCache(std::size_t bytes_max = bytes_max_default) : bytes_max_(bytes_max) {}

  /// nullptr where there is none on this basis.
  Text find(const Key& key, const Basis& basis);
  void keep(const Key& key, const Basis& basis, Text text);

  /// Fifty trends of 10,000 points, or five hundred of 1,000.
  static constexpr std::size_t bytes_max_default = std::size_t{64} << 20U;

 private:
  struct Entry {
    Key key;
    Basis basis;
    Text text;
  };
  using Entries = std::list<Entry>;
  void forget(Entries::iterator entry);

  const std::size_t bytes_max_;
  std::mutex mutex_;
  Entries entries_;                          ///< newest use first; guarded by mutex_
  std::map<Key, Entries::iterator> by_key_;  ///< guarded by mutex_
  std::size_t bytes_ = 0;                    ///< of all texts; guarded by mutex_
};

}  // namespace perftrend::http
