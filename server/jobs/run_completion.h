#pragma once
// Completion of runs whose missing parts have not come within the quiet period.

#include <functional>
#include <thread>

namespace perftrend {

/// Looks for such runs once a minute, in its own thread. The thread ends when the returned object is destroyed, after
/// the current call. `complete` completes them and returns how many. Its failure is logged, and the next minute tries
/// again.
std::jthread complete_runs(std::function<int()> complete);

}  // namespace perftrend
