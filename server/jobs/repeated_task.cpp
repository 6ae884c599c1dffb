#include "server/jobs/repeated_task.h"

#include <condition_variable>
#include <mutex>

namespace perftrend {

std::jthread repeat(RepeatedTask task) {
  return std::jthread([task = std::move(task)](const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any changed;
    while (!stop.stop_requested()) {
      const auto wait = task(stop);
      std::unique_lock lock(mutex);
      changed.wait_for(lock, stop, wait, [] { return false; });
    }
  });
}

}  // namespace perftrend
