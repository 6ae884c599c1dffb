#include "server/jobs/daily_pruning.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <utility>

#include "server/clock.h"
#include "server/jobs/repeated_task.h"

namespace perftrend {

std::jthread prune_daily(db::Database& database, std::vector<store::RetentionRule> rules,
                         std::function<void(const store::Pruned&)> on_pruned) {
  if (rules.empty()) return {};
  return repeat([&database, rules = std::move(rules), on_pruned = std::move(on_pruned)](const std::stop_token& stop) {
    try {
      on_pruned(store::prune(database, rules, now_us(), false, [&] { return stop.stop_requested(); }));
    } catch (const std::exception& error) {
      spdlog::error("pruning failed and will be tried again tomorrow: {}", error.what());
    }
    return std::chrono::hours(24);
  });
}

}  // namespace perftrend
