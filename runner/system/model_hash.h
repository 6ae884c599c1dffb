#pragma once
// What a model file is, whatever its name.

#include <tl/expected.hpp>

#include <string>

namespace perftrend::runner {

/// SHA-256 of the whole file in hexadecimal, about a second for a gigabyte; or why it cannot be read, in one line.
tl::expected<std::string, std::string> file_sha256(const std::string& file);

}  // namespace perftrend::runner
