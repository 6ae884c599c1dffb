#pragma once
// Hash of a model file, which identifies it independently of its name.

#include <tl/expected.hpp>

#include <string>

namespace perftrend::runner {

/// SHA-256 of the whole file in hexadecimal; about a second for a gigabyte. The error is one line.
tl::expected<std::string, std::string> file_sha256(const std::string& file);

}  // namespace perftrend::runner
