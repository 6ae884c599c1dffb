#pragma once
// What would make times on this machine more believable: each finding with what was found, why it matters and the
// command that changes it. Pure but for reading below `root`; nothing is changed.

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runner/machine/load.h"
#include "runner/scenario/scenario.h"

namespace perftrend::runner {

struct Advice {
  enum class State {
    good,
    change,  ///< it could be better
    untold,  ///< the machine does not say
  };
  std::string topic;  ///< "governor"
  State state = State::good;
  std::string found;    ///< what is there
  std::string why;      ///< what it does to times; "" when good
  std::string command;  ///< to be run by a person, in a shell; "" when good
};

/// What was measured beforehand, for it takes time.
struct DoctorLook {
  Cores cores;
  std::int64_t timer_resolution_ns = 0;
  double harness_overhead_us = 0;
  LoadState before;   ///< with test_programs
  LoadDuring during;  ///< of about a second in which this process slept
};

/// In a fixed order: governor, turbo, SMT, isolated cores, timer, huge pages, pressure, steal, quota, swap, load, other
/// tests, harness. `root` is "/" but in tests.
std::vector<Advice> examine_machine(const std::filesystem::path& root, const DoctorLook& look,
                                    const Thresholds& thresholds);

/// What in the scenario keeps its times from being believed.
std::vector<Advice> examine_scenario(const Scenario& scenario, std::chrono::year_month_day today);

/// A line for each: "change  governor        powersave", and below it why and the command.
std::string to_text(const std::vector<Advice>& advice);
nlohmann::ordered_json to_list(const std::vector<Advice>& advice);

/// What this system cannot tell or do; empty on Linux.
std::vector<std::string> unavailable_here();

}  // namespace perftrend::runner
