#pragma once
// Rhythm of a lane (testbed and branch): how often its runs come, and whether a run is missing. Pure functions of the
// times of its runs; any thread. docs/branches.md states the rules for people.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "server/store/run_times.h"

namespace perftrend::triage {

using store::RunTime;

/// Fewer runs, and runs over a shorter time, show no rhythm.
inline constexpr std::size_t rhythm_runs_min = 5;
inline constexpr std::int64_t rhythm_span_min_us = 2 * 86'400'000'000;
/// More frequent runs are shards, repetitions or pushes.
inline constexpr std::int64_t rhythm_period_min_us = store::same_session_us;

struct Rhythm {
  std::int64_t period_us = 0;       ///< usual time from one run to the next
  std::int64_t next_us = 0;         ///< when the next run is expected to have arrived
  bool overdue = false;             ///< it has not
  bool declared = false;            ///< by a policy; else learned
  std::int64_t periods_silent = 0;  ///< expected runs that did not come
};

/// The rhythm learned from `times`, the newest runs of a lane in any order; nullopt where it does not exist: too few
/// runs, pushes at irregular times, or backfills only. Runs that follow each other closely count as one (parts, shards,
/// repetitions). The rules, in this order:
/// - Untrusted times are left out, unless half of the newest runs are untrusted: then their times of arrival count.
/// - Backfilled runs are left out. Imported runs (arrival a day or more after the start) count unless there are enough
///   others.
/// - Runs on fixed weekdays: a weekday on which most weeks have a run is expected; other weekdays are not.
/// - Else runs at multiples of one period, without a long pause on most days.
/// - Else runs at one or more fixed times of day, each on fixed weekdays, and a few at other times.
/// - A pause as long as one that occurred twice before is not overdue.
/// O(n log n); O(n²) where only fixed times of day may explain them.
std::optional<Rhythm> learn_rhythm(std::span<const RunTime> times, std::int64_t now_us);

/// The rhythm of a lane whose policy declares one run in `period_us`.
Rhythm declared_rhythm(std::span<const RunTime> times, std::int64_t period_us, std::int64_t now_us);

}  // namespace perftrend::triage
