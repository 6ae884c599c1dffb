#include "server/commands/copying.h"

#include <fmt/format.h>

#include <optional>

#include "server/db/transfer.h"
#include "server/jobs/scheduled_backup.h"

namespace perftrend {
namespace {

/// A bar that appears with the first rows, when their number is known.
class RowBar {
 public:
  db::RowProgress progress() {
    return [this](std::int64_t more, std::int64_t total) {
      if (!bar_) bar_.emplace("copying and comparing", static_cast<std::size_t>(total));
      for (std::int64_t i = 0; i < more; ++i)
        bar_->step();
    };
  }
  void clear() {
    if (bar_) bar_->clear();
  }

 private:
  std::optional<ProgressBar> bar_;
};

}  // namespace

void require_existing(const std::string& address) {
  const bool is_file = address.find("://") == std::string::npos;
  if (is_file && !std::filesystem::exists(address)) throw db::Unusable(fmt::format("{} does not exist", address));
}

std::int64_t copy_with_progress(db::Database& from, db::Database& to) {
  RowBar bar;
  const auto rows = db::copy_database(from, to, bar.progress());
  bar.clear();
  return rows;
}

std::int64_t copy_into_file_with_progress(db::Database& from, const std::filesystem::path& to) {
  RowBar bar;
  const auto rows = copy_into_file(from, to, bar.progress());
  bar.clear();
  return rows;
}

db::BackupProgress percent(ProgressBar& bar) {
  return [&bar, shown = std::size_t{0}](double done) mutable {
    for (const auto target = static_cast<std::size_t>(done * percent_total); shown < target; ++shown)
      bar.step();
  };
}

}  // namespace perftrend
