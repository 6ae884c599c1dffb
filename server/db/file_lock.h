#pragma once
// Lock that allows one server per SQLite file. Internal to db/.

#include <filesystem>

namespace perftrend::db {

/// Holds FILE.lock for its lifetime. The kernel releases the lock when the process ends, also after a crash. Throws
/// Unusable if another process holds it.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& file);
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  int descriptor_ = -1;
};

}  // namespace perftrend::db
