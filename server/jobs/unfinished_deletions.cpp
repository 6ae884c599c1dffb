#include "server/jobs/unfinished_deletions.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>

#include "server/corrections/projects.h"
#include "server/jobs/repeated_task.h"

namespace perftrend {

std::jthread finish_deletions_daily(db::Database& database) {
  return repeat([&database](const std::stop_token&) {
    try {
      const auto finished = corrections::finish_deletions(database);
      if (finished > 0) spdlog::info("the deletion of {} projects is finished", finished);
    } catch (const std::exception& error) {
      spdlog::error("the deletion of a project is unfinished and will be tried again tomorrow: {}", error.what());
    }
    return std::chrono::hours(24);
  });
}

}  // namespace perftrend
