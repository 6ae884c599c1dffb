#include "server/jobs/run_completion.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <utility>

#include "server/jobs/repeated_task.h"

namespace perftrend {

std::jthread complete_runs(std::function<int()> complete) {
  return repeat([complete = std::move(complete)](const std::stop_token&) {
    try {
      const int completed = complete();
      if (completed > 0) spdlog::info("{} runs were completed without all of their parts", completed);
    } catch (const std::exception& error) {
      spdlog::error("completing runs failed and will be tried again in a minute: {}", error.what());
    }
    return std::chrono::minutes(1);
  });
}

}  // namespace perftrend
