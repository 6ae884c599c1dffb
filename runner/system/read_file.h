#pragma once
// Reading a whole file.

#include <filesystem>
#include <optional>
#include <string>

namespace perftrend::runner {

/// All bytes of the file; nullopt if it cannot be read.
std::optional<std::string> read_file(const std::filesystem::path& file);

}  // namespace perftrend::runner
