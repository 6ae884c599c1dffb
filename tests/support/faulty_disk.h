#pragma once
// Failing disk: a SQLite VFS that makes writes and syncs of this process fail on request.

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

/// The planned failure: after `skip` operations of its kind, `how_often` ones in a row fail. Thread-safe.
class FaultPlan {
 public:
  void set(DiskFault what, int skip, int how_often) {
    hit_ = 0;
    after_ = skip;
    times_ = how_often;
    fault_ = static_cast<int>(what);
  }
  void clear() { fault_ = -1; }
  /// Called by every file operation of SQLite.
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
  /// Number of failures since set().
  [[nodiscard]] int hits() const { return hit_; }

 private:
  std::atomic<int> fault_ = -1, after_ = 0, times_ = 0, hit_ = 0;
};

/// The plan of this process; a VFS is global.
FaultPlan& fault_plan();

/// Makes SQLite open all further files of this process through the plan.
void install_faulty_disk();

}  // namespace perftrend::tests
