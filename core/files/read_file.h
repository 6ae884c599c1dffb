#pragma once
// Reading whole files. This folder is the only part of core that does I/O.

#include <filesystem>
#include <optional>
#include <string>

namespace perftrend::files {

/// All bytes of a file, or nothing when it cannot be read to its end. Memory: the size of the file.
std::optional<std::string> read_file(const std::filesystem::path& file);

}  // namespace perftrend::files
