#include "runner/machine/load.h"

#include <sys/resource.h>
#ifdef __linux__
#include <sched.h>
#else
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): getloadavg is BSD
#endif

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>
#include <string_view>

#include "runner/system/child_groups.h"

namespace perftrend::runner {
namespace {

constexpr int timer_readings = 2000;
/// Limit of processes per sample; an engine does not start more.
constexpr std::size_t own_processes_max = 64;

std::ifstream open(const std::filesystem::path& root, const char* file) {
  return std::ifstream(root / file);
}

/// Fields 1 to 8 of the line "cpu" are user, nice, system, idle, iowait, irq, softirq, steal; guest time is in user.
std::optional<CpuTicks> read_ticks(std::istringstream fields) {
  CpuTicks ticks;
  std::int64_t value = 0;
  for (int i = 0; i < 8; ++i) {
    if (!(fields >> value)) return std::nullopt;
    ticks.total += value;
  }
  ticks.steal = value;
  return ticks;
}

/// State R in /proc/PID/task/TID/stat. The name before the state may contain anything, so the last ')' ends it.
bool is_running(const std::filesystem::path& task) {
  std::ifstream stat(task / "stat");
  std::string line;
  std::getline(stat, line);
  const auto name_end = line.rfind(") ");
  return name_end != std::string::npos && line.compare(name_end + 2, 1, "R") == 0;
}

/// Running threads of this process and of `engine`, with their descendants (/proc/PID/task/TID/children).
int own_running(const std::filesystem::path& root, std::span<const int> engine) {
  std::vector<std::string> processes{"self"};
  for (const int process : engine)
    processes.push_back(std::to_string(process));
  int running = 0;
  std::error_code ignored;
  for (std::size_t i = 0; i < processes.size() && i < own_processes_max; ++i) {
    for (const auto& task : std::filesystem::directory_iterator(root / "proc" / processes[i] / "task", ignored)) {
      if (is_running(task.path())) ++running;
      std::ifstream children(task.path() / "children");
      for (std::string child; children >> child;) {
        if (std::find(processes.begin(), processes.end(), child) == processes.end()) processes.push_back(child);
      }
    }
  }
  return running;
}

/// Inodes of the sockets that listen on `port`, from /proc/net/tcp and tcp6: "socket:[1162]", as /proc/PID/fd names
/// them.
std::vector<std::string> listening_sockets(const std::filesystem::path& root, int port) {
  std::vector<std::string> sockets;
  for (const char* file : {"proc/net/tcp", "proc/net/tcp6"}) {
    auto table = open(root, file);
    std::string line;
    std::getline(table, line);  // the headings
    while (std::getline(table, line)) {
      std::istringstream fields(line);
      std::string number, local, remote, state, queues, timer, retransmits, user, timeout, inode;
      fields >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >> inode;
      const auto colon = local.rfind(':');
      constexpr const char* listens = "0A";
      if (!fields || state != listens || colon == std::string::npos) continue;
      if (std::strtol(local.c_str() + colon + 1, nullptr, 16) == port) sockets.push_back("socket:[" + inode + "]");
    }
  }
  return sockets;
}

std::optional<std::int64_t> thread_involuntary_switches() {
#ifdef RUSAGE_THREAD
  rusage usage{};
  if (getrusage(RUSAGE_THREAD, &usage) == 0) return usage.ru_nivcsw;
#endif
  return std::nullopt;
}

/// The end of the line "some avg10=0.00 avg60=0.00 avg300=0.00 total=12345".
std::optional<std::int64_t> read_pressure_us(const std::filesystem::path& root) {
  auto pressure = open(root, "proc/pressure/cpu");
  std::string line;
  std::getline(pressure, line);
  constexpr std::string_view total = "total=";
  const auto at = line.find(total);
  std::int64_t us = 0;
  if (!line.starts_with("some ") || at == std::string::npos) return std::nullopt;
  return std::istringstream(line.substr(at + total.size())) >> us ? std::optional(us) : std::nullopt;
}

/// "nr_throttled 5" of the cgroup, version 2 or 1.
std::optional<std::int64_t> read_quota_stops(const std::filesystem::path& root) {
  for (const char* file : {"sys/fs/cgroup/cpu.stat", "sys/fs/cgroup/cpu/cpu.stat"}) {
    auto stat = open(root, file);
    std::string name;
    std::int64_t value = 0;
    while (stat >> name >> value) {
      if (name == "nr_throttled") return value;
    }
  }
  return std::nullopt;
}

/// Cores by the cgroup's quota (version 2, then 1), rounded up.
std::optional<int> quota_cores(const std::filesystem::path& root) {
  double quota_us = 0;
  double period_us = 0;
  auto v2 = open(root, "sys/fs/cgroup/cpu.max");
  if (!(v2 >> quota_us >> period_us)) {
    auto quota = open(root, "sys/fs/cgroup/cpu/cpu.cfs_quota_us");
    auto period = open(root, "sys/fs/cgroup/cpu/cpu.cfs_period_us");
    if (!(quota >> quota_us) || !(period >> period_us)) return std::nullopt;
  }
  if (quota_us <= 0 || period_us <= 0) return std::nullopt;
  return static_cast<int>(std::ceil(quota_us / period_us));
}

int affinity_cores(int otherwise) {
#ifdef __linux__
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  return otherwise;
}

std::optional<double> load_average(const std::filesystem::path& root) {
  double load1 = 0;
#ifdef __linux__
  if (open(root, "proc/loadavg") >> load1) return load1;
#else
  (void)root;
  if (::getloadavg(&load1, 1) == 1) return load1;
#endif
  return std::nullopt;
}

}  // namespace

LoadState read_load(const std::filesystem::path& root, std::span<const int> engine) {
  LoadState state;
  state.load1 = load_average(root);
  auto stat = open(root, "proc/stat");
  std::optional<int> running;
  for (std::string line; std::getline(stat, line);) {
    std::istringstream fields(line);
    std::string name;
    fields >> name;
    int value = 0;
    if (name == "cpu")
      state.ticks = read_ticks(std::move(fields));
    else if (name == "procs_running" && fields >> value)
      running = value;
  }
  if (running) state.others_running = *running - own_running(root, engine);
  state.pressure_us = read_pressure_us(root);
  state.quota_stops = read_quota_stops(root);
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(root / "sys/devices/system/cpu", ignored)) {
    std::int64_t throttles = 0;
    if (std::ifstream(entry.path() / "thermal_throttle/core_throttle_count") >> throttles)
      state.throttles = state.throttles.value_or(0) + throttles;
    double khz = 0;
    constexpr double khz_per_mhz = 1000;
    if (std::ifstream(entry.path() / "cpufreq/scaling_cur_freq") >> khz)
      state.fastest_mhz = std::max(state.fastest_mhz.value_or(0), khz / khz_per_mhz);
  }
  return state;
}

