#pragma once

#include <tl/expected.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "server/store/retention.h"

namespace perftrend {

/// Reads [[retention]] tables of TOML: project, branch (patterns), documents_days, samples_days, points_days,
/// thin_days, thin_every_days. Unknown keys are errors. `name` is what an error's line begins with.
tl::expected<std::vector<store::RetentionRule>, std::string> parse_retention(std::string_view toml,
                                                                             const std::string& name);
/// The same of a file; no rules for an empty path.
tl::expected<std::vector<store::RetentionRule>, std::string> read_retention_file(const std::filesystem::path& file);

/// Prunes now and once a day, in a thread of its own, until the returned thread's end, which waits for the transaction
/// it is at. Without rules it does nothing. What goes wrong is logged and tried again the next day. `on_pruned`, called
/// in that thread, is told what each time dropped.
std::jthread prune_daily(db::Database& database, std::vector<store::RetentionRule> rules,
                         std::function<void(const store::Pruned&)> on_pruned);

}  // namespace perftrend
