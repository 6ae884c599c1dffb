#pragma once
// Is the machine fit to measure on? The verdict over what load.h saw, with its reasons, and waiting for a better one.
// What a machine does not say is no reason.

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

/// So many times a limit, and times are not only disturbed but mean nothing: unfit.
inline constexpr double severe_factor = 4;
/// The same for the load average, which sums all cores up.
inline constexpr double grave_load_factor = 2;
/// The fastest core may fall to this share of the fastest seen before its frequency counts as unsteady.
inline constexpr double frequency_share_min = 0.8;

enum class Verdict { quiet, noisy, unfit };
std::string_view to_string(Verdict verdict);

struct Fitness {
  Verdict verdict = Verdict::quiet;
  std::vector<std::string> reasons;  ///< one sentence each without a full stop; none: quiet
};

/// Pure. `during` is missing when no time was measured: then the looks before and after count alone. Where it saw
/// nobody and the load average does not rise, that average is of the minute before and no reason.
Fitness judge_fitness(const LoadState& before, const std::optional<LoadDuring>& during, const LoadState& after,
                      const Cores& cores, const Thresholds& thresholds);

/// Looks at the machine for a second and judges it.
Fitness sample_machine(const std::filesystem::path& root, Clock& clock, const Cores& cores,
                       const Thresholds& thresholds);

/// Calls `look` until it finds the machine quiet, or `wait_s` are over; `tell` hears of each look that does not, with
/// the seconds left. The last look's answer. `look` takes its time (sample_machine): it is not called in a busy loop.
Fitness wait_until_quiet(const std::function<Fitness()>& look, const Clock& clock, double wait_s,
                         const std::function<void(const Fitness&, double left_s)>& tell);

/// Test programs, builds and the like that run beside this process: "ctest (process 123)". What this process descends
/// from or has started is not beside it.
std::vector<std::string> test_programs(const std::filesystem::path& root);

/// Why timing is skipped under --require-quiet.
std::string not_fit_message(const Fitness& fitness);

}  // namespace perftrend::runner
