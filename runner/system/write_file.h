#pragma once
// Writing a file completely or not at all.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace perftrend::runner {

/// Writes `bytes` to a temporary file in the directory of `path`, syncs it, renames it to `path` and syncs the
/// directory. A crash or a full disk leaves the old file, or none. A symbolic link stays; its target is replaced. A
/// terminal, /dev/stdout or a FIFO cannot be replaced and is written to. Throws std::system_error, after removing the
/// temporary file.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// Why a file of this name cannot be written now: its directory is missing or not writable, or `path` is a directory, a
/// disk, a socket or "-" (which other programs take as standard output). nullopt: it can. Nothing is written.
std::optional<std::string> why_not_writable(const std::filesystem::path& path);

}  // namespace perftrend::runner
