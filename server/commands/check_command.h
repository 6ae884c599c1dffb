#pragma once
// `perftrend-server check`: looks for damage in a database.

#include <string>

namespace perftrend {

struct CheckOptions {
  std::string database = "perftrend.db";
};

/// Prints one line per finding. Returns exit_failed if there are any; throws db::Unusable and db::Unavailable.
int run_check(const CheckOptions& options);

}  // namespace perftrend
