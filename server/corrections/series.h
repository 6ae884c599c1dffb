#pragma once
// Corrections of series: unit, direction, restarts of the baseline, deletion.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/corrections/correction.h"

namespace perftrend::corrections {

/// What a person says of a series.
struct SeriesChange {
  /// The unit from now on. Stored values are converted from `values_were`; without it from the unit they have, or if
  /// they have none, not at all.
  std::optional<std::string> unit{};
  /// The unit that the stored values are really in, if it is not the one that was stated.
  std::optional<std::string> values_were{};
  std::optional<Better> better{};
  bool whole_metric = false;  ///< all series of the metric in the project, and those that begin later

  [[nodiscard]] bool is_empty() const { return !unit && !better; }
};

struct SeriesChanged {
  std::int64_t series = 0;  ///< changed
  std::int64_t points = 0;  ///< converted
};

/// not_found: there is no such series. bad_request: a unit cannot be converted; nothing is changed then.
Result<SeriesChanged> change_series(const Site& site, const ProjectRef& project, Id series, const SeriesChange& change,
                                    const Person& person);

/// Deletes a series with its points and its records.
Result<SeriesChanged> delete_series(const Site& site, const ProjectRef& project, Id series, const Person& person);

/// Points of a run begin a new baseline in `series`; 0: in all series of the run. Open regressions of them are closed.
Result<SeriesChanged> restart_baseline(const Site& site, const ProjectRef& project, Id run, Id series,
                                       const Person& person);
/// Takes such a restart back.
Result<SeriesChanged> take_restart_back(const Site& site, const ProjectRef& project, Id run, Id series,
                                        const Person& person);

}  // namespace perftrend::corrections
