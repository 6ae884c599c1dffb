#pragma once
// The environment variables as a value, read once in main. Tests pass their own, and no thread calls getenv.

#include <map>
#include <string>
#include <string_view>

namespace perftrend::runner {

using Variables = std::map<std::string, std::string, std::less<>>;

/// Reads a null-terminated list of "NAME=value", such as `environ`.
Variables read_variables(const char* const* entries);

/// "" when not set.
std::string value_of(const Variables& variables, std::string_view name);

}  // namespace perftrend::runner
