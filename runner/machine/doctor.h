#pragma once
// Advice on making the times of this machine more reliable. Each piece of advice says what was found, why it matters,
// and which command changes it. Only reads files below `root`; changes nothing.

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runner/machine/load.h"
#include "runner/scenario/scenario.h"

namespace perftrend::runner {

/// Above this overhead per sample the harness disturbs what it measures: a fiftieth of a millisecond, far below any
/// prefill. bench/runner_overhead checks it.
inline constexpr double harness_overhead_us_max = 20;

struct Advice {
  enum class State {
    good,
    change,   ///< should be changed
    unknown,  ///< not available on this machine
  };
  std::string topic;  ///< "governor"
  State state = State::good;
  std::string found;    ///< the current state
  std::string why;      ///< the effect on times; "" when good
  std::string command;  ///< a shell command for the user; "" when good
};

/// State of the machine that was measured beforehand.
struct MachineObservation {
  Cores cores;
  std::int64_t timer_resolution_ns = 0;
  double harness_overhead_us = 0;
  LoadState before;      ///< with test_programs
  LoadDuringRun during;  ///< of about a second during which this process slept
};

/// In a fixed order: governor, turbo, SMT, isolated cores, timer, huge pages, pressure, steal, quota, swap, load, other
/// tests, harness. `root` is "/" except in tests.
std::vector<Advice> examine_machine(const std::filesystem::path& root, const MachineObservation& observation,
                                    const Thresholds& thresholds);

/// Advice on the scenario.
std::vector<Advice> examine_scenario(const Scenario& scenario, std::chrono::year_month_day today);

/// One line each: "change  governor        powersave", followed by the reason and the command.
std::string to_text(const std::vector<Advice>& advice);
nlohmann::ordered_json to_list(const std::vector<Advice>& advice);

/// Features that are not available on this system; empty on Linux.
std::vector<std::string> unavailable_here();

}  // namespace perftrend::runner