Cores count_cores(const std::filesystem::path& root) {
  Cores cores;
  auto stat = open(root, "proc/stat");
  int online = 0;
  for (std::string line; std::getline(stat, line);) {
    if (line.size() > 3 && line.starts_with("cpu") && line[3] >= '0' && line[3] <= '9') ++online;
  }
  cores.online = online > 0 ? online : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  cores.available = std::min(affinity_cores(cores.online), quota_cores(root).value_or(std::numeric_limits<int>::max()));
  return cores;
}

std::int64_t timer_resolution_ns(const Clock& clock) {
  std::int64_t smallest = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = clock.now_ns();
  for (int i = 0; i < timer_readings; ++i) {
    const std::int64_t now = clock.now_ns();
    if (now > last) smallest = std::min(smallest, now - last);
    last = now;
  }
  return smallest == std::numeric_limits<std::int64_t>::max() ? 0 : smallest;
}

std::vector<int> listeners(const std::filesystem::path& root, int port) {
  const std::vector<std::string> sockets = listening_sockets(root, port);
  std::vector<int> found;
  if (sockets.empty()) return found;
  std::error_code ignored;
  for (const auto& process : std::filesystem::directory_iterator(root / "proc", ignored)) {
    const std::string name = process.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::error_code denied;  // another user's
    std::filesystem::directory_iterator file(process.path() / "fd", denied);
    for (; !denied && file != std::filesystem::directory_iterator(); file.increment(denied)) {
      std::error_code gone;
      const std::string target = std::filesystem::read_symlink(file->path(), gone).string();
      if (std::find(sockets.begin(), sockets.end(), target) == sockets.end()) continue;
      found.push_back(static_cast<int>(std::strtol(name.c_str(), nullptr, 10)));
      break;
    }
  }
  return found;
}

