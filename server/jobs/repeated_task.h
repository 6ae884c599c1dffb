#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace perftrend {

/// One call of a task does what is due, and returns the time to wait before the next call. It should return soon after
/// a stop is requested, and must not throw.
using RepeatedTask = std::function<std::chrono::milliseconds(const std::stop_token&)>;

/// Calls `task` at once and then repeatedly, in a new thread, until the returned object is destroyed, which also ends a
/// wait.
std::jthread repeat(RepeatedTask task);

}  // namespace perftrend
