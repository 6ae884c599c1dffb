#pragma once
// A file that is whole or not there.

#include <filesystem>
#include <string_view>

namespace perftrend::runner {

/// Writes `bytes` to a temporary file beside `path`, syncs it, renames it over `path` and syncs the directory: a crash
/// or a full disk leaves the old file, or none. Throws std::system_error; the temporary file is then gone.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

}  // namespace perftrend::runner
