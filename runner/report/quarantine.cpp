#include "runner/report/quarantine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/junit/vocabulary.h"
#include "core/text/glob.h"
#include "runner/report/case_names.h"
#include "runner/report/time_text.h"

namespace perftrend::runner {
namespace {

constexpr std::string_view no_failure = "This is not a failure and does not change the exit code.";
constexpr std::string_view what_to_do =
    "What to do: run it again on an idle machine (nothing else running, one thread); if it persists, check the trend "
    "of "
    "this series and what changed.";

/// "2027-03-31"
std::string format_day(const std::chrono::year_month_day& day) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

}  // namespace

bool timing_requested(const Variables& variables) {
  return value_of(variables, timing_variable) == "1";
}

std::string skip_message(const Scenario& scenario, std::string_view command) {
  const std::string& reason = scenario.quarantine.reason;
  return fmt::format("timing is not measured by default{}{}; measure it on an idle machine with: RUN_PERF_TESTS=1 {}",
                     reason.empty() ? "" : ": ", reason, command);
}

std::optional<std::string> unusual_time(const Scenario& scenario, std::string_view engine_name,
                                        std::string_view subject, std::string_view metric, double median_ms,
                                        std::size_t repeats) {
  const std::string time = fmt::format("{} {} time {}", subject, display_name(metric), format_ms(median_ms));
  const Limits& limits = scenario.limits_for(engine_name);
  const auto range = limits.find(metric);
  if (range != limits.end() && (median_ms < range->second.min || median_ms > range->second.max)) {
    return fmt::format("{} is outside {}-{} ms (median of {}). {} {}", time, range->second.min, range->second.max,
                       repeats, no_failure, what_to_do);
  }
  const Baselines& baselines = scenario.baselines_for(engine_name);
  const auto baseline = baselines.expected.find(metric);
  if (baseline == baselines.expected.end()) return std::nullopt;
  const double off_percent = (median_ms / baseline->second - 1) * 100;
  if (std::abs(off_percent) <= baselines.tolerance_percent) return std::nullopt;
  return fmt::format("{} is {:+.0f} % off its baseline of {} ms, more than {} % (median of {}). {} {}", time,
                     off_percent, baseline->second, baselines.tolerance_percent, repeats, no_failure, what_to_do);
}

bool is_timing_case(const TimingQuarantine& quarantine, std::string_view case_name) {
  return std::any_of(quarantine.cases.begin(), quarantine.cases.end(),
                     [&](const std::string& pattern) { return text::matches_glob(pattern, case_name); });
}

junit::Properties quarantine_properties(const TimingQuarantine& quarantine, std::string_view case_name) {
  const bool named = quarantine.cases.empty() || is_timing_case(quarantine, case_name);
  if (quarantine.reason.empty() || (case_name != performance_case_name && !named)) return {};
  junit::Properties stated;
  stated.emplace_back(junit::property_name::quarantine, quarantine.reason);
  stated.emplace_back(junit::property_name::quarantine_owner, quarantine.owner);
  if (quarantine.expiry) stated.emplace_back(junit::property_name::quarantine_expiry, format_day(*quarantine.expiry));
  return stated;
}

std::string timing_case_failed(const TimingQuarantine& quarantine, std::string_view case_name,
                               std::string_view message) {
  return fmt::format("{} failed: {}. It is quarantined ({}; owner: {}). {} {}", case_name,
                     message.empty() ? "no message" : message, quarantine.reason, quarantine.owner, no_failure,
                     what_to_do);
}

std::optional<std::string> not_quiet_warning(const std::vector<std::string>& reasons) {
  if (reasons.empty()) return std::nullopt;
  return fmt::format(
      "the machine was not quiet: {}. These times are stored and shown, but marked suspect and not judged. {} What to "
      "do: "
      "stop other programs (builds, browsers, tests), wait until the load has dropped, and run it again.",
      fmt::join(reasons, "; "), no_failure);
}

std::optional<std::string> expiry_warning(const TimingQuarantine& quarantine, std::chrono::year_month_day today) {
  if (!quarantine.expiry || today <= *quarantine.expiry) return std::nullopt;
  return fmt::format(
      "the quarantine of this timing expired on {} (owner: {}). {} What to do: set a new date in the scenario "
      "file, or end the quarantine.",
      format_day(*quarantine.expiry), quarantine.owner, no_failure);
}

}  // namespace perftrend::runner
