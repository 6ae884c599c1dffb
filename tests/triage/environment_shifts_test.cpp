// A regression that begins with the first run of a new environment: the shift of all series of the run separates it
// from the machine; on both engines.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

#include "core/time/rfc3339.h"
#include "server/corrections/names.h"
#include "server/corrections/runs.h"
#include "server/intake/intake.h"
#include "server/points/points.h"
#include "server/store/projects.h"
#include "server/store/regressions.h"
#include "server/triage/run_verdict.h"
#include "tests/support/database_under_test.h"

namespace perftrend::intake {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t day_us = 86'400'000'000;
constexpr std::int64_t first_us = 1'767'225'600'000'000;  // 2026-01-01
constexpr int quiet_days = 20;
constexpr int cases = 10;

/// One run: every case has a time, a rate and a size; sizes do not depend on the machine.
struct NightlyRun {
  int day = 0;
  std::string cpu = "old";
  double machine = 1;           ///< factor of all times
  double case0 = 1;             ///< further factor of the first case
  int first = 0, last = cases;  ///< the cases of this part
  std::function<void(Upload&)> change = [](Upload&) {};
};

class EnvironmentShiftsTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  Accepted upload(const NightlyRun& run) {
    std::string xml = fmt::format(
        "<testsuite name='s'><properties><property name='environment.cpu_model' value='{}'/></properties>", run.cpu);
    for (int i = run.first; i < run.last; ++i) {
      std::mt19937_64 random(static_cast<std::uint64_t>(1000 * run.day + i));
      const double ms =
          10 * (i + 1) * run.machine * (i == 0 ? run.case0 : 1) * std::normal_distribution<double>(1, 0.006)(random);
      xml += fmt::format(
          "<testcase classname='k' name='c{}'><properties><property name='prefill_ms' value='{}'/><property "
          "name='tokens_per_second' value='{}'/><property name='peak_bytes' value='{}'/></properties></testcase>",
          i, ms, 1e5 / ms, 1000 * (i + 1) + run.day % 3);
    }
    Upload sent;
    sent.project = "p";
    sent.branch = "main";
    sent.testbed = "t";
    sent.commit = fmt::format("c{}", run.day);
    sent.started_at = times::to_rfc3339(first_us + run.day * day_us);
    sent.files = {{"", "application/xml", xml + "</testsuite>"}};
    run.change(sent);
    auto accepted = take_upload(*database_, policies_, options_, std::move(sent));
    if (!accepted) throw std::runtime_error(accepted.error().cause);
    return *accepted;
  }

  void pass_quiet_days() {
    for (int day = 0; day < quiet_days; ++day)
      upload({.day = day});
  }

  template <typename Read>
  auto read(const Read& function) {
    std::invoke_result_t<Read, db::Connection&> found{};
    database_->read([&](db::Connection& connection) { found = function(connection); });
    return found;
  }

