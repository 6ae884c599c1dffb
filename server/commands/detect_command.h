#pragma once
// `perftrend-server detect FILE.csv… | --list FILE`: change points of series in CSV files, one JSON line each.

#include <iosfwd>
#include <string>
#include <vector>

namespace perftrend {

/// The longest accepted series: 1,000 points a day for 27 years.
inline constexpr std::size_t detect_points_max = 10'000'000;

struct DetectOptions {
  std::vector<std::string> files;  ///< CSV files, in order of the answer
  std::string list;                ///< a file of CSV paths, one a line, answered after `files`; empty: none
};

/// Reads each CSV (a header line, then rows; the column named "value", else the last one) and prints
/// {"change_points":[…],…} for each, in order. Change points are rows, counted from 0 after the header. A value that is
/// empty, NaN, NA or null is not a point; its row is counted, and `missing` is the number of such rows. Stops at the
/// first file that cannot be read. Returns the exit code: 0, or 2 with one line on `errors`.
int run_detect(const DetectOptions& options, std::ostream& answers, std::ostream& errors);

/// The same with standard output and standard error.
int run_detect(const DetectOptions& options);

}  // namespace perftrend
