#pragma once
// Regression records of branches that are not long-lived any more, and of lanes that have ended.

#include <cstdint>
#include <functional>
#include <thread>

namespace perftrend {

/// Closes and restores them at the start and once an hour, in its own thread. The thread ends when the returned object
/// is destroyed, after the current call. `follow` does the work and returns how many records changed. Its failure is
/// logged, and the next hour tries again.
std::jthread follow_branches_hourly(std::function<std::int64_t()> follow);

}  // namespace perftrend
