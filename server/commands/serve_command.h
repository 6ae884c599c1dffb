#pragma once
// `perftrend-server serve`: runs the server, with its database, its periodic jobs and its HTTP interface.

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "server/db/sqlite.h"
#include "server/jobs/scheduled_backup.h"

namespace perftrend {

struct ServeOptions {
  std::filesystem::path database = "perftrend.db";
  std::string listen = "127.0.0.1:8080";                ///< HOST:PORT; port 0: any free one
  std::filesystem::path policies;                       ///< empty: the defaults
  std::filesystem::path retention;                      ///< rules of what is deleted when; empty: nothing is deleted
  BackupSchedule backup;                                ///< copies made while the server runs
  int checkpoint_pages = db::checkpoint_pages_default;  ///< of a SQLite file; 0: another process checkpoints
  std::vector<std::string> allowed_hosts;
  bool allow_anonymous = false;  ///< listen beyond loopback without tokens
  bool require_tokens = false;   ///< require tokens on loopback too
  std::size_t body_mib_max = 64;
  std::size_t upload_memory_mib_max = 1024;
};

/// Serves until SIGTERM or SIGINT. Returns an exit code of exit_codes.h, after one line on stderr if it failed.
int run_serve(const ServeOptions& options);

}  // namespace perftrend
