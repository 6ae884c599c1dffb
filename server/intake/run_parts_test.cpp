// Runs that come in several uploads, on both engines.

#include "server/store/run_parts.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <set>

#include "core/time/rfc3339.h"
#include "server/clock.h"
#include "server/corrections/redaction.h"
#include "server/corrections/runs.h"
#include "server/corrections/series.h"
#include "server/intake/complete_run.h"
#include "server/intake/intake.h"
#include "server/store/corrections.h"
#include "server/store/regressions.h"
#include "tests/support/database_under_test.h"

namespace perftrend::intake {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t minute_us = 60'000'000;
constexpr std::int64_t hour_us = 60 * minute_us;
constexpr std::int64_t day_us = 24 * hour_us;
constexpr std::int64_t first_us = 1'767'225'600'000'000;  // 2026-01-01
constexpr int days = 12;

/// One value of one case, or of each of several.
std::string report(const std::vector<std::pair<std::string, double>>& cases) {
  std::string body = "<testsuites><testsuite name='s'>";
  for (const auto& [name, value] : cases) {
    body += fmt::format(
        "<testcase classname='c' name='{}'><properties><property name='latency_ms' "
        "value='{}'/></properties></testcase>",
        name, value);
  }
  return body + "</testsuite></testsuites>";
}

/// 100 with a little noise that repeats no value.
double quiet(int day, int part) {
  return 100.0 + 0.2 * ((day * 7 + part * 3) % 11 - 5) / 5.0 + 0.003 * day + 0.0007 * part;
}

class RunPartsTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  Accepted upload(const std::string& body, const std::function<void(Upload&)>& change) {
    Upload sent;
    sent.project = "p";
    sent.files = {{"", "application/xml", body}};
    change(sent);
    auto accepted = take_upload(*database_, policies_, options_, std::move(sent));
    if (!accepted) throw std::runtime_error(accepted.error().cause);
    return std::move(*accepted);
  }

  /// Part `part` of the run of a day, `part` minutes after its beginning.
  Accepted part(
      int day, int part, double value, const std::function<void(Upload&)>& change = [](Upload&) {}) {
    return upload(report({{fmt::format("bench{}", part), value}}), [&](Upload& sent) {
      sent.commit = fmt::format("c{}", day);
      sent.started_at = times::to_rfc3339(first_us + day * day_us + part * minute_us);
      change(sent);
    });
  }

  void quiet_days(int parts) {
    for (int day = 0; day < days; ++day) {
      for (int each = 0; each < parts; ++each)
        part(day, each, quiet(day, each));
    }
  }

  std::int64_t count(const std::string& sql) {
    std::int64_t found = 0;
    database_->read(
        [&](db::Connection& connection) { found = connection.require_integer("SELECT count(*) FROM " + sql); });
    return found;
  }

  /// What a person sees as open: records by series, and their common shift.
  std::set<std::string> open_records() {
    std::set<std::string> open;
    database_->read([&](db::Connection& connection) {
      connection.query(
          "SELECT c.name, g.worse, g.state, coalesce(g.common_shift_run, 0), r.commit_id FROM regression g "
          "JOIN series s ON s.id = g.series_id JOIN test_case c ON c.id = s.case_id JOIN run r ON r.id = g.first_run "
          "WHERE g.state <= 2",
          {}, [&](const db::Row& row) {
            open.insert(fmt::format("{} {} {} {} {}", row.text(0), row.integer(1), row.integer(2), row.integer(3) != 0,
                                    row.text(4)));
          });
    });
    return open;
  }

  db::Database& database() { return *database_; }
  const triage::Policies& policies() const { return policies_; }
  /// As after a restart, or on another server.
  void forget_cache() { options_.cache = std::make_shared<points::Cache>(); }

 private:
  tests::DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<db::Database> database_ = under_test_.open();
  triage::Policies policies_;
  Options options_;
};

INSTANTIATE_TEST_SUITE_P(Engines, RunPartsTest, tests::both_dialects(), tests::dialect_name);