LoadSampler::LoadSampler(std::filesystem::path root, const Clock& clock, ExternalEngine engine)
    : root_(std::move(root)),
      clock_(clock),
      engine_(std::move(engine)),
      start_ns_(clock.now_ns()),
      start_(read_load(root_, engine_.processes)),
      start_switches_(thread_involuntary_switches()),
      thread_([this] { sample_until_stopped(); }) {}

LoadSampler::~LoadSampler() {
  if (thread_.joinable()) stop();
}

void LoadSampler::sample_until_stopped() {
  const ScopedSignalBlock signal_block;  // signals are handled by the measuring thread
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    lock.unlock();
    samples_.push_back(read_load(root_, engine_.processes));
    lock.lock();
    wake_.wait_for(lock, std::chrono::milliseconds(load_sample_interval_ms), [this] { return stopped_; });
  }
}

LoadDuringRun LoadSampler::stop() {
  const auto switches = thread_involuntary_switches();
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_one();
  thread_.join();
  const double seconds = static_cast<double>(clock_.now_ns() - start_ns_) / ns_per_s;
  LoadDuringRun during = summarise_load(samples_, start_, read_load(root_), seconds);
  during.external_engine = engine_.is_local;
  if (switches && start_switches_) during.involuntary_switches = *switches - *start_switches_;
  return during;
}

LoadDuringRun summarise_load(const std::vector<LoadState>& samples, const LoadState& start, const LoadState& end,
                             double seconds) {
  LoadDuringRun during;
  during.seconds = seconds;
  double sum = 0;
  for (const LoadState& sample : samples) {
    if (sample.others_running) {
      ++during.samples;
      sum += *sample.others_running;
      during.others_max = std::max(during.others_max, *sample.others_running);
    }
    if (sample.fastest_mhz) {
      during.mhz_min = std::min(during.mhz_min.value_or(*sample.fastest_mhz), *sample.fastest_mhz);
      during.mhz_max = std::max(during.mhz_max.value_or(*sample.fastest_mhz), *sample.fastest_mhz);
    }
  }
  if (during.samples > 0) during.others_mean = std::max(0.0, sum / during.samples);
  if (start.ticks && end.ticks && end.ticks->total > start.ticks->total) {
    during.steal_ticks = end.ticks->steal - start.ticks->steal;
    during.steal_percent =
        100.0 * static_cast<double>(during.steal_ticks) / static_cast<double>(end.ticks->total - start.ticks->total);
  }
  if (start.pressure_us && end.pressure_us && seconds > 0) {
    constexpr double us_per_s = 1e6;
    during.pressure_percent = 100.0 * static_cast<double>(*end.pressure_us - *start.pressure_us) / us_per_s / seconds;
  }
  if (start.throttles && end.throttles) during.throttles = *end.throttles - *start.throttles;
  if (start.quota_stops && end.quota_stops) during.quota_stops = *end.quota_stops - *start.quota_stops;
  return during;
}

}  // namespace perftrend::runner
