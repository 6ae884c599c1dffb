#pragma once
// The fingerprint of the machine and the engine. It is equal after a reboot and on an identical machine, and differs
// when something that affects times has changed, because a change starts a new baseline. It therefore contains no load,
// no temperature and no host name.

#include <filesystem>

#include "core/junit/suite_report.h"
#include "runner/engines/engine.h"
#include "runner/machine/load.h"

namespace perftrend::runner {

/// Properties "environment.NAME" of the machine, then "configuration.NAME" and "subject.NAME" of the engine
/// (schema/facts.md), in a fixed order. `root` is "/" except in tests. Unknown values are omitted.
junit::Properties fingerprint(const std::filesystem::path& root, const Cores& cores, const EngineInfo& engine);

/// Whether two threads share a core, and whether the clock may exceed its nominal rate: "on", "off", "" if unknown.
std::string smt_state(const std::filesystem::path& root);
std::string turbo_state(const std::filesystem::path& root);

/// Settings of the machine: governor, smt, turbo, huge_pages, in this order; unknown ones are omitted.
junit::Properties settings(const std::filesystem::path& root);

/// Transparent huge pages: "always", "madvise", "never", "" if unknown.
std::string huge_pages_state(const std::filesystem::path& root);

/// State of the machine before, during and after the run, as properties "machine.NAME".
junit::Properties machine_state(const LoadState& before, const std::optional<LoadDuringRun>& during,
                                const LoadState& after, std::int64_t timer_resolution_ns);

}  // namespace perftrend::runner
