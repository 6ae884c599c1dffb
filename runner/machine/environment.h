#pragma once
// The fingerprint: what this machine and engine really are. Equal after a reboot and on a twin; changed when something
// that decides times has changed, because a change starts a new baseline. So no load, no temperature, no host name.

#include <filesystem>

#include "core/junit/suite_report.h"
#include "runner/engines/engine.h"
#include "runner/machine/load.h"

namespace perftrend::runner {

/// Properties "environment.NAME", in a fixed order. `root` is "/" but in tests. What cannot be told is left out.
junit::Properties fingerprint(const std::filesystem::path& root, const Cores& cores, const EngineInfo& engine);

/// Whether two threads share a core, and whether the clock may exceed its nominal rate: "on", "off", "" untold.
std::string smt_state(const std::filesystem::path& root);
std::string turbo_state(const std::filesystem::path& root);

/// What a person may set: governor, smt, turbo, huge_pages, in this order; those that are told.
junit::Properties settings(const std::filesystem::path& root);

/// Transparent huge pages: "always", "madvise", "never", "" untold.
std::string huge_pages_state(const std::filesystem::path& root);

/// State of the machine around this run, as properties "machine.NAME".
junit::Properties machine_state(const LoadState& before, const std::optional<LoadDuring>& during,
                                const LoadState& after, std::int64_t timer_resolution_ns);

}  // namespace perftrend::runner
