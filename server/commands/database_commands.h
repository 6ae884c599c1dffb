#pragma once
// `perftrend-server migrate | backup | restore | check | export | prune`: what an operator does to a database.

#include <filesystem>
#include <string>

namespace perftrend {

/// Addresses are what `--db` takes: a SQLite file or postgres://…
struct DatabaseOptions {
  std::string database = "perftrend.db";
  std::string to;                   ///< backup, export: where to
  std::filesystem::path from;       ///< restore: the backup
  bool replace = false;             ///< restore: although there is a database
  std::filesystem::path retention;  ///< prune: what is kept how long
  bool dry_run = false;             ///< prune: only say what would go
};

/// Each prints its result to stdout and returns an exit code (exit_codes.h); throws db::Unusable and db::Unavailable.
int run_migrate(const DatabaseOptions& options);
int run_backup(const DatabaseOptions& options);
int run_restore(const DatabaseOptions& options);
int run_check(const DatabaseOptions& options);
int run_export(const DatabaseOptions& options);
int run_prune(const DatabaseOptions& options);

}  // namespace perftrend
