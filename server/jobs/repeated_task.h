#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace perftrend {

/// One call of a task: does what is due, and returns how long to wait until the next call. It should return soon after
/// the stop was requested. It must not throw.
using RepeatedTask = std::function<std::chrono::milliseconds(const std::stop_token&)>;

/// Calls `task` at once and then again and again, in a thread of its own, until the thread object's end; a wait ends
/// with it.
std::jthread repeat(RepeatedTask task);

}  // namespace perftrend