TEST_P(RunPartsTest, UploadsJoinByKeyOrByCommit) {
  struct Case {
    std::string name;
    std::function<void(Upload&)> first, second;
    std::int64_t runs;
    std::string warning;  ///< a part of one of the second upload; "" for none
  };
  const auto at = [](std::int64_t minutes) { return times::to_rfc3339(first_us + minutes * minute_us); };
  const auto stated = [&](const std::string& commit, const std::string& key, std::int64_t minutes) {
    return [=](Upload& sent) {
      sent.commit = commit;
      sent.run_key = key;
      sent.started_at = at(minutes);
    };
  };
  for (const auto& each : std::vector<Case>{
           {"the same key", stated("c", "k", 0), stated("c", "k", 5), 1, ""},
           {"the same key, days later", stated("c", "k", 0), stated("c", "k", 9000), 1, ""},
           {"another key", stated("c", "k", 0), stated("c", "l", 5), 2, ""},
           {"a key and none", stated("c", "k", 0), stated("c", "", 5), 2, ""},
           {"the same key, one without a commit", stated("c", "k", 0), stated("", "k", 5), 1, ""},
           {"the same key of another commit", stated("c", "k", 0), stated("d", "k", 5), 2, "give each run a key"},
           {"the same commit", stated("c", "", 0), stated("c", "", 5), 1, ""},
           {"the same commit, earlier", stated("c", "", 60), stated("c", "", 0), 1, ""},
           {"the same commit, seven hours later", stated("c", "", 0), stated("c", "", 7 * 60), 2, ""},
           {"another commit", stated("c", "", 0), stated("d", "", 5), 2, ""},
           {"neither commit nor key", stated("", "", 0), stated("", "", 5), 2, ""},
           {"another branch", stated("c", "k", 0),
            [&](Upload& sent) {
              stated("c", "k", 5)(sent);
              sent.branch = "b";
            },
            2, "nothing of b is judged"},
           {"another testbed", stated("c", "k", 0),
            [&](Upload& sent) {
              stated("c", "k", 5)(sent);
              sent.testbed = "t";
            },
            2, ""},
           {"another purpose", stated("c", "k", 0),
            [&](Upload& sent) {
              stated("c", "k", 5)(sent);
              sent.purpose = "bisect";
            },
            2, ""}}) {
    SCOPED_TRACE(each.name);
    const std::string project = fmt::format("p{}", count("project"));
    const auto in_project = [&](const std::function<void(Upload&)>& change) {
      return [&](Upload& sent) {
        change(sent);
        sent.project = project;
      };
    };
    const auto first = upload(report({{"a", 1}}), in_project(each.first));
    const auto second = upload(report({{"b", 2}}), in_project(each.second));
    EXPECT_EQ(first.run_id == second.run_id, each.runs == 1);
    EXPECT_EQ(first.run_id, first.run.id);
    if (each.warning.empty()) {
      EXPECT_THAT(second.run.warnings, IsEmpty());
    } else {
      EXPECT_THAT(second.run.warnings, Contains(HasSubstr(each.warning)));
    }
    const auto again = upload(report({{"b", 2}}), in_project(each.second));
    EXPECT_TRUE(again.already_there);
    EXPECT_EQ(again.run_id, second.run_id);
  }
}

TEST_P(RunPartsTest, TheSameCaseTwiceIsNeverMixedSilently) {
  part(0, 0, 100);
  const auto repeated = upload(report({{"bench0", 60}}), [](Upload& sent) {
    sent.commit = "c0";
    sent.started_at = times::to_rfc3339(first_us + 20 * minute_us);
  });
  EXPECT_EQ(repeated.run_id, repeated.run.id) << "a repeated measurement is a run of its own";
  EXPECT_THAT(repeated.run.warnings, ElementsAre(HasSubstr("bench0 was measured for commit c0 20 minutes before")));

  const auto keyed = [](Upload& sent) { sent.run_key = "k"; };
  part(1, 0, 100, keyed);
  const auto further = upload(report({{"bench0", 60}}), [&](Upload& sent) {
    sent.commit = "c1";
    sent.started_at = times::to_rfc3339(first_us + day_us + 20 * minute_us);
    keyed(sent);
  });
  EXPECT_NE(further.run_id, further.run.id) << "the key says that it is the same run";
  EXPECT_THAT(further.run.warnings, ElementsAre(HasSubstr("they get a further point")));
  EXPECT_EQ(count("series"), 1);
  EXPECT_EQ(count("series WHERE points = 4"), 1);

  for (const char* shard : {"1", "2"}) {
    const auto sharded = part(2, 0, 100, [&](Upload& sent) {
      sent.run_key = "k2";
      sent.shard = shard;
    });
    EXPECT_THAT(sharded.run.warnings, ElementsAre(HasSubstr("1 of 1 series are new"))) << "its label is new";
  }
  EXPECT_EQ(count("test_case WHERE name IN ('bench0[1]', 'bench0[2]')"), 2);
}

