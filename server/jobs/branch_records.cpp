#include "server/jobs/branch_records.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <utility>

#include "server/jobs/repeated_task.h"

namespace perftrend {

std::jthread follow_branches_hourly(std::function<std::int64_t()> follow) {
  return repeat([follow = std::move(follow)](const std::stop_token&) {
    try {
      const auto changed = follow();
      if (changed > 0) spdlog::info("{} regression records followed their branches", changed);
    } catch (const std::exception& error) {
      spdlog::error("regression records do not follow their branches; this is tried again in an hour: {}",
                    error.what());
    }
    return std::chrono::hours(1);
  });
}

}  // namespace perftrend
