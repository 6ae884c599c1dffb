#include "server/db/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "server/db/sql.h"

namespace perftrend::db {

FileLock::FileLock(const std::filesystem::path& file) {
  const std::string path = file.string() + ".lock";
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0) {
    throw Unusable(fmt::format("cannot create {}: {}", path, std::generic_category().message(errno)));
  }
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor_);
    throw Unusable(
        fmt::format("{} is in use by another perftrend-server: stop it, or give another --db", file.string()));
  }
}

FileLock::~FileLock() {
  ::close(descriptor_);
}

}  // namespace perftrend::db
