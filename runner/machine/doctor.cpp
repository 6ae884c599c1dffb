#include "runner/machine/doctor.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "runner/machine/environment.h"

namespace perftrend::runner {
namespace {

using State = Advice::State;
namespace fs = std::filesystem;

/// A timer coarser than this is not a cycle counter read from user space.
constexpr std::int64_t timer_resolution_ns_max = 200;
/// Isolating a core for the measurement requires a second one for the system.
constexpr int cores_to_isolate_min = 2;

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

Advice good(const char* topic, std::string found) {
  return {topic, State::good, std::move(found), "", ""};
}

Advice not_available(const char* topic) {
  return {topic, State::unknown, "not available", "", ""};
}

Advice governor(const fs::path& root) {
  std::string found = first_line(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  if (found.empty()) return not_available("governor");
  if (found == "performance") return good("governor", found);
  return {"governor", State::change, found, "the clock follows the load, so the first measurements are slower",
          "echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"};
}

Advice turbo(const fs::path& root) {
  const std::string state = turbo_state(root);
  if (state.empty()) return not_available("turbo");
  if (state == "off") return good("turbo", state);
  std::error_code ignored;
  const bool intel = fs::exists(root / "sys/devices/system/cpu/intel_pstate/no_turbo", ignored);
  return {"turbo", State::change, state, "the highest clock depends on temperature and on the other cores",
          intel ? "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo"
                : "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost"};
}

Advice smt(const fs::path& root) {
  const std::string state = smt_state(root);
  if (state.empty()) return not_available("SMT");
  if (state == "off") return good("SMT", state);
  return {"SMT", State::change, state,
          "a second thread on the same core takes up to half of it, which no load value shows",
          "echo off | sudo tee /sys/devices/system/cpu/smt/control"};
}

/// All cores but the first are for measuring: "1", "1-7".
std::string measuring_cores(int online) {
  return online == 2 ? "1" : fmt::format("1-{}", online - 1);
}

Advice isolated_cores(const fs::path& root, const Cores& cores) {
  std::error_code ignored;
  const fs::path file = root / "sys/devices/system/cpu/isolated";
  if (!fs::exists(file, ignored)) return not_available("isolated cores");
  const std::string found = first_line(file);
  if (!found.empty()) return good("isolated cores", fmt::format("{} (use them with: --cpus {})", found, found));
  if (cores.online < cores_to_isolate_min) {
    return {"isolated cores", State::change, "none, on a single core", "everything else runs on the measuring core",
            "nproc   # a machine with at least two cores is required"};
  }
  const std::string measuring = measuring_cores(cores.online);
  return {"isolated cores", State::change, "none", "the scheduler may run other programs on the measuring core",
          fmt::format("sudo sed -i 's/^GRUB_CMDLINE_LINUX=\"/&isolcpus={0} nohz_full={0} rcu_nocbs={0} /' "
                      "/etc/default/grub && sudo update-grub && sudo reboot   # then: --cpus {0}",
                      measuring)};
}

Advice timer(const fs::path& root, std::int64_t resolution_ns) {
  const fs::path directory = root / "sys/devices/system/clocksource/clocksource0";
  const std::string source = first_line(directory / "current_clocksource");
  std::string found = fmt::format("{} ns{}", resolution_ns, source.empty() ? "" : fmt::format(" ({})", source));
  if (resolution_ns <= timer_resolution_ns_max) return good("timer", std::move(found));
  const std::string known = fmt::format(" {} ", first_line(directory / "available_clocksource"));
  const bool tsc = source != "tsc" && known.find(" tsc ") != std::string::npos;
  return {"timer", State::change, std::move(found), "times below a few hundred ticks are too coarse",
          tsc ? "echo tsc | sudo tee /sys/devices/system/clocksource/clocksource0/current_clocksource"
              : "cat /sys/devices/system/clocksource/clocksource0/available_clocksource   # is there a finer one?"};
}

Advice huge_pages(const fs::path& root) {
  const std::string state = huge_pages_state(root);
  if (state.empty()) return not_available("huge pages");
  if (state != "always") return good("huge pages", state);
  return {"huge pages", State::change, state,
          "the kernel merges pages during the measurement, which often causes two levels of times",
          "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled   # or for one run: --huge-pages off"};
}

Advice pressure(const LoadDuringRun& during, const Thresholds& thresholds) {
  if (!during.pressure_percent) {
    return {"pressure", State::change, "the kernel does not record it", "waiting for a core is then not detected",
            "sudo sed -i 's/^GRUB_CMDLINE_LINUX=\"/&psi=1 /' /etc/default/grub && sudo update-grub && sudo reboot"};
  }
  std::string found = fmt::format("{:.0f} % of the time some program waited for a core", *during.pressure_percent);
  if (*during.pressure_percent <= thresholds.pressure_percent_max) return good("pressure", std::move(found));
  return {"pressure", State::change, std::move(found), "the measured program waits too",
          "ps -eo pid,pcpu,args --sort=-pcpu | head   # which programs"};
}

Advice steal(const LoadDuringRun& during, const Thresholds& thresholds) {
  if (!during.steal_percent) return not_available("steal");
  std::string found = fmt::format("{:.1f} % of the time was taken by the hypervisor", *during.steal_percent);
  if (*during.steal_percent <= thresholds.steal_percent_max) return good("steal", std::move(found));
  return {"steal", State::change, std::move(found),
          "another virtual machine uses this processor; it cannot be changed from here",
          "vmstat 1 10   # column st; ask the provider for dedicated cores"};
}

Advice quota(const fs::path& root, const Cores& cores) {
  const std::string limit = first_line(root / "sys/fs/cgroup/cpu.max");
  if (limit.empty() || limit.starts_with("max")) return good("quota", limit.empty() ? "none known" : "none");
  return {"quota", State::change, fmt::format("{} (of {} cores)", limit, cores.online),
          "a program that has exhausted it is stopped until the next period",
          "grep throttled /sys/fs/cgroup/cpu.stat   # docker: use --cpuset-cpus instead of --cpus"};
}

Advice swap(const fs::path& root) {
  std::ifstream in(root / "proc/swaps");
  std::string line;
  if (!std::getline(in, line)) return not_available("swap");
  std::int64_t used_kib = 0;
  int areas = 0;
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::string file, type;
    std::int64_t size = 0, used = 0;
    if (fields >> file >> type >> size >> used) {
      ++areas;
      used_kib += used;
    }
  }
  if (used_kib == 0) return good("swap", areas == 0 ? "none" : "unused");
  return {"swap", State::change, fmt::format("{} MiB in use", used_kib / 1024),
          "a page that was swapped out costs milliseconds when it is touched", "sudo swapoff -a"};
}

Advice load(const MachineObservation& observation, const Thresholds& thresholds) {
  const double limit = thresholds.others_per_core_max * observation.cores.online;
  std::string found = fmt::format("{:.1f} other threads running", observation.during.others_mean);
  if (observation.before.load1) found += fmt::format(", load average {:.2f}", *observation.before.load1);
  if (observation.during.samples == 0 && !observation.before.load1) return not_available("load");
  const bool high_average =
      observation.before.load1.value_or(0) > thresholds.load_factor_max * observation.cores.online;
  if (observation.during.others_mean < limit && !high_average) return good("load", std::move(found));
  return {"load", State::change, std::move(found), "they compete for cores, caches and memory bandwidth",
          "ps -eo pid,pcpu,args --sort=-pcpu | head   # or wait for quiet: run SCENARIO --wait-quiet 10m"};
}

Advice other_tests(const LoadState& state) {
  if (state.test_programs.empty()) return good("other tests", "none");
  constexpr std::size_t listed_max = 3;
  const std::size_t listed = std::min(listed_max, state.test_programs.size());
  const std::size_t more = state.test_programs.size() - listed;
  return {"other tests", State::change,
          fmt::format("{}{}",
                      fmt::join(state.test_programs.begin(),
                                state.test_programs.begin() + static_cast<std::ptrdiff_t>(listed), ", "),
                      more > 0 ? fmt::format(" and {} more", more) : ""),
          "tests and builds run in bursts that a load average shows too late",
          "perftrend-runner run SCENARIO --wait-quiet 10m --require-quiet"};
}

Advice harness(double overhead_us) {
  std::string found = fmt::format("{:.2f} us per sample", overhead_us);
  if (overhead_us < harness_overhead_us_max) return good("harness", std::move(found));
  return {"harness", State::change, std::move(found),
          fmt::format("more than {} us: this is a debug build, or the machine is busy", harness_overhead_us_max),
          "./dev build   # a release build"};
}

const char* name_of(State state) {
  switch (state) {
    case State::good:
      return "good";
    case State::change:
      return "change";
    case State::unknown:
      return "unknown";
  }
  return "";
}

}  // namespace

std::vector<Advice> examine_machine(const fs::path& root, const MachineObservation& observation,
                                    const Thresholds& thresholds) {
  return {governor(root),
          turbo(root),
          smt(root),
          isolated_cores(root, observation.cores),
          timer(root, observation.timer_resolution_ns),
          huge_pages(root),
          pressure(observation.during, thresholds),
          steal(observation.during, thresholds),
          quota(root, observation.cores),
          swap(root),
          load(observation, thresholds),
          other_tests(observation.before),
          harness(observation.harness_overhead_us)};
}

std::vector<Advice> examine_scenario(const Scenario& scenario, std::chrono::year_month_day today) {
  std::vector<Advice> advice;
  if (scenario.precision_percent) {
    advice.push_back(good("repeats", fmt::format("until the medians are known to {} %", *scenario.precision_percent)));
  } else {
    advice.push_back({"repeats", State::change, fmt::format("{}, regardless of the result", scenario.repeats),
                      "the precision of the medians is unknown", "precision_percent = 5   # in the scenario file"});
  }
  if (scenario.warmup > 0)
    advice.push_back(good("warm-up", fmt::format("{} rounds", scenario.warmup)));
  else
    advice.push_back({"warm-up", State::change, "none", "the first samples pay for caches, pages and lazy loading",
                      "warmup = 2   # in the scenario file"});
  const auto& expiry = scenario.quarantine.expiry;
  if (scenario.quarantine.reason.empty())
    advice.push_back({"quarantine", State::change, "no reason and no owner", "a warning does not say whom to ask",
                      "[quarantine] reason = \"…\" owner = \"…\"   # in the scenario file"});
  else if (expiry && today > *expiry)
    advice.push_back({"quarantine", State::change, "expired", "every measured run warns of it",
                      "expiry = …   # in the scenario file: set a new date, or end the quarantine"});
  else
    advice.push_back(good("quarantine", fmt::format("owner {}", scenario.quarantine.owner)));
  return advice;
}

std::string to_text(const std::vector<Advice>& advice) {
  std::string text;
  for (const Advice& each : advice) {
    text += fmt::format("{:<8}{:<16}{}\n", name_of(each.state), each.topic, each.found);
    if (!each.why.empty()) text += fmt::format("{:24}{}\n{:24}$ {}\n", "", each.why, "", each.command);
  }
  return text;
}

nlohmann::ordered_json to_list(const std::vector<Advice>& advice) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Advice& each : advice) {
    list.push_back({{"topic", each.topic},
                    {"state", name_of(each.state)},
                    {"found", each.found},
                    {"why", each.why},
                    {"command", each.command}});
  }
  return list;
}

std::vector<std::string> unavailable_here() {
#ifdef __linux__
  return {};
#else
  return {"the load during a measurement (running threads, steal, pressure): only the load average marks a run suspect",
          "governor, turbo, SMT, isolated cores, huge pages, frequency and throttling",
          "CPU model, microcode and memory in the fingerprint of the environment", "--cpus, --huge-pages",
          "ending child processes when this process is killed (a normal end and Ctrl-C end them)"};
#endif
}

}  // namespace perftrend::runner
