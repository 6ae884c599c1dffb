#pragma once
// What else the machine does while we measure: what Linux says of it in /proc and /sys, before, during and after. What
// a machine does not say is missing. The verdict over it is in fitness.h.

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "core/junit/suite_report.h"
#include "runner/system/clock.h"

namespace perftrend::runner {

/// Time between two looks at the run queue during a measurement: several within the shortest scenario, and (about
/// 50 us a look) far below a hundredth of one core.
constexpr std::int64_t load_sample_interval_ms = 25;
/// Least ticks (10 ms each) taken away, to believe the share of stolen time.
constexpr std::int64_t steal_ticks_min = 3;
/// Least involuntary switches to believe their rate.
constexpr std::int64_t involuntary_switches_min = 10;

/// CPU time of the whole machine since boot, in ticks (/proc/stat, first line).
struct CpuTicks {
  std::int64_t steal = 0;
  std::int64_t total = 0;
};

/// A look at the machine.
struct LoadState {
  std::optional<double> load1;  ///< load average of the last minute (/proc/loadavg)
  /// Runnable threads on the whole machine (/proc/stat) without those of this process, the engine and what both
  /// started. The two are counted one after the other, so that a thread of ours that falls asleep between is one of the
  /// others, and one that wakes makes them one fewer, below 0 too: only then is the mean of many looks right.
  std::optional<int> others_running;
  std::optional<CpuTicks> ticks;
  std::optional<std::int64_t>
      pressure_us;                        ///< since boot, in which some program waited for a core (/proc/pressure/cpu)
  std::optional<std::int64_t> throttles;  ///< since boot, of all cores for heat (sysfs, thermal_throttle)
  std::optional<double> fastest_mhz;      ///< of the fastest core just now: the one that measures
  std::optional<std::int64_t> quota_stops;  ///< periods in which this container's quota was used up (cgroup cpu.stat)
  std::vector<std::string> test_programs;   ///< beside this process (fitness.h); not looked for by look_at_load
  junit::Properties settings;               ///< governor, smt, turbo, huge_pages, where told (environment.h); the same
};

/// What the sampler saw between start and stop.
struct LoadDuring {
  bool engine_beside = false;  ///< it was another process that computed, on this machine
  int looks = 0;
  double others_mean = 0;  ///< runnable threads other than ours, on average
  int others_max = 0;
  std::optional<double> steal_percent;  ///< of the machine's time
  std::int64_t steal_ticks = 0;
  std::optional<std::int64_t> involuntary_switches;  ///< of the measuring thread
  std::optional<double> pressure_percent;            ///< of the time, some program waited for a core
  std::optional<std::int64_t> throttles;             ///< for heat
  std::optional<std::int64_t> quota_stops;           ///< periods in which the container's quota was used up
  std::optional<double> mhz_min, mhz_max;            ///< of the fastest core, over the looks
  double seconds = 0;
};

struct Cores {
  int online = 1;     ///< of the machine, as the figures of /proc count them
  int available = 1;  ///< to this process: affinity and, where set, the cgroup's quota (rounded up)
};

/// `root` is "/" but in tests. `engine`: processes that are measured, so that their threads are no others (listeners).
LoadState look_at_load(const std::filesystem::path& root, std::span<const int> engine = {});

/// Processes that listen on the TCP port of this machine, as far as this user may know them: a server that somebody
/// else started. Looks through all of /proc, some milliseconds.
std::vector<int> listeners(const std::filesystem::path& root, int port);
Cores count_cores(const std::filesystem::path& root);

/// Smallest difference other than 0 between two readings in a row; what no time here can be finer than.
std::int64_t timer_resolution_ns(const Clock& clock);

/// An engine that is another process than this one.
struct EngineBeside {
  bool here = false;           ///< on this machine: when it takes the measuring thread's core, that is no disturbance
  std::vector<int> processes;  ///< whose threads are no others (listeners); children are none anyway
};

/// Looks at the load in a thread of its own from construction until stop(), which must be called by the constructing
/// thread: it is the one whose involuntary switches are counted.
class LoadSampler {
 public:
  LoadSampler(std::filesystem::path root, const Clock& clock, EngineBeside engine = {});
  ~LoadSampler();
  LoadSampler(const LoadSampler&) = delete;
  LoadSampler& operator=(const LoadSampler&) = delete;

  /// Ends the thread. To be called once.
  LoadDuring stop();

 private:
  void look_until_stopped();

  std::filesystem::path root_;
  const Clock& clock_;
  EngineBeside engine_;
  std::int64_t start_ns_;
  LoadState start_;
  std::optional<std::int64_t> start_switches_;
  std::vector<LoadState> looks_;  ///< the thread's own until it has ended
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;  ///< guarded by mutex_
  std::thread thread_;
};

/// Means and differences of the looks: pure. `seconds` lie between start and end.
LoadDuring sum_up(const std::vector<LoadState>& looks, const LoadState& start, const LoadState& end, double seconds);

}  // namespace perftrend::runner
