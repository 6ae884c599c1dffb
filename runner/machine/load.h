#pragma once
// Load of the machine before, during and after a measurement, read from /proc and /sys on Linux. Values that the
// machine does not provide are missing. fitness.h judges them.

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

/// Sampling interval of the run queue during a measurement: several samples within the shortest scenario, at a cost
/// (about 50 us per sample) far below a hundredth of one core.
constexpr std::int64_t load_sample_interval_ms = 25;
/// Minimum of stolen ticks (10 ms each) for which the share of stolen time is used.
constexpr std::int64_t steal_ticks_min = 3;
/// Minimum of involuntary switches for which their rate is used.
constexpr std::int64_t involuntary_switches_min = 10;

/// CPU time of the whole machine since boot, in ticks (/proc/stat, first line).
struct CpuTicks {
  std::int64_t steal = 0;
  std::int64_t total = 0;
};

/// State of the machine at one moment.
struct LoadState {
  std::optional<double> load1;  ///< load average of the last minute (/proc/loadavg)
  /// Runnable threads of the whole machine (/proc/stat) minus those of this process, the engine and their descendants.
  /// The two counts are read one after the other. A thread of ours that falls asleep in between counts as another's,
  /// and one that wakes up makes the difference smaller, even below 0. The mean of many samples is therefore unbiased.
  std::optional<int> others_running;
  std::optional<CpuTicks> ticks;
  std::optional<std::int64_t>
      pressure_us;  ///< since boot, time during which some program waited for a core (/proc/pressure/cpu)
  std::optional<std::int64_t> throttles;  ///< since boot, thermal throttling of all cores (sysfs, thermal_throttle)
  std::optional<double> fastest_mhz;      ///< of the fastest core at the moment: the measuring one
  std::optional<std::int64_t>
      quota_stops;  ///< periods in which this container's CPU quota was exhausted (cgroup cpu.stat)
  std::vector<std::string> test_programs;  ///< other running tests (fitness.h); not set by read_load
  junit::Properties settings;  ///< governor, smt, turbo, huge_pages, where known (environment.h); not set by read_load
};

/// Load during a measurement, from LoadSampler.
struct LoadDuringRun {
  bool external_engine = false;  ///< another process on this machine did the computing
  int samples = 0;
  double others_mean = 0;  ///< mean of the runnable threads other than ours
  int others_max = 0;
  std::optional<double> steal_percent;  ///< of the machine's time
  std::int64_t steal_ticks = 0;
  std::optional<std::int64_t> involuntary_switches;  ///< of the measuring thread
  std::optional<double> pressure_percent;            ///< of the time, during which some program waited for a core
  std::optional<std::int64_t> throttles;             ///< thermal
  std::optional<std::int64_t> quota_stops;           ///< periods in which the container's CPU quota was exhausted
  std::optional<double> mhz_min, mhz_max;            ///< of the fastest core, over the samples
  double seconds = 0;
};

struct Cores {
  int online = 1;     ///< of the machine, as in /proc
  int available = 1;  ///< to this process: affinity and, if set, the cgroup's quota (rounded up)
};

/// `root` is "/" except in tests. `engine`: measured processes, whose threads do not count as others (listeners).
LoadState read_load(const std::filesystem::path& root, std::span<const int> engine = {});

/// Processes that listen on the TCP port of this machine, as far as this user may see them: a server that was started
/// separately. Reads all of /proc, which takes a few milliseconds.
std::vector<int> listeners(const std::filesystem::path& root, int port);
Cores count_cores(const std::filesystem::path& root);

/// Smallest difference above 0 between two consecutive readings: the resolution of every measured time.
std::int64_t timer_resolution_ns(const Clock& clock);

/// An engine in another process.
struct ExternalEngine {
  bool is_local = false;       ///< on this machine: when it uses the measuring thread's core, that is not a disturbance
  std::vector<int> processes;  ///< whose threads do not count as others (listeners); children never do
};

/// Samples the load in its own thread from construction until stop(). The constructing thread must call stop(), because
/// its involuntary switches are counted.
class LoadSampler {
 public:
  LoadSampler(std::filesystem::path root, const Clock& clock, ExternalEngine engine = {});
  ~LoadSampler();
  LoadSampler(const LoadSampler&) = delete;
  LoadSampler& operator=(const LoadSampler&) = delete;

  /// Ends the thread. Call it once.
  LoadDuringRun stop();

 private:
  void sample_until_stopped();

  std::filesystem::path root_;
  const Clock& clock_;
  ExternalEngine engine_;
  std::int64_t start_ns_;
  LoadState start_;
  std::optional<std::int64_t> start_switches_;
  std::vector<LoadState> samples_;  ///< used only by the thread until it has ended
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;  ///< guarded by mutex_
  std::thread thread_;
};

/// Means and differences of the samples; pure. `seconds` is the time between start and end.
LoadDuringRun summarise_load(const std::vector<LoadState>& samples, const LoadState& start, const LoadState& end,
                             double seconds);

}  // namespace perftrend::runner
