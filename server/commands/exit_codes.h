#pragma once
// Exit codes of perftrend-server. They are part of its interface (README.md).

#include <string_view>

namespace perftrend {

constexpr int exit_ok = 0;
constexpr int exit_failed = 1;    ///< a part of the work failed; stderr says which
constexpr int exit_usage = 2;     ///< the command line, or a file that it names, is wrong
constexpr int exit_database = 3;  ///< the database cannot be used; stderr says what to do
constexpr int exit_listen = 4;    ///< the server cannot listen on the address, or must not without tokens

/// Prints one line to stderr and returns `exit_code`.
int fail(int exit_code, std::string_view message);

}  // namespace perftrend
