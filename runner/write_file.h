#pragma once
// A file that is whole or not there.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace perftrend::runner {

/// Writes `bytes` to a temporary file beside `path`, syncs it, renames it over `path` and syncs the directory: a crash
/// or a full disk leaves the old file, or none. Throws std::system_error; the temporary file is then gone.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// Why a file of this name could not be written just now: its directory is missing or not writable, or it is a
/// directory itself. Nothing is written to find out.
std::optional<std::string> why_not_writable(const std::filesystem::path& path);

}  // namespace perftrend::runner
