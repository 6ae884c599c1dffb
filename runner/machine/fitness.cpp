#include "runner/machine/fitness.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <map>
#include <set>

namespace perftrend::runner {
namespace {

constexpr std::int64_t sample_ns = 1'000'000'000;
constexpr std::size_t programs_listed_max = 3;
/// Fewer samples (a quarter of a second) may miss other threads.
constexpr int samples_min = 10;

/// Collects reasons in the order of the checks; a severe one makes the machine unfit.
class FitnessBuilder {
 public:
  void add(bool severe, std::string reason) {
    fitness_.verdict = std::max(fitness_.verdict, severe ? MachineVerdict::unfit : MachineVerdict::noisy);
    fitness_.reasons.push_back(std::move(reason));
  }
  [[nodiscard]] Fitness take() { return std::move(fitness_); }

 private:
  Fitness fitness_;
};

void judge_load(FitnessBuilder& builder, const char* when, const LoadState& state, double factor_max, int cores) {
  const double load_max = factor_max * cores;
  if (!state.load1 || *state.load1 <= load_max) return;
  builder.add(*state.load1 > severe_load_factor * load_max,
              fmt::format("load average {:.2f} {} is above {:.2f} ({} x {} cores)", *state.load1, when, load_max,
                          factor_max, cores));
}

/// Whether a load average above its limit stems from the minute before the measurement: it does not rise, and the
/// samples show no other threads. Tasks that wait for a disk count in the average but not in the samples; they would
/// keep the average from falling.
bool is_load_of_the_past(const LoadState& before, const LoadDuringRun& during, const LoadState& after, int cores,
                         const Thresholds& thresholds) {
  return before.load1 && after.load1 && *after.load1 <= *before.load1 && during.samples >= samples_min &&
         during.others_mean < thresholds.others_per_core_max * cores &&
         during.pressure_percent.value_or(0) <= thresholds.pressure_percent_max;
}

void judge_programs(FitnessBuilder& builder, const LoadState& before, const LoadState& after) {
  std::vector<std::string> programs = before.test_programs;
  for (const auto& program : after.test_programs) {
    if (std::find(programs.begin(), programs.end(), program) == programs.end()) programs.push_back(program);
  }
  if (programs.empty()) return;
  const std::size_t more = programs.size() - std::min(programs.size(), programs_listed_max);
  programs.resize(programs.size() - more);
  builder.add(false, fmt::format("other tests or builds are running: {}{}", fmt::join(programs, ", "),
                                 more > 0 ? fmt::format(" and {} more", more) : ""));
}

void judge_during(FitnessBuilder& builder, const LoadDuringRun& during, int cores, const Thresholds& thresholds) {
  const double others_max = thresholds.others_per_core_max * cores;
  if (during.others_mean >= others_max) {
    builder.add(during.others_mean >= severe_factor * others_max,
                fmt::format("{:.1f} other threads were running during the measurement (limit {:.1f})",
                            during.others_mean, others_max));
  }
  const double steal = during.steal_percent.value_or(0);
  if (steal > thresholds.steal_percent_max && during.steal_ticks >= steal_ticks_min) {
    builder.add(
        steal > severe_factor * thresholds.steal_percent_max,
        fmt::format("the hypervisor took {:.1f} % of the time (limit {:.1f} %)", steal, thresholds.steal_percent_max));
  }
  const double pressure = during.pressure_percent.value_or(0);
  if (pressure > thresholds.pressure_percent_max) {
    builder.add(pressure > severe_factor * thresholds.pressure_percent_max,
                fmt::format("programs waited for a core {:.0f} % of the time (limit {:.0f} %)", pressure,
                            thresholds.pressure_percent_max));
  }
  const std::int64_t switches = during.involuntary_switches.value_or(0);
  const double rate = during.seconds > 0 ? static_cast<double>(switches) / during.seconds : 0;
  // A thread that waits for an engine on this machine loses its core to that engine's threads when they wake.
  if (!during.external_engine && switches >= involuntary_switches_min &&
      rate > thresholds.involuntary_switches_per_s_max) {
    builder.add(rate > severe_factor * thresholds.involuntary_switches_per_s_max,
                fmt::format("the measuring thread was interrupted {:.0f} times a second (limit {:.0f})", rate,
                            thresholds.involuntary_switches_per_s_max));
  }
  if (during.throttles.value_or(0) > 0)
    builder.add(true, fmt::format("the processor was thermally throttled {} times", *during.throttles));
  if (during.quota_stops.value_or(0) > 0) {
    builder.add(false, fmt::format("the container's CPU quota was exhausted in {} periods", *during.quota_stops));
  }
  if (during.mhz_min && during.mhz_max && *during.mhz_min < frequency_share_min * *during.mhz_max) {
    builder.add(false, fmt::format("the processor's clock varied between {:.0f} and {:.0f} MHz", *during.mhz_min,
                                   *during.mhz_max));
  }
}

/// Settings that changed during the measurement. Unchanged settings are part of the fingerprint, not a disturbance.
void judge_settings(FitnessBuilder& builder, const junit::Properties& before, const junit::Properties& after) {
  for (const auto& [name, value] : before) {
    for (const auto& [same, other] : after) {
      if (name == same && value != other)
        builder.add(true, fmt::format("{} was changed from {} to {} during the measurement", name, value, other));
    }
  }
}

std::string base_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

/// The name by which a command line is a test or a build; "" for anything else.
std::string test_name(const std::vector<std::string>& arguments) {
  static const std::set<std::string, std::less<>> names{"ctest",   "cargo",  "cargo-nextest", "rustc",     "pytest",
                                                        "py.test", "ninja",  "make",          "cc1plus",   "cc1",
                                                        "jest",    "vitest", "bazel",         "stress-ng", "hyperfine"};
  if (arguments.empty()) return "";
  const std::string program = base_name(arguments.front());
  if (names.contains(program)) return program;
  const bool interpreter = program.starts_with("python") || program.starts_with("node");
  if (!interpreter) return "";
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string argument = base_name(arguments[i]);
    if (argument == "--test" || argument == "pytest" || argument == "jest" || argument == "vitest")
      return program + " " + argument;
  }
  return "";
}

std::vector<std::string> arguments_of(const std::filesystem::path& process) {
  std::ifstream in(process / "cmdline", std::ios::binary);
  std::vector<std::string> arguments;
  for (std::string argument; std::getline(in, argument, '\0');)
    arguments.push_back(argument);
  return arguments;
}

/// Field 4 of /proc/PID/stat, which follows the name in brackets and the state.
std::optional<int> parent_of(const std::filesystem::path& process) {
  std::ifstream in(process / "stat");
  std::string line;
  std::getline(in, line);
  const auto name_end = line.rfind(") ");
  int parent = 0;
  constexpr std::size_t state_bytes = 4;  // ") S "
  if (name_end == std::string::npos || name_end + state_bytes > line.size()) return std::nullopt;
  const char* begin = line.data() + name_end + state_bytes;
  return std::from_chars(begin, line.data() + line.size(), parent).ec == std::errc() ? std::optional(parent)
                                                                                     : std::nullopt;
}

using Parents = std::map<int, int>;

bool descends_from(const Parents& parents, int process, int ancestor) {
  // The number of steps is limited: a table that is read while it changes may contain a cycle.
  for (std::size_t steps = 0; steps <= parents.size(); ++steps) {
    if (process == ancestor) return true;
    const auto found = parents.find(process);
    if (found == parents.end()) return false;
    process = found->second;
  }
  return false;
}

}  // namespace