TEST_P(RunPartsTest, PartsThatShiftTogetherAreOneFinding) {
  constexpr int parts = 20;
  quiet_days(parts);
  Accepted last;
  for (int each = 0; each < parts; ++each) {
    if (each == 11) forget_cache();
    last = part(days, each, 1.2 * quiet(days, each));
  }
  ASSERT_TRUE(last.verdict.common_shift);
  EXPECT_EQ(last.verdict.common_shift->shifted, parts);
  EXPECT_EQ(last.verdict.common_shift->run, last.run_id);
  EXPECT_EQ(count("common_shift"), 1);
  EXPECT_EQ(count("regression"), parts);
  EXPECT_EQ(count(fmt::format("regression WHERE common_shift_run = {0} AND first_run = {0}", last.run_id)), parts);
  EXPECT_EQ(count("run"), (days + 1) * parts);
  EXPECT_EQ(count("run WHERE id = first_part"), days + 1);
}

TEST_P(RunPartsTest, AShiftOfTheFirstPartsDissolvesInTheWhole) {
  constexpr int parts = 20;
  quiet_days(parts);
  for (int each = 0; each < parts; ++each) {
    const auto accepted = part(days, each, (each < 8 ? 1.2 : 1.0) * quiet(days, each));
    EXPECT_EQ(accepted.verdict.common_shift.has_value(), each >= 7 && each < 16) << each;
  }
  EXPECT_EQ(count("common_shift"), 0);
  EXPECT_EQ(count("regression WHERE common_shift_run IS NOT NULL"), 0);
  EXPECT_EQ(count("regression WHERE state <= 2"), 8);
}

// The order of parts, and what a server remembers between them, changes nothing.
TEST_P(RunPartsTest, PartsInAnyOrderGiveTheSameRecords) {
  constexpr int parts = 14;
  std::set<std::string> expected;
  std::mt19937 random(5);
  for (int round = 0; round < 4; ++round) {
    std::vector<int> order(parts);
    for (int i = 0; i < parts; ++i)
      order[static_cast<std::size_t>(i)] = i;
    if (round > 0) std::shuffle(order.begin(), order.end(), random);
    const auto of_project = [&](Upload& sent) {
      sent.project = fmt::format("p{}", round);
      if (round == 3) sent.parts = std::to_string(parts);
    };
    for (int day = 0; day <= days; ++day) {
      for (const int each : order) {
        if (round == 2) forget_cache();
        const double factor = day < days ? 1.0 : each == 3 || each == 9 ? 1.3 : each == 5 ? 0.7 : 1.0;
        part(day, each, factor * quiet(day, each), of_project);
      }
    }
    auto records = open_records();
    if (round == 0) expected = records;
    EXPECT_EQ(records, expected) << round;
    EXPECT_EQ(count("regression WHERE state <= 2"), 3 * (round + 1));
  }
  EXPECT_THAT(expected, SizeIs(3));
}

TEST_P(RunPartsTest, ARunThatStatesItsPartsIsRecordedWhenItIsComplete) {
  constexpr int parts = 10;
  quiet_days(parts);
  const auto of_ten = [](Upload& sent) { sent.parts = "10"; };
  for (int each = 0; each < parts - 1; ++each) {
    const auto accepted = part(days, each, 1.2 * quiet(days, each), of_ten);
    EXPECT_FALSE(accepted.run.complete);
    EXPECT_EQ(count("regression"), 0) << "the run waits for parts";
  }
  const auto last = part(days, parts - 1, 1.2 * quiet(days, parts - 1), of_ten);
  EXPECT_TRUE(last.run.complete);
  EXPECT_EQ(count("regression WHERE common_shift_run IS NOT NULL"), parts);
  EXPECT_EQ(count("run WHERE complete = 0"), 0);

  Id waiting = 0;
  for (int each = 0; each < 3; ++each)
    waiting = part(days + 1, each, 1.2 * quiet(days, each), of_ten).run_id;
  EXPECT_EQ(count("run WHERE complete = 0"), 1);
  const auto received_us = now_us();
  EXPECT_EQ(complete_quiet_runs(database(), policies(), received_us), 0);
  EXPECT_EQ(complete_quiet_runs(database(), policies(), received_us + 2 * quiet_period_us), 1);
  EXPECT_EQ(complete_quiet_runs(database(), policies(), received_us + 2 * quiet_period_us), 0);
  const auto late = part(days + 1, 3, 1.2 * quiet(days, 3), of_ten);
  EXPECT_EQ(late.run_id, waiting);
  EXPECT_TRUE(late.run.complete) << "a late part is judged at once";
}

