#pragma once
// A file that is whole or not there.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace perftrend::runner {

/// Writes `bytes` to a temporary file beside `path`, syncs it, renames it over `path` and syncs the directory: a crash
/// or a full disk leaves the old file, or none. A symbolic link stays and what it names is replaced. What is no file
/// and can only be written to (a terminal, /dev/stdout, a FIFO) is written to. Throws std::system_error; the temporary
/// file is then gone.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// Why a file of this name could not be written just now: its directory is missing or not writable, it is a directory
/// itself, a disk or a socket, or "-", which elsewhere means standard output. Nothing is written to find out.
std::optional<std::string> why_not_writable(const std::filesystem::path& path);

}  // namespace perftrend::runner