std::string_view to_string(MachineVerdict verdict) {
  switch (verdict) {
    case MachineVerdict::quiet:
      return "quiet";
    case MachineVerdict::noisy:
      return "noisy";
    case MachineVerdict::unfit:
      return "unfit";
  }
  return "unknown";
}

Fitness judge_fitness(const LoadState& before, const std::optional<LoadDuringRun>& during, const LoadState& after,
                      const Cores& cores, const Thresholds& thresholds) {
  FitnessBuilder builder;
  const bool past = during && is_load_of_the_past(before, *during, after, cores.online, thresholds);
  if (!past) judge_load(builder, "before", before, thresholds.load_factor_max, cores.online);
  if (during) judge_during(builder, *during, cores.online, thresholds);
  if (!past) judge_load(builder, "after", after, thresholds.load_factor_max, cores.online);
  judge_settings(builder, before.settings, after.settings);
  judge_programs(builder, before, after);
  return builder.take();
}

Fitness sample_machine(const std::filesystem::path& root, Clock& clock, const Cores& cores,
                       const Thresholds& thresholds) {
  const LoadState before = read_load(root);
  LoadSampler sampler(root, clock);
  clock.sleep_ns(sample_ns);
  const LoadDuringRun during = sampler.stop();
  LoadState after;
  after.load1 = read_load(root).load1;
  return judge_fitness(before, during, after, cores, thresholds);
}

Fitness wait_until_quiet(const std::function<Fitness()>& sample, const Clock& clock, double wait_s,
                         const std::function<void(const Fitness&, double left_s)>& on_wait) {
  const std::int64_t start_ns = clock.now_ns();
  while (true) {
    Fitness fitness = sample();
    const double left_s = wait_s - static_cast<double>(clock.now_ns() - start_ns) / ns_per_s;
    if (fitness.verdict == MachineVerdict::quiet || left_s <= 0) return fitness;
    on_wait(fitness, left_s);
  }
}

std::vector<std::string> test_programs(const std::filesystem::path& root) {
  Parents parents;
  std::vector<std::pair<int, std::string>> found;
  std::error_code failed;
  for (std::filesystem::directory_iterator it(root / "proc", failed), end; !failed && it != end; it.increment(failed)) {
    const std::string name = it->path().filename().string();
    int process = 0;
    const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), process);
    if (error != std::errc() || stop != name.data() + name.size()) continue;
    if (const auto parent = parent_of(it->path())) parents.emplace(process, *parent);
    const std::string test = test_name(arguments_of(it->path()));
    if (!test.empty()) found.emplace_back(process, test);
  }
  // /proc/self is a link to the number of this process.
  const std::string self = std::filesystem::read_symlink(root / "proc/self", failed).string();
  int own = 0;
  std::from_chars(self.data(), self.data() + self.size(), own);
  std::sort(found.begin(), found.end());
  std::vector<std::string> others;
  for (const auto& [process, test] : found) {
    if (!descends_from(parents, own, process) && !descends_from(parents, process, own))
      others.push_back(fmt::format("{} (process {})", test, process));
  }
  return others;
}

std::string not_fit_message(const Fitness& fitness) {
  return fmt::format("not measured: the machine is {}: {}; stop the other programs, or wait with: --wait-quiet 10m",
                     to_string(fitness.verdict), fmt::join(fitness.reasons, "; "));
}

}  // namespace perftrend::runner