TEST_P(RunPartsTest, CompletionRecordsWhatThePartsShow) {
  constexpr int parts = 9;
  quiet_days(parts);
  Id run = 0;
  for (int each = 0; each < parts; ++each)
    run = part(days, each, 1.2 * quiet(days, each), [](Upload& sent) { sent.parts = "30"; }).run_id;
  EXPECT_EQ(count("regression"), 0);
  triage::RunVerdict verdict;
  for (int times = 0; times < 2; ++times) {
    database().write(
        [&](db::Connection& connection) { verdict = complete_run(connection, policies(), 1, "p", run, now_us()); });
    ASSERT_TRUE(verdict.common_shift);
    EXPECT_EQ(verdict.common_shift->shifted, parts);
    EXPECT_EQ(count("regression WHERE common_shift_run IS NOT NULL"), parts);
  }
}

TEST_P(RunPartsTest, ARunIsReadWithAllItsParts) {
  const auto key = [](Upload& sent) { sent.run_key = "k"; };
  const auto first = part(0, 0, 1, key);
  const auto second = part(0, 1, 2, key);
  part(1, 0, 1, key);
  database().read([&](db::Connection& connection) {
    for (const Id id : {first.run.id, second.run.id}) {
      const auto run = store::find_whole_run(connection, 1, id);
      ASSERT_TRUE(run);
      EXPECT_EQ(run->id, first.run_id);
      EXPECT_EQ(run->counts.cases, 2);
      EXPECT_EQ(run->points, 2);
      EXPECT_EQ(run->parts, 2);
    }
    EXPECT_FALSE(store::find_whole_run(connection, 1, 99));
    const auto runs = store::list_runs(connection, 1, {});
    ASSERT_THAT(runs, SizeIs(2)) << "another commit with the key is another run";
    EXPECT_EQ(runs[1].parts, 2);
    const auto parts = store::list_parts(connection, first.run_id);
    ASSERT_THAT(parts, SizeIs(2));
    EXPECT_EQ(parts[1].id, second.run.id);
    EXPECT_EQ(parts[1].documents, 1);
    const auto cases = store::list_whole_run_cases(connection, first.run_id, std::nullopt, -1, 10);
    ASSERT_THAT(cases, SizeIs(2));
    EXPECT_EQ(cases[1].key.name, "bench1");
    EXPECT_THAT(store::list_whole_run_cases(connection, first.run_id, std::nullopt, cases[0].ordinal, 10), SizeIs(1));
    EXPECT_THAT(store::list_whole_run_cases(connection, first.run_id, std::nullopt, cases[1].ordinal, 10), IsEmpty());
    EXPECT_THAT(store::list_whole_run_cases(connection, first.run_id, std::nullopt, -1, 1), SizeIs(1));
    EXPECT_THAT(store::list_whole_run_points(connection, first.run_id), SizeIs(2));
    EXPECT_THAT(store::list_whole_run_documents(connection, first.run_id), SizeIs(2));
    EXPECT_TRUE(store::find_whole_run_document(connection, first.run_id, 1));
    EXPECT_FALSE(store::find_whole_run_document(connection, first.run_id, 2));
  });
}

TEST_P(RunPartsTest, APartOfAnExcludedRunIsExcluded) {
  const auto key = [](Upload& sent) { sent.run_key = "k"; };
  const Id run = part(0, 0, 1, key).run_id;
  database().write([&](db::Connection& connection) {
    store::set_excluded(connection, run, "wrong machine");
    points::exclude(connection, run, points::list_series_of_run(connection, run));
  });
  forget_cache();
  const auto late = part(0, 1, 2, key);
  EXPECT_EQ(late.run_id, run);
  EXPECT_THAT(late.run.warnings, ElementsAre(HasSubstr("is excluded (wrong machine), and so is this part")));
  EXPECT_EQ(count("run WHERE excluded = 'wrong machine'"), 2);
  EXPECT_EQ(count("series WHERE points > 0"), 0);
  EXPECT_THAT(part(1, 1, 2).run.warnings, IsEmpty());
  EXPECT_EQ(count("series WHERE points = 1"), 1);
}

