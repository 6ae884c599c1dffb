#include "runner/system/write_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace perftrend::runner {
namespace {

[[noreturn]] void throw_errno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  /// close() may report a delayed write error.
  void close_or_throw(const std::string& name) {
    const int fd = fd_;
    fd_ = -1;
    if (::close(fd) != 0) throw_errno(name);
  }

 private:
  int fd_;
};

void write_all(int fd, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw_errno(name);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void sync_directory(const std::filesystem::path& directory) {
  const Descriptor handle(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems cannot sync a directory (EINVAL): the rename is done anyway.
  if (handle.get() < 0 || (::fsync(handle.get()) != 0 && errno != EINVAL)) throw_errno(directory.string());
}

std::filesystem::path directory_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

/// The file to write: links are followed, even to a file that does not exist yet.
std::filesystem::path target_of(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_symlink(path, ignored)) return path;
  std::error_code dangling;
  const auto target = std::filesystem::canonical(path, dangling);
  return dangling ? path.parent_path() / std::filesystem::read_symlink(path) : target;
}

bool is_stream(const std::filesystem::path& path) {
  std::error_code absent;
  const auto type = std::filesystem::status(path, absent).type();
  return type == std::filesystem::file_type::character || type == std::filesystem::file_type::fifo;
}

void write_into(const std::filesystem::path& path, std::string_view bytes) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.get() < 0) throw_errno(path.string());
  write_all(file.get(), bytes, path.string());
  file.close_or_throw(path.string());
}

void replace_file(const std::filesystem::path& path, std::string_view bytes) {
  std::string temporary = path.string() + ".XXXXXX";
  const mode_t mask = ::umask(0);
  ::umask(mask);
  Descriptor file(::mkstemp(temporary.data()));
  if (file.get() < 0) throw_errno(path.string());
  try {
    // mkstemp makes it private; a report gets the usual permissions of the user's files.
    constexpr mode_t everyone = 0666;
    if (::fchmod(file.get(), everyone & ~mask) != 0) throw_errno(temporary);
    write_all(file.get(), bytes, path.string());
    if (::fsync(file.get()) != 0) throw_errno(path.string());
    file.close_or_throw(path.string());
    if (::rename(temporary.c_str(), path.c_str()) != 0) throw_errno(path.string());
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  sync_directory(directory_of(path));
}

}  // namespace

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
  if (is_stream(path)) return write_into(path, bytes);
  replace_file(target_of(path), bytes);
}

std::optional<std::string> why_not_writable(const std::filesystem::path& path) {
  const auto because = [&](int cause) { return path.string() + ": " + std::generic_category().message(cause); };
  if (path == "-") return "-: name a file; /dev/stdout is standard output";
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (!path.has_filename() || std::filesystem::is_directory(status)) return because(EISDIR);
  if (std::filesystem::is_block_file(status) || std::filesystem::is_socket(status)) return because(EINVAL);
  if (is_stream(path)) return ::access(path.c_str(), W_OK) == 0 ? std::nullopt : std::optional(because(errno));
  const std::filesystem::path directory = directory_of(target_of(path));
  struct stat state {};
  if (::stat(directory.c_str(), &state) != 0) return because(errno);
  if (!S_ISDIR(state.st_mode)) return because(ENOTDIR);
  if (::access(directory.c_str(), W_OK | X_OK) != 0) return because(errno);
  return std::nullopt;
}

}  // namespace perftrend::runner