  /// "confirmed worse c0 prefill_ms from c20", of kind level, ascending.
  std::vector<std::string> regressions() {
    store::RegressionFilter all;
    all.states = {FindingState::suspected, FindingState::confirmed, FindingState::acknowledged, FindingState::fixed};
    std::vector<std::string> found;
    for (const auto& each :
         read([&](db::Connection& connection) { return store::list_regressions(connection, project().id, all); })) {
      if (each.record.kind != store::FindingKind::level) continue;
      found.push_back(fmt::format("{} {} {} {} from {}", store::state_name(each.record.state),
                                  each.record.worse ? "worse" : "better", each.series.key.name, each.series.metric,
                                  each.first_commit));
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  /// What the stored points say of a run now: "verdict case metric effect", without the answer of the upload.
  std::vector<std::string> findings(const triage::RunVerdict& verdict) {
    std::vector<std::string> found;
    for (const auto& each : verdict.findings) {
      found.push_back(fmt::format("{} {} {} {:+.4f} {}", static_cast<int>(each.verdict), each.series.key.name,
                                  each.series.metric, each.effect, each.kind()));
    }
    std::sort(found.begin(), found.end());
    return found;
  }
  std::vector<std::string> findings(Id run) {
    return findings(read([&](db::Connection& connection) {
      return triage::find_verdict(connection, policies_, project().id, "p", run);
    }));
  }

  std::vector<points::EnvironmentShifts> shifts() {
    return read([&](db::Connection& connection) {
      std::vector<points::EnvironmentShifts> all;
      for (const auto& each : points::list_lane_environments(connection, project().id)) {
        all.push_back(
            *points::find_environment_shifts(connection, {project().id, each.testbed, each.branch}, each.environment));
      }
      return all;
    });
  }
  /// Of the newest environment, for times and rates.
  detect::EnvironmentShift speed() {
    const auto all = shifts();
    const auto found = all.back().by_quantity.find("speed");
    return found == all.back().by_quantity.end() ? detect::EnvironmentShift{} : found->second;
  }

  void expect_regression(double machine) {
    pass_quiet_days();
    const auto first = upload({.day = quiet_days, .cpu = "new", .machine = machine, .case0 = 1.2});
    EXPECT_THAT(speed().shift, DoubleNear(std::log(machine), 0.01));
    EXPECT_EQ(speed().series, 2 * cases);
    EXPECT_EQ(findings(first.verdict), findings(first.run_id)) << "the answer and a later look agree";
    const auto reported = first.verdict.reported();
    EXPECT_EQ(std::count_if(reported.begin(), reported.end(),
                            [](const auto& each) { return each.verdict == Verdict::regressed; }),
              2);
    EXPECT_EQ(
        std::count_if(reported.begin(), reported.end(), [](const auto& each) { return each.kind() == "environment"; }),
        machine == 1 ? 0 : 2 * cases - 2);
    for (int day = quiet_days + 1; day < quiet_days + 4; ++day)
      upload({.day = day, .cpu = "new", .machine = machine, .case0 = 1.2});
    EXPECT_THAT(regressions(),
                ElementsAre("confirmed worse c0 prefill_ms from c20", "confirmed worse c0 tokens_per_second from c20"));
  }

  corrections::ProjectRef project() {
    return {read([](db::Connection& connection) { return store::find_project_id(connection, "p").value_or(0); }), "p"};
  }
  corrections::Site site() { return {*database_, policies_}; }

  const corrections::Person alice_ = {"alice", ""};
  tests::DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<db::Database> database_ = under_test_.open();
  triage::Policies policies_;
  Options options_;
};

INSTANTIATE_TEST_SUITE_P(Engines, EnvironmentShiftsTest, tests::both_dialects(), tests::dialect_name);

TEST_P(EnvironmentShiftsTest, ARegressionWithTheFirstRunOfAMachineIsFound) {
  expect_regression(1);
}

TEST_P(EnvironmentShiftsTest, ARegressionWithTheFirstRunOfASlowerMachineIsFound) {
  expect_regression(1.15);
}

TEST_P(EnvironmentShiftsTest, TheMachineAloneChangesNoRecord) {
  pass_quiet_days();
  for (int day = quiet_days; day < quiet_days + 5; ++day)
    upload({.day = day, .cpu = "new", .machine = 1.15});
  EXPECT_THAT(regressions(), IsEmpty());
}

TEST_P(EnvironmentShiftsTest, PartsOfTheFirstRunAreOneEstimate) {
  pass_quiet_days();
  const auto part = [](Upload& sent) {
    sent.run_key = "first";
    sent.parts = "2";
  };
  const NightlyRun first = {.day = quiet_days, .cpu = "new", .machine = 1.1, .case0 = 1.2, .last = 3, .change = part};
  upload(first);
  EXPECT_EQ(speed().series, 0) << "six series are too few";
  auto rest = first;
  rest.first = 3;
  rest.last = cases;
  const auto whole = upload(rest);
  EXPECT_EQ(speed().series, 2 * cases);
  EXPECT_EQ(findings(whole.verdict), findings(whole.run_id));
  EXPECT_THAT(regressions(),
              ElementsAre("suspected worse c0 prefill_ms from c20", "suspected worse c0 tokens_per_second from c20"));
}

TEST_P(EnvironmentShiftsTest, AnEarlierRunThatArrivesLateIsTheFirst) {
  pass_quiet_days();
  upload({.day = quiet_days + 1, .cpu = "new", .machine = 1.1});
  const auto late = upload({.day = quiet_days, .cpu = "new", .machine = 1.1, .case0 = 1.2});
  EXPECT_EQ(shifts().back().first_run, late.run_id);
  EXPECT_EQ(findings(late.verdict), findings(late.run_id));
}

TEST_P(EnvironmentShiftsTest, CorrectionsOfTheFirstRunEstimateAgain) {
  pass_quiet_days();
  const auto wrong = upload({.day = quiet_days, .cpu = "new", .machine = 1000});
  const auto right = upload({.day = quiet_days + 1, .cpu = "new", .machine = 1.1});
  EXPECT_THAT(speed().shift, DoubleNear(std::log(1000.0), 0.1));
  const auto change = [&](const corrections::RunChange& correction) {
    ASSERT_TRUE(corrections::change_run(site(), project(), wrong.run.id, correction, alice_));
  };
  change({.excluded = "wrong unit"});
  EXPECT_EQ(shifts().back().first_run, right.run.id);
  EXPECT_THAT(speed().shift, DoubleNear(std::log(1.1), 0.01));
  change({.excluded = ""});
  EXPECT_EQ(shifts().back().first_run, wrong.run.id);
  change({.suspect = "busy"});
  EXPECT_EQ(shifts().back().first_run, right.run.id);
  change({.suspect_as_reported = true});
  EXPECT_EQ(shifts().back().first_run, wrong.run.id);
  ASSERT_TRUE(corrections::delete_run(site(), project(), wrong.run.id, alice_));
  EXPECT_EQ(shifts().back().first_run, right.run.id);
  EXPECT_THAT(speed().shift, DoubleNear(std::log(1.1), 0.01));
  ASSERT_TRUE(corrections::delete_run(site(), project(), right.run.id, alice_));
  EXPECT_THAT(shifts(), SizeIs(1)) << "the new machine has no run left";
}

TEST_P(EnvironmentShiftsTest, AShiftFollowsTheNameOfItsBranch) {
  pass_quiet_days();
  upload({.day = quiet_days, .cpu = "new", .machine = 1.1, .case0 = 1.2});
  ASSERT_TRUE(corrections::rename(site(), project(), store::NameKind::branch, "main", "trunk", alice_));
  const auto before = speed();
  for (int day = quiet_days + 1; day < quiet_days + 4; ++day)
    upload({.day = day, .cpu = "new", .machine = 1.1, .case0 = 1.2});
  EXPECT_EQ(speed(), before);
  EXPECT_THAT(regressions(),
              ElementsAre("confirmed worse c0 prefill_ms from c20", "confirmed worse c0 tokens_per_second from c20"));
}

}  // namespace
}  // namespace perftrend::intake
