#pragma once
// Directory of the cases and series of one project: their ids by name, in memory. A nightly report names the same cases
// as the run before, and looking up each name in the database costs more than storing its point. Derived from the
// tables test_case and series; valid for one project revision (revision.h). One thread at a time.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "core/model.h"

namespace perftrend::points {

/// What an upload needs to know of a series.
struct KnownSeries {
  Id id = 0;
  std::int64_t points = 0;
  std::string_view unit;  ///< lives as long as the directory
  Better better = Better::lower;
  StatedBy unit_by = StatedBy::inferred;
  StatedBy better_by = StatedBy::inferred;
};

class SeriesDirectory {
 public:
  /// Adds nothing beyond `bytes_max`.
  explicit SeriesDirectory(std::size_t bytes_max = 0) : bytes_max_(bytes_max) {}

  /// 0 where the case is unknown.
  [[nodiscard]] Id find_case(const CaseName& key) const;
  void add_case(const CaseName& key, Id id);

  /// The number of a lane (testbed and branch), configuration and purpose for find_series. All series of an upload have
  /// the same.
  std::size_t lane(std::string_view testbed, std::string_view branch, Id configuration, Purpose purpose);
  /// nullptr where the series is unknown. Valid until the next add_series; the caller may change it.
  [[nodiscard]] KnownSeries* find_series(Id case_id, std::string_view metric, std::size_t lane);
  /// Adds the series, unless the limit is reached, or replaces what is known of it. Copies the unit.
  void add_series(Id case_id, std::string_view metric, std::size_t lane, const KnownSeries& series);

  /// Approximate memory use.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// Changes the limit. Entries that exist stay.
  void set_bytes_max(std::size_t bytes_max) { bytes_max_ = bytes_max; }

 private:
  /// Names of a case, borrowed from the caller (in a look-up) or from `text`, which holds the three in sequence.
  struct CaseNames {
    std::string_view suite, classname, name;
    std::unique_ptr<char[]> text;  ///< null in a look-up
    friend bool operator==(const CaseNames& a, const CaseNames& b) {
      return a.name == b.name && a.classname == b.classname && a.suite == b.suite;
    }
  };
  struct HashNames {
    std::size_t operator()(const CaseNames& names) const;
  };
  struct SeriesPlace {
    Id case_id = 0;
    std::uint32_t lane = 0, metric = 0;
    friend bool operator==(const SeriesPlace&, const SeriesPlace&) = default;
  };
  struct HashPlace {
    std::size_t operator()(const SeriesPlace& place) const;
  };
  struct HashText {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  /// Numbers for the few distinct texts: metrics and lanes.
  using Numbers = std::unordered_map<std::string, std::uint32_t, HashText, std::equal_to<>>;

  static CaseNames look_up_key(const CaseName& key);
  std::uint32_t number(Numbers& numbers, std::string_view text);

  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::unordered_map<CaseNames, Id, HashNames> cases_;
  std::unordered_map<SeriesPlace, KnownSeries, HashPlace> series_;
  Numbers lanes_, metrics_;
  std::unordered_set<std::string, HashText, std::equal_to<>> units_;
};

}  // namespace perftrend::points
