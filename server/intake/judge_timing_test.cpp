// A run is judged before the writer's turn, or within it where something has changed since. What is answered and stored
// does not depend on which.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include "server/intake/eventful_uploads_test.h"
#include "server/points/points.h"
#include "server/store/quarantine.h"
#include "server/store/regressions.h"
#include "server/triage/project_policies.h"
#include "server/triage/quarantine.h"
#include "tests/support/database_under_test.h"

namespace perftrend::intake {
namespace {

/// A database in which something else happens between the first step of an upload and the writer's turn.
class InterruptedDatabase : public db::Database {
 public:
  explicit InterruptedDatabase(db::Database& database) : database_(database) {}
  void interrupt_next_write(std::function<void()> action) { action_ = std::move(action); }

  void write(const Work& work) override {
    if (const auto action = std::exchange(action_, {})) action();
    database_.write(work);
  }
  void read(const Work& work) override { database_.read(work); }
  std::string why_not_ready() override { return database_.why_not_ready(); }
  [[nodiscard]] db::Dialect dialect() const override { return database_.dialect(); }

 private:
  db::Database& database_;
  std::function<void()> action_;
};

class JudgeTimingTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  tests::DatabaseUnderTest first_{GetParam()}, second_{db::Dialect::sqlite};
  std::unique_ptr<db::Database> interrupted_ = first_.open(), sequential_ = second_.open();
};

INSTANTIATE_TEST_SUITE_P(Engines, JudgeTimingTest, tests::both_dialects(), tests::dialect_name);

/// A person ends the oldest open record.
void dismiss_oldest(db::Database& database) {
  database.write([](db::Connection& connection) {
    store::RegressionFilter filter;
    filter.states = {FindingState::suspected, FindingState::confirmed};
    const auto open = store::list_regressions(connection, 1, filter);
    if (open.empty()) return;
    auto record = open.back().record;
    const auto before = record.state;
    record.state = FindingState::dismissed;
    record.reason = "false_alarm";
    record.decided_by = "a person";
    store::save_regression(connection, record, before, 1, "");
  });
}

void toggle_quarantine(db::Database& database) {
  database.write([](db::Connection& connection) {
    const CaseKey key = {"s", "k", "c3"};
    const auto case_id = store::find_case(connection, 1, key);
    if (!case_id) return;
    if (const auto entry = store::find_current_entry(connection, *case_id)) {
      (void)triage::leave(connection, *entry, "done", "a person", 1);
    } else {
      (void)triage::enter_by_hand(connection, 1, key, {"noisy", "a person", std::nullopt}, "a person", 1);
    }
  });
}

void change_policy(db::Database& database, int number) {
  database.write([&](db::Connection& connection) {
    const auto toml = fmt::format("[[policy]]\nminimum_effect = 0.{}\n", 10 + number % 10);
    (void)triage::put_policy(connection, {}, 1, "p", {toml, "a person", "", std::nullopt}, 1);
  });
}

TEST_P(JudgeTimingTest, ChangesBeforeTheWritersTurnAreJudgedAsIfTheyHadComeFirst) {
  const Options server;
  const Options other_server;
  Options forgetful;
  forgetful.cache = std::make_shared<points::Cache>(0);
  std::mt19937_64 random(5);
  InterruptedDatabase interrupted(*interrupted_);
  std::size_t findings = 0;
  for (int number = 0; number < 90; ++number) {
    const auto sent = eventful_day(random, number);
    const std::vector<std::function<void(db::Database&, const Options&)>> actions = {
        [](db::Database&, const Options&) {},
        [&](db::Database& database, const Options& options) { take(database, options, eventful_day(random, number)); },
        [](db::Database& database, const Options&) { dismiss_oldest(database); },
        [](db::Database& database, const Options&) { toggle_quarantine(database); },
        [&](db::Database& database, const Options&) { change_policy(database, number); },
        [](db::Database& database, const Options&) {
          database.write([](db::Connection& connection) { points::bump_revision(connection, 1); });
        }};
    const auto& action = actions[static_cast<std::size_t>(number) % actions.size()];
    const auto draws = random;
    if (number > 0) interrupted.interrupt_next_write([&] { action(*interrupted_, other_server); });
    const auto judged = take(interrupted, server, sent);
    random = draws;
    if (number > 0) action(*sequential_, forgetful);
    const auto expected = take(*sequential_, forgetful, sent);
    ASSERT_EQ(findings_of(judged), findings_of(expected)) << "day " << number;
    findings += expected.verdict.findings.size();
  }
  EXPECT_GT(findings, 30U) << "the days are to be eventful";
  EXPECT_EQ(records_of(*interrupted_), records_of(*sequential_));
  for (auto* database : {interrupted_.get(), sequential_.get()})
    database->read([](db::Connection& connection) { EXPECT_TRUE(points::check(connection).empty()); });
}

TEST_P(JudgeTimingTest, TheSameReportSentBetweenTheStepsIsStoredOnce) {
  const Options server;
  const Options other_server;
  std::mt19937_64 random(5);
  InterruptedDatabase interrupted(*interrupted_);
  for (int number = 0; number < 3; ++number) {
    const auto sent = eventful_day(random, number);
    interrupted.interrupt_next_write([&] { take(*interrupted_, other_server, sent); });
    const auto second = take(interrupted, server, sent);
    EXPECT_TRUE(second.already_there);
    EXPECT_EQ(second.run.id, number + 1);
  }
}

/// What the days of one project came to, without ids, which depend on what else was uploaded.
std::string outcome_of(const Accepted& accepted) {
  std::map<std::string, std::string> findings;
  for (const auto& finding : accepted.verdict.findings)
    findings[finding.series.key.name + finding.series.metric] =
        fmt::format("{} {} {}\n", finding.expected_by_chance, finding.part_of_common_shift, finding.explanation);
  std::string text = fmt::format("{} judged\n", accepted.verdict.judged);
  for (const auto& [name, finding] : findings)
    text += name + ' ' + finding;
  return text;
}

std::vector<std::string> take_days(db::Database& database, const Options& options, int project) {
  std::mt19937_64 random(static_cast<std::uint64_t>(project));
  std::vector<std::string> outcomes;
  for (int number = 0; number < 40; ++number) {
    auto sent = eventful_day(random, number);
    sent.project = fmt::format("p{}", project);
    outcomes.push_back(outcome_of(take(database, options, std::move(sent))));
  }
  return outcomes;
}

TEST_P(JudgeTimingTest, ProjectsUploadedAtOnceComeToWhatTheyComeToOneByOne) {
  constexpr int projects = 4;
  const Options server;
  std::vector<std::vector<std::string>> outcomes(projects);
  std::vector<std::thread> threads;
  threads.reserve(projects);
  for (int project = 0; project < projects; ++project)
    threads.emplace_back(
        [&, project] { outcomes[static_cast<std::size_t>(project)] = take_days(*interrupted_, server, project); });
  for (auto& thread : threads)
    thread.join();
  for (int project = 0; project < projects; ++project)
    EXPECT_EQ(outcomes[static_cast<std::size_t>(project)], take_days(*sequential_, server, project));
}

TEST_P(JudgeTimingTest, SeveralUploadersOfOneProjectStoreEveryRunOnce) {
  const std::vector<Options> servers(2);  // two caches over one database
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      std::mt19937_64 random(static_cast<std::uint64_t>(thread));
      for (int i = 0; i < 20; ++i)
        take(*interrupted_, servers[static_cast<std::size_t>(thread % 2)], eventful_day(random, 4 * i + thread));
    });
  }
  for (auto& thread : threads)
    thread.join();
  interrupted_->read([](db::Connection& connection) {
    EXPECT_EQ(connection.require_integer("SELECT count(*) FROM run"), 80);
    EXPECT_TRUE(points::check(connection).empty());
  });
}

}  // namespace
}  // namespace perftrend::intake