TEST_P(RunPartsTest, WhatAPersonSaidOfARunHoldsForALatePart) {
  struct Case {
    std::string name;
    std::string reported;  ///< why the late part is suspect, by its report
    std::function<void(Id run)> correct;
    std::string warning;
    bool is_judged;
  };
  const corrections::Site site{database(), policies()};
  const corrections::ProjectRef project{1, "p"};
  const corrections::Person person{"ann", "token in the log"};
  const auto set_suspect = [&](const std::string& reason) {
    return [&, reason](Id run) {
      corrections::RunChange change;
      change.suspect = reason;
      ASSERT_TRUE(corrections::change_run(site, project, run, change, person));
    };
  };
  quiet_days(2);
  int day = days;
  for (const auto& each : std::vector<Case>{
           {"suspect", "", set_suspect("a backup ran"), "ann marked run", false},
           {"fit, whatever the report says", "load 9", set_suspect(""), "ann decided that run", true},
           {"baseline restarted", "",
            [&](Id run) { ASSERT_TRUE(corrections::restart_baseline(site, project, run, 0, person)); }, "", false},
           {"redacted", "", [&](Id run) { ASSERT_TRUE(corrections::redact(site, project, run, {}, person)); },
            "were redacted (ann: token in the log); those of this part were not", true}}) {
    const auto key = [&](Upload& sent) { sent.run_key = each.name; };
    const Id run = part(day, 0, quiet(day, 0), key).run_id;
    each.correct(run);
    const auto properties =
        "<testsuites><properties><property name='perftrend.suspect' value='" + each.reported + "'/>";
    auto body = report({{"bench1", 1.3 * quiet(day, 1)}});
    if (!each.reported.empty()) body.replace(0, std::string("<testsuites>").size(), properties + "</properties>");
    const auto late = upload(body, [&](Upload& sent) {
      sent.commit = fmt::format("c{}", day);
      sent.started_at = times::to_rfc3339(first_us + day * day_us + minute_us);
      key(sent);
    });
    EXPECT_EQ(late.run_id, run) << each.name;
    if (each.warning.empty())
      EXPECT_THAT(late.run.warnings, IsEmpty()) << each.name;
    else
      EXPECT_THAT(late.run.warnings, ElementsAre(HasSubstr(each.warning))) << each.name;
    EXPECT_THAT(late.verdict.findings, SizeIs(each.is_judged ? 1 : 0)) << each.name;
    triage::RunVerdict stored;
    database().read(
        [&](db::Connection& connection) { stored = triage::find_verdict(connection, policies(), 1, "p", run); });
    EXPECT_EQ(stored.findings.size(), late.verdict.findings.size()) << each.name << ": the same as from the database";
    corrections::delete_run(site, project, run, person);
    ++day;
  }
}

TEST_P(RunPartsTest, ACorrectionJudgesAllPartsTogether) {
  constexpr int parts = 9;
  quiet_days(parts);
  Id last = 0, run = 0;
  for (int each = 0; each < parts; ++each) {
    const auto accepted = part(days, each, 1.2 * quiet(days, each));
    last = accepted.run.id;
    run = accepted.run_id;
  }
  ASSERT_EQ(count("regression WHERE common_shift_run IS NOT NULL"), parts);
  for (const Id named : {run, last}) {
    for (const char* reason : {"a backup ran", ""}) {
      corrections::RunChange change;
      change.suspect = reason;
      ASSERT_TRUE(corrections::change_run({database(), policies()}, {1, "p"}, named, change, {"ann", ""}));
      const bool is_judged = change.suspect->empty();
      EXPECT_EQ(count("common_shift WHERE shifted = 9"), is_judged ? 1 : 0);
      EXPECT_EQ(count("regression WHERE state <= 2"), is_judged ? parts : 0);
    }
  }
}

TEST_P(RunPartsTest, OnlyTheTrendIsJudged) {
  quiet_days(1);
  for (const char* purpose : {"confirm", "bisect", "calibration"}) {
    for (int each = 0; each < 10; ++each) {
      const auto accepted = part(days + each, 0, 3 * quiet(each, 0), [&](Upload& sent) { sent.purpose = purpose; });
      EXPECT_EQ(accepted.verdict.judged, 0U);
      EXPECT_THAT(accepted.verdict.findings, IsEmpty());
    }
  }
  EXPECT_EQ(part(days + 10, 0, quiet(days, 0)).verdict.judged, 1U) << "the baseline is that of the trend";
  EXPECT_EQ(count("regression"), 0);
  EXPECT_EQ(count("series"), 4);
  database().read([&](db::Connection& connection) {
    EXPECT_THAT(store::list_runs(connection, 1, {}), SizeIs(days + 1));
    store::RunFilter all;
    all.purpose = std::nullopt;
    EXPECT_THAT(store::list_runs(connection, 1, all), SizeIs(days + 31));
    EXPECT_EQ(store::list_series(connection, 1, {}).total, 1);
    store::SeriesFilter bisect;
    bisect.purpose = Purpose::bisect;
    EXPECT_EQ(store::list_series(connection, 1, bisect).total, 1);
  });
}

}  // namespace
}  // namespace perftrend::intake
