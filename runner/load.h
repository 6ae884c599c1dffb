#pragma once
// Was the machine quiet while we measured? What Linux says of it in /proc, before, during and after, and the verdict.
// What a machine does not say is missing and no reason for suspicion.

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runner/engines/clock.h"

namespace perftrend::runner {

/// Time between two looks at the run queue during a measurement: several within the shortest scenario, and (about
/// 50 us a look) far below a hundredth of one core.
constexpr std::int64_t load_sample_interval_ms = 25;
/// Others running, on average per core of the machine, that disturb: a quarter of the cores busy with something else.
constexpr double others_per_core_max = 0.25;
/// Share of the machine's time that a hypervisor took away, and the least ticks (10 ms each) to believe it.
constexpr double steal_percent_max = 2.0;
constexpr std::int64_t steal_ticks_min = 3;
/// Times a second that the kernel took the measuring thread off its core. A competitor on the same core does it some
/// hundred times a second; a quiet machine a few times.
constexpr double involuntary_switches_per_s_max = 50.0;
/// Least of them to believe the rate.
constexpr std::int64_t involuntary_switches_min = 10;

/// CPU time of the whole machine since boot, in ticks (/proc/stat, first line).
struct CpuTicks {
  std::int64_t steal = 0;
  std::int64_t total = 0;
};

/// A look at the machine.
struct LoadState {
  std::optional<double> load1;        ///< load average of the last minute (/proc/loadavg)
  std::optional<int> others_running;  ///< runnable threads on the whole machine without ours (/proc/stat)
  std::optional<CpuTicks> ticks;
};

/// What the sampler saw between start and stop.
struct LoadDuring {
  int looks = 0;
  double others_mean = 0;  ///< runnable threads other than ours, on average
  int others_max = 0;
  std::optional<double> steal_percent;  ///< of the machine's time
  std::int64_t steal_ticks = 0;
  std::optional<std::int64_t> involuntary_switches;  ///< of the measuring thread
  double seconds = 0;
};

struct Cores {
  int online = 1;     ///< of the machine, as the figures of /proc count them
  int available = 1;  ///< to this process: affinity and, where set, the cgroup's quota (rounded up)
};

/// `root` is "/" but in tests. Own threads are counted by their state in /proc/self/task.
LoadState look_at_load(const std::filesystem::path& root);
Cores count_cores(const std::filesystem::path& root);

/// Smallest difference other than 0 between two readings in a row; what no time here can be finer than.
std::int64_t timer_resolution_ns(const Clock& clock);

/// Looks at the load in a thread of its own from construction until stop(), which must be called by the constructing
/// thread: it is the one whose involuntary switches are counted.
class LoadSampler {
 public:
  LoadSampler(std::filesystem::path root, const Clock& clock);
  ~LoadSampler();
  LoadSampler(const LoadSampler&) = delete;
  LoadSampler& operator=(const LoadSampler&) = delete;

  /// Ends the thread. To be called once.
  LoadDuring stop();

 private:
  void look_until_stopped();

  std::filesystem::path root_;
  const Clock& clock_;
  std::int64_t start_ns_;
  std::optional<CpuTicks> start_ticks_;
  std::optional<std::int64_t> start_switches_;
  std::vector<int> others_;  ///< of each look; the thread's own until it has ended
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;  ///< guarded by mutex_
  std::thread thread_;
};

/// Means and differences of the looks: pure.
LoadDuring sum_up(const std::vector<int>& others, std::optional<CpuTicks> start, std::optional<CpuTicks> end);

/// Why times measured then are not to be judged, one sentence each; empty: the machine was quiet. `during` is missing
/// when no time was measured.
std::vector<std::string> suspicions(const LoadState& before, const std::optional<LoadDuring>& during,
                                    const LoadState& after, const Cores& cores, double load_factor_max);

}  // namespace perftrend::runner
