#include "runner/load.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>
#include <numeric>
#include <sstream>

namespace perftrend::runner {
namespace {

constexpr int timer_readings = 2000;

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

/// Threads of this process in state R. The name before the state may hold anything, so the last ')' counts.
int own_running(const std::filesystem::path& root) {
  int running = 0;
  std::error_code ignored;
  for (const auto& task : std::filesystem::directory_iterator(root / "proc/self/task", ignored)) {
    std::ifstream stat(task.path() / "stat");
    std::string line;
    std::getline(stat, line);
    const auto name_end = line.rfind(") ");
    if (name_end != std::string::npos && line.compare(name_end + 2, 1, "R") == 0) ++running;
  }
  return running;
}

std::optional<std::int64_t> thread_involuntary_switches() {
#ifdef RUSAGE_THREAD
  rusage usage{};
  if (getrusage(RUSAGE_THREAD, &usage) == 0) return usage.ru_nivcsw;
#endif
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
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : otherwise;
}

}  // namespace

LoadState look_at_load(const std::filesystem::path& root) {
  LoadState state;
  double load1 = 0;
  if (open(root, "proc/loadavg") >> load1) state.load1 = load1;
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
  if (running) state.others_running = std::max(0, *running - own_running(root));
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

LoadSampler::LoadSampler(std::filesystem::path root, const Clock& clock)
    : root_(std::move(root)),
      clock_(clock),
      start_ns_(clock.now_ns()),
      start_ticks_(look_at_load(root_).ticks),
      start_switches_(thread_involuntary_switches()),
      thread_([this] { look_until_stopped(); }) {}

LoadSampler::~LoadSampler() {
  if (thread_.joinable()) stop();
}

void LoadSampler::look_until_stopped() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    lock.unlock();
    if (const auto others = look_at_load(root_).others_running) others_.push_back(*others);
    lock.lock();
    wake_.wait_for(lock, std::chrono::milliseconds(load_sample_interval_ms), [this] { return stopped_; });
  }
}

LoadDuring LoadSampler::stop() {
  const auto switches = thread_involuntary_switches();
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_one();
  thread_.join();
  LoadDuring during = sum_up(others_, start_ticks_, look_at_load(root_).ticks);
  if (switches && start_switches_) during.involuntary_switches = *switches - *start_switches_;
  during.seconds = static_cast<double>(clock_.now_ns() - start_ns_) / ns_per_s;
  return during;
}

LoadDuring sum_up(const std::vector<int>& others, std::optional<CpuTicks> start, std::optional<CpuTicks> end) {
  LoadDuring during;
  during.looks = static_cast<int>(others.size());
  if (!others.empty()) {
    during.others_max = *std::max_element(others.begin(), others.end());
    during.others_mean = std::accumulate(others.begin(), others.end(), 0.0) / static_cast<double>(others.size());
  }
  if (start && end && end->total > start->total) {
    during.steal_ticks = end->steal - start->steal;
    during.steal_percent =
        100.0 * static_cast<double>(during.steal_ticks) / static_cast<double>(end->total - start->total);
  }
  return during;
}

std::vector<std::string> suspicions(const LoadState& before, const std::optional<LoadDuring>& during,
                                    const LoadState& after, const Cores& cores, double load_factor_max) {
  std::vector<std::string> reasons;
  const double load_max = load_factor_max * cores.online;
  const auto check_load = [&](const char* when, const LoadState& state) {
    if (state.load1 && *state.load1 > load_max) {
      reasons.push_back(fmt::format("load average {:.2f} {} is above {:.2f} ({} x {} cores)", *state.load1, when,
                                    load_max, load_factor_max, cores.online));
    }
  };
  check_load("before", before);
  if (during) {
    const double others_max = others_per_core_max * cores.online;
    if (during->others_mean >= others_max) {
      reasons.push_back(fmt::format("{:.1f} other threads were running during the measurement (limit {:.1f})",
                                    during->others_mean, others_max));
    }
    if (during->steal_percent.value_or(0) > steal_percent_max && during->steal_ticks >= steal_ticks_min) {
      reasons.push_back(fmt::format("the hypervisor took away {:.1f} % of the time (limit {:.1f} %)",
                                    *during->steal_percent, steal_percent_max));
    }
    const std::int64_t switches = during->involuntary_switches.value_or(0);
    const double rate = during->seconds > 0 ? static_cast<double>(switches) / during->seconds : 0;
    if (switches >= involuntary_switches_min && rate > involuntary_switches_per_s_max) {
      reasons.push_back(fmt::format("the measuring thread was interrupted {:.0f} times a second (limit {:.0f})", rate,
                                    involuntary_switches_per_s_max));
    }
  }
  check_load("after", after);
  return reasons;
}

}  // namespace perftrend::runner
