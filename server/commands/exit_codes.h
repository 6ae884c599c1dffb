#pragma once
// Exit codes of perftrend-server: part of its interface (README.md).

namespace perftrend {

constexpr int exit_ok = 0;
constexpr int exit_failed = 1;    ///< something of the work failed; stderr says what
constexpr int exit_usage = 2;     ///< the command line or a file given by it is at fault
constexpr int exit_database = 3;  ///< the database cannot be used: stderr says what to do
constexpr int exit_listen = 4;    ///< the address cannot be listened on, or may not without tokens

}  // namespace perftrend
