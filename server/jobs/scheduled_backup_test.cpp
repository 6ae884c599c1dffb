#include "server/jobs/scheduled_backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <fstream>
#include <mutex>

#include "server/db/open.h"
#include "server/db/sqlite_backup.h"
#include "server/db/transfer.h"
#include "server/jobs/daily_pruning.h"
#include "tests/support/database_under_test.h"

namespace perftrend {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

constexpr std::int64_t noon_us = 1'795'521'600'000'000;  // 2026-11-24 12:00 UTC
constexpr std::int64_t hour_us = 3'600'000'000;

/// Messages from another thread; wait() returns the newest one.
class Messages {
 public:
  void post(const std::string& message) {
    const std::lock_guard lock(mutex_);
    messages_.push_back(message);
    changed_.notify_all();
  }
  std::string wait() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::minutes(2), [&] { return !messages_.empty(); })) return "nothing";
    return messages_.back();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> messages_;
};

class ScheduledBackupTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "perftrend-backup-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    database_ = under_test_.open();
    database_->write([](db::Connection& connection) {
      connection.execute("INSERT INTO project (name, created_us) VALUES ('p', 1)");
    });
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& file : backups_in(folder_))
      found.push_back(file.filename());
    return found;
  }
  fs::path make(std::int64_t at_us, int keep = 7) {
    return make_scheduled_backup({folder_, 24, keep}, under_test_.address(), *database_, at_us, {});
  }

  const tests::DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<db::Database> database_;
  fs::path folder_;
};

TEST_P(ScheduledBackupTest, EqualsTheDatabase) {
  const fs::path made = make(noon_us);
  EXPECT_EQ(made.filename(), "perftrend-20261124T120000.000000Z.db");
  const auto copy = db::open_database(made.string());
  EXPECT_EQ(db::first_difference(*database_, *copy), "");
  EXPECT_THAT(db::check_sqlite(made), ElementsAre());
}

TEST_P(ScheduledBackupTest, TheOldestAreDeletedAndOtherFilesStay) {
  const fs::path other = folder_ / "perftrend-before-the-move.db";
  std::ofstream(other) << "mine";
  for (int hour = 0; hour < 4; ++hour)
    make(noon_us + hour * hour_us, 2);
  EXPECT_THAT(names(), ElementsAre("perftrend-20261124T140000.000000Z.db", "perftrend-20261124T150000.000000Z.db"));
  EXPECT_TRUE(fs::exists(other));
}

TEST_P(ScheduledBackupTest, AStoppedCopyLeavesNoFile) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_ANY_THROW(
      make_scheduled_backup({folder_, 24, 7}, under_test_.address(), *database_, noon_us, stop.get_token()));
  EXPECT_THAT(names(), ElementsAre());
}

TEST_P(ScheduledBackupTest, IsMadeAtOnceWithoutAnOlderOneAndTheThreadStops) {
  Messages messages;
  {
    const auto thread = schedule_backups({folder_, 24, 7}, under_test_.address(), *database_,
                                         [&](const fs::path& made) { messages.post(made.filename()); });
    EXPECT_THAT(messages.wait(), HasSubstr("perftrend-"));
  }
  EXPECT_EQ(names().size(), 1U);
}

TEST_P(ScheduledBackupTest, IsDueCountedFromTheNewestBackup) {
  const BackupSchedule schedule{folder_, 24, 7};
  EXPECT_EQ(backup_due_in_us(schedule, noon_us), 0);
  make(noon_us);
  EXPECT_EQ(backup_due_in_us(schedule, noon_us + hour_us), 23 * hour_us);
  EXPECT_EQ(backup_due_in_us(schedule, noon_us + 24 * hour_us), 0);
  EXPECT_EQ(backup_due_in_us(schedule, noon_us + 100 * hour_us), 0);
  EXPECT_EQ(backup_due_in_us(schedule, noon_us - 1000 * hour_us), 24 * hour_us) << "the clock was set back";
}

TEST_P(ScheduledBackupTest, PruningBeginsAtOnceAndStops) {
  Messages messages;
  {
    store::RetentionRule rule;
    rule.documents_days = 1;
    const auto thread = prune_daily(*database_, {rule}, [&](const store::Pruned& pruned) {
      messages.post(std::to_string(pruned.documents) + " documents");
    });
    EXPECT_EQ(messages.wait(), "0 documents");
  }
  EXPECT_FALSE(prune_daily(*database_, {}, [](const store::Pruned&) {}).joinable()) << "nothing to do";
}

INSTANTIATE_TEST_SUITE_P(Engines, ScheduledBackupTest, tests::both_dialects(), tests::dialect_name);

TEST(BackupFolder, IsCreatedOrRefused) {
  EXPECT_TRUE(check_backup_folder({}));
  const auto refused = check_backup_folder({"/proc/no/such", 24, 7});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("/proc/no/such"));
}

}  // namespace
}  // namespace perftrend
