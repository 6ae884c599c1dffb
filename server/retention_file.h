#pragma once

#include <tl/expected.hpp>

#include <condition_variable>
#include <filesystem>
#include <mutex>
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

/// Prunes now and once a day, in a thread of its own, while it lives. Without rules it does nothing. What goes wrong is
/// logged and tried again the next day.
class DailyPruning {
 public:
  DailyPruning(db::Database& database, std::vector<store::RetentionRule> rules);
  DailyPruning(const DailyPruning&) = delete;
  DailyPruning& operator=(const DailyPruning&) = delete;
  /// Ends after the transaction it is at.
  ~DailyPruning();

 private:
  void run();
  bool stopping();

  db::Database& database_;
  const std::vector<store::RetentionRule> rules_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace perftrend
