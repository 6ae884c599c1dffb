#include "runner/commands/guard_command.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "core/files/read_file.h"
#include "runner/delivery/delivery.h"
#include "runner/measure/guard.h"
#include "runner/show/progress.h"
#include "runner/system/clock.h"
#include "runner/system/host_name.h"

namespace perftrend::runner {
namespace {

/// The quarantine of the scenario, overridden by the command line. The error is one line.
tl::expected<TimingQuarantine, std::string> quarantine_of(const GuardOptions& options) {
  TimingQuarantine quarantine;
  if (!options.scenario_file.empty()) {
    const auto scenario = load_scenario(options.scenario_file, engine_names());
    if (!scenario) return tl::unexpected(to_string(scenario.error()));
    quarantine = scenario->quarantine;
  }
  const TimingQuarantine& stated = options.quarantine;
  if (!stated.reason.empty()) quarantine.reason = stated.reason;
  if (!stated.owner.empty()) quarantine.owner = stated.owner;
  if (stated.expiry) quarantine.expiry = stated.expiry;
  if (!stated.cases.empty()) quarantine.cases = stated.cases;
  if (quarantine.reason.empty() || quarantine.owner.empty())
    return tl::unexpected(
        std::string("guard: a quarantine needs a reason and an owner: --reason and --owner, or "
                    "[quarantine] in --scenario"));
  return quarantine;
}

/// Fail-safe: an unreachable server only causes a message.
void upload_junit(const GuardOptions& options, const Variables& variables, ProgressReporter& progress) {
  const auto xml = files::read_file(options.junit);
  if (!xml || xml->empty()) return;  // the verdict says so already
  RunCoordinates at = complete_coordinates({}, variables, ask_git, host_name());
  at.started_at = times::to_rfc3339(std::chrono::floor<std::chrono::seconds>(utc_now()));
  upload_and_report({*options.server, options.project, options.token, at}, *xml, options.junit, options.spool,
                    progress);
}

}  // namespace

ExitCode guard(const GuardOptions& options, const Variables& variables) {
  ProgressReporter progress(ProgressReporter::style_of(false, variables), stderr);
  const auto quarantine = quarantine_of(options);
  if (!quarantine) {
    progress.warn("perftrend-runner: " + quarantine.error());
    return ExitCode::usage;
  }
  const GuardedCommand command{options.argv, options.junit, *quarantine};
  if (const auto why = guard_skips(command, variables)) {
    progress.say(*why);
    return ExitCode::ok;
  }
  SteadyClock clock;
  const GuardedRun run = run_guarded(command, clock);
  const GuardVerdict verdict = judge_guarded(command, run, today());
  for (const auto& failure : verdict.failures)
    progress.warn("FAILED: " + failure);
  for (const auto& warning : verdict.warnings)
    progress.warn(junit::warning_mark + warning);
  if (options.server && !options.junit.empty()) upload_junit(options, variables, progress);
  return verdict.code;
}

}  // namespace perftrend::runner
