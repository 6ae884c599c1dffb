#pragma once
// `perftrend-server export`: copies everything into another, empty database.

#include <string>

namespace perftrend {

struct ExportOptions {
  std::string database = "perftrend.db";
  std::string to;  ///< SQLite file or postgres://…
};

/// Returns an exit code; throws db::Unusable and db::Unavailable.
int run_export(const ExportOptions& options);

}  // namespace perftrend
