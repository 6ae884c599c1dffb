#pragma once
// A disk that fails: below SQLite every write and every sync of this process can be made to fail.

#include <gtest/gtest.h>

#include <atomic>
#include <string>

namespace perftrend::tests {

enum class DiskFault { disk_full, write_error, sync_error };

inline std::string fault_name(const ::testing::TestParamInfo<DiskFault>& info) {
  return info.param == DiskFault::disk_full     ? "full"
         : info.param == DiskFault::write_error ? "write_error"
                                                : "sync_error";
}

/// What fails: after `skip` operations of its kind, `how_often` in a row. Any thread.
class FaultPlan {
 public:
  void set(DiskFault what, int skip, int how_often) {
    hit_ = 0;
    after_ = skip;
    times_ = how_often;
    fault_ = static_cast<int>(what);
  }
  void clear() { fault_ = -1; }
  /// Asked by every operation of SQLite on a file.
  bool fails(DiskFault what) {
    if (fault_ != static_cast<int>(what)) return false;
    if (after_ > 0) {
      --after_;
      return false;
    }
    if (times_ <= 0) return false;
    --times_;
    ++hit_;
    return true;
  }
  /// How often it has, since set().
  [[nodiscard]] int hits() const { return hit_; }

 private:
  std::atomic<int> fault_ = -1, after_ = 0, times_ = 0, hit_ = 0;
};

/// A VFS is global, and so is what it does.
FaultPlan& fault_plan();

/// From now on SQLite of this process opens files through the plan.
void install_faulty_disk();

}  // namespace perftrend::tests
