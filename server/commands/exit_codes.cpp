#include "server/commands/exit_codes.h"

#include <fmt/format.h>

#include <cstdio>

namespace perftrend {

int fail(int exit_code, std::string_view message) {
  fmt::print(stderr, "perftrend-server: {}\n", message);
  return exit_code;
}

}  // namespace perftrend
