#pragma once
// One server a file. Internal to db/.

#include <filesystem>

namespace perftrend::db {

/// Holds FILE.lock while it lives; the kernel lets go of it when the process dies, however it dies. Throws Unusable
/// where another process holds it.
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
