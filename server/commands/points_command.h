#pragma once
// `perftrend-server points --csv PROJECT [SERIES]`: stored points as text, which SQL cannot show (docs/format.md).

#include <filesystem>
#include <optional>
#include <string>

#include "core/model.h"

namespace perftrend {

struct PointsOptions {
  std::filesystem::path database = "perftrend.db";  ///< or the URI of a PostgreSQL database
  std::string project;
  std::optional<Id> series;  ///< nullopt: all series of the project
};

/// Prints the points as CSV (RFC 4180) to stdout: a line of column names, then a line for each point, series by series,
/// oldest first. Reads one snapshot of the database, one series at a time. Returns an exit code of exit_codes.h.
int run_points(const PointsOptions& options);

}  // namespace perftrend
