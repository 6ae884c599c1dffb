#pragma once
// Verdict whether the machine is quiet enough to measure on, with reasons, from the values of load.h; and waiting until
// it is. Missing values are not a reason.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/machine/load.h"
#include "runner/scenario/scenario.h"
#include "runner/system/clock.h"

namespace perftrend::runner {

/// At this multiple of a limit, times are not only disturbed but meaningless: unfit.
inline constexpr double severe_factor = 4;
/// The same for the load average, which is a sum over all cores.
inline constexpr double severe_load_factor = 2;
/// The frequency counts as unsteady when the fastest core falls below this share of its maximum.
inline constexpr double frequency_share_min = 0.8;

enum class MachineVerdict { quiet, noisy, unfit };
std::string_view to_string(MachineVerdict verdict);

struct Fitness {
  MachineVerdict verdict = MachineVerdict::quiet;
  std::vector<std::string> reasons;  ///< one sentence each, without a full stop; empty: quiet
};

/// Pure. `during` is missing when nothing was measured; then only the states before and after count. When the samples
/// show no other threads and the load average does not rise, the average stems from the minute before and is ignored.
Fitness judge_fitness(const LoadState& before, const std::optional<LoadDuringRun>& during, const LoadState& after,
                      const Cores& cores, const Thresholds& thresholds);

/// Samples the machine for a second and judges it.
Fitness sample_machine(const std::filesystem::path& root, Clock& clock, const Cores& cores,
                       const Thresholds& thresholds);

/// Calls `sample` until the machine is quiet or `wait_s` have passed, and returns its last result. `on_wait` is called
/// after each sample that is not quiet, with the seconds left. `sample` itself takes time (sample_machine), so this is
/// not a busy loop.
Fitness wait_until_quiet(const std::function<Fitness()>& sample, const Clock& clock, double wait_s,
                         const std::function<void(const Fitness&, double left_s)>& on_wait);

/// Other tests and builds that are running: "ctest (process 123)". Ancestors and descendants of this process do not
/// count.
std::vector<std::string> test_programs(const std::filesystem::path& root);

/// Why timing is skipped under --require-quiet.
std::string not_fit_message(const Fitness& fitness);

}  // namespace perftrend::runner
