#include "server/jobs/scheduled_backup.h"

#include <date/date.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>

#include "core/time/rfc3339.h"
#include "core/time/timestamps.h"
#include "server/clock.h"
#include "server/db/open.h"
#include "server/db/sqlite_backup.h"
#include "server/jobs/repeated_task.h"

namespace perftrend {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view name_begin = "perftrend-";
constexpr std::string_view name_end = ".db";
constexpr std::int64_t us_per_hour = 3'600'000'000;
constexpr std::chrono::minutes retry_wait{30};

/// Thrown to end a copy when the thread is stopped.
struct BackupStopped {};

/// The time of a backup, from its name, because copying a folder changes file times.
std::optional<std::int64_t> time_of(const fs::path& file) {
  const std::string name = file.filename();
  if (!name.starts_with(name_begin) || !name.ends_with(name_end)) return std::nullopt;
  const auto at_us = times::parse_time_us(
      std::string_view(name).substr(name_begin.size(), name.size() - name_begin.size() - name_end.size()));
  if (!at_us || backup_name(*at_us) != name) return std::nullopt;
  return at_us;
}

}  // namespace

std::int64_t copy_into_file(db::Database& from, const fs::path& to, const db::RowProgress& progress) {
  if (fs::exists(to)) throw db::Unusable(fmt::format("{} already exists: choose another name", to.string()));
  const fs::path partial = to.string() + ".partial";
  fs::remove(partial);
  std::int64_t rows = 0;
  {
    const auto target = db::open_database(partial.string());
    rows = db::copy_database(from, *target, progress);
  }
  fs::rename(partial, to);
  return rows;
}

std::string backup_name(std::int64_t at_us) {
  const date::sys_time<std::chrono::microseconds> at{std::chrono::microseconds(at_us)};
  return fmt::format("{}{}{}", name_begin, date::format("%Y%m%dT%H%M%SZ", at), name_end);
}

std::vector<fs::path> backups_in(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (time_of(entry.path())) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::int64_t backup_due_in_us(const BackupSchedule& schedule, std::int64_t now_us) {
  const auto made = backups_in(schedule.folder);
  if (made.empty()) return 0;
  // The clock may have been set back: the wait is never longer than one interval.
  const std::int64_t every_us = schedule.every_hours * us_per_hour;
  return std::clamp<std::int64_t>(*time_of(made.back()) + every_us - now_us, 0, every_us);
}

fs::path make_scheduled_backup(const BackupSchedule& schedule, const std::string& address, db::Database& database,
                               std::int64_t now_us, const std::stop_token& stop) {
  fs::path to = schedule.folder / backup_name(now_us);
  const auto stop_if_requested = [&] {
    if (stop.stop_requested()) throw BackupStopped{};
  };
  if (db::is_postgres(address)) {
    copy_into_file(database, to, [&](std::int64_t, std::int64_t) { stop_if_requested(); });
  } else {
    db::backup_sqlite(address, to, [&](double) { stop_if_requested(); });
  }
  auto made = backups_in(schedule.folder);
  while (made.size() > static_cast<std::size_t>(schedule.keep)) {
    fs::remove(made.front());
    made.erase(made.begin());
  }
  return to;
}

tl::expected<void, std::string> check_backup_folder(const BackupSchedule& schedule) {
  if (schedule.folder.empty()) return {};
  std::error_code error;
  fs::create_directories(schedule.folder, error);
  if (error) return tl::unexpected(fmt::format("cannot create {}: {}", schedule.folder.string(), error.message()));
  if (::access(schedule.folder.c_str(), W_OK | X_OK) != 0)
    return tl::unexpected(fmt::format("cannot write to {}", schedule.folder.string()));
  return {};
}

std::jthread schedule_backups(const BackupSchedule& schedule, const std::string& address, db::Database& database,
                              const std::function<void(const fs::path&)>& on_backup) {
  if (schedule.folder.empty()) return {};
  return repeat([=, &database](const std::stop_token& stop) -> std::chrono::milliseconds {
    try {
      const auto now_us = perftrend::now_us();
      if (const auto due_us = backup_due_in_us(schedule, now_us); due_us > 0)
        return std::chrono::milliseconds(due_us / 1000 + 1);
      on_backup(make_scheduled_backup(schedule, address, database, now_us, stop));
      return std::chrono::milliseconds(0);  // the next call finds out when the next backup is due
    } catch (const BackupStopped&) {
      return std::chrono::milliseconds(0);
    } catch (const std::exception& error) {
      spdlog::error("backup failed and will be tried again in {} minutes: {}", retry_wait.count(), error.what());
      return retry_wait;
    }
  });
}

}  // namespace perftrend
