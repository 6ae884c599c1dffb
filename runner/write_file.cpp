#include "runner/write_file.h"

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
  /// close() may tell of a write that failed late.
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
  // Some file systems cannot sync a directory (EINVAL): the rename stands all the same.
  if (handle.get() < 0 || (::fsync(handle.get()) != 0 && errno != EINVAL)) throw_errno(directory.string());
}

std::filesystem::path directory_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

}  // namespace

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
  std::string temporary = path.string() + ".XXXXXX";
  const mode_t mask = ::umask(0);
  ::umask(mask);
  Descriptor file(::mkstemp(temporary.data()));
  if (file.get() < 0) throw_errno(path.string());
  try {
    // mkstemp makes it private; a report is as public as the user's other files.
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

std::optional<std::string> why_not_writable(const std::filesystem::path& path) {
  const auto because = [&](int cause) { return path.string() + ": " + std::generic_category().message(cause); };
  std::error_code ignored;
  if (!path.has_filename() || std::filesystem::is_directory(path, ignored)) return because(EISDIR);
  const std::filesystem::path directory = directory_of(path);
  struct stat state {};
  if (::stat(directory.c_str(), &state) != 0) return because(errno);
  if (!S_ISDIR(state.st_mode)) return because(ENOTDIR);
  if (::access(directory.c_str(), W_OK | X_OK) != 0) return because(errno);
  return std::nullopt;
}

}  // namespace perftrend::runner
