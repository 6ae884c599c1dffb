#pragma once
// `serve --retention`: prunes the database once a day.

#include <functional>
#include <thread>
#include <vector>

#include "server/store/retention.h"

namespace perftrend {

/// Prunes now and then once a day, in its own thread. The thread ends when the returned object is destroyed, after the
/// current transaction. Without rules it starts no thread. A failure is logged, and pruning is tried again the next
/// day. `on_pruned` is called in the thread with what was deleted each time. `database` outlives the thread.
std::jthread prune_daily(db::Database& database, std::vector<store::RetentionRule> rules,
                         std::function<void(const store::Pruned&)> on_pruned);

}  // namespace perftrend
