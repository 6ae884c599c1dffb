#include "server/intake/intake.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "core/time/rfc3339.h"
#include "server/clock.h"
#include "server/store/audit.h"
#include "server/store/projects.h"
#include "server/store/regressions.h"
#include "server/store/series.h"
#include "tests/support/database_under_test.h"

namespace perftrend::intake {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t day_us = 86'400'000'000;

/// Uploads, and what is in the database after them.
class IntakeTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  static std::string report(double prefill_ms, const std::string& suite_properties = "") {
    return fmt::format(
        "<testsuites><testsuite name=\"s\" timestamp=\"2026-01-01T00:00:00Z\"><properties>{}</properties>"
        "<testcase classname=\"c\" name=\"prefill\"><properties><property name=\"prefill_ms\" value=\"{}\"/>"
        "</properties></testcase></testsuite></testsuites>",
        suite_properties, prefill_ms);
  }

  tl::expected<Accepted, Refusal> upload(const std::string& body, const std::function<void(Upload&)>& change = {}) {
    Upload sent;
    sent.project = "p";
    sent.files = {{"", "application/xml", body}};
    if (change) change(sent);
    return take_upload(*database_, policies_, {}, std::move(sent));
  }

  /// A nightly run: day 0 is 2026-01-01.
  Accepted day(int number, double prefill_ms, const std::string& suite_properties = "") {
    const std::string body = report(prefill_ms, suite_properties);
    const auto accepted = upload(body, [&](Upload& sent) {
      sent.commit = fmt::format("c{}", number);
      sent.started_at = times::to_rfc3339(1'767'225'600'000'000 + number * day_us);
    });
    if (!accepted) throw std::runtime_error(accepted.error().cause);
    return *accepted;
  }

  template <typename Read>
  auto read(const Read& function) {
    std::invoke_result_t<Read, db::Connection&> found{};
    database_->read([&](db::Connection& connection) { found = function(connection); });
    return found;
  }

  std::int64_t count(const std::string& table) {
    return read(
        [&](db::Connection& connection) { return connection.require_integer("SELECT count(*) FROM " + table); });
  }

  std::vector<store::Regression> regressions() {
    store::RegressionFilter all;
    return read([&](db::Connection& connection) { return store::list_regressions(connection, 1, all); });
  }

  db::Database& database() { return *database_; }
  void set_policies(const std::string& toml) { policies_ = triage::Policies::parse(toml, "test").value(); }

 private:
  tests::DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<db::Database> database_ = under_test_.open();
  triage::Policies policies_;
};

INSTANTIATE_TEST_SUITE_P(Engines, IntakeTest, tests::both_dialects(), tests::dialect_name);

// A quiet series: 10 ms with a little noise that repeats no value.
double quiet(int number) {
  return 10.0 + 0.05 * ((number * 7) % 11 - 5) / 5.0 + 0.001 * number;
}

TEST_P(IntakeTest, TheSameUploadAgainIsTheSameRun) {
  const auto body = report(10);
  const auto first = upload(body);
  const auto again = upload(body);
  ASSERT_TRUE(first && again);
  EXPECT_FALSE(first->already_there);
  EXPECT_TRUE(again->already_there);
  EXPECT_EQ(first->run.id, again->run.id);
  EXPECT_EQ(count("run"), 1);
  EXPECT_EQ(count("run_points"), 1);
  EXPECT_EQ(count("document"), 1);
}

TEST_P(IntakeTest, OtherCoordinatesAreAnotherRun) {
  const auto body = report(10);
  const std::vector<std::function<void(Upload&)>> changes = {
      [](Upload& sent) { sent.branch = "b"; },
      [](Upload& sent) { sent.commit = "c"; },
      [](Upload& sent) { sent.testbed = "t"; },
      [](Upload& sent) { sent.started_at = "2026-02-02T00:00:00Z"; },
      [](Upload& sent) { sent.commit_time = "2026-02-02T00:00:00Z"; },
      [](Upload& sent) { sent.project = "other"; },
  };
  ASSERT_TRUE(upload(body));
  for (const auto& change : changes)
    EXPECT_FALSE(upload(body, change)->already_there);
  EXPECT_EQ(count("run"), static_cast<std::int64_t>(changes.size()) + 1);
}

TEST_P(IntakeTest, TheSourceOfCoordinatesDoesNotMatter) {
  const auto body = report(10,
                           "<property name='perftrend.branch' value='b'/>"
                           "<property name='perftrend.started_at' value='2026-02-02T00:00:00Z'/>");
  const auto first = upload(body);
  const auto again = upload(body, [](Upload& sent) {
    sent.branch = "b";
    sent.testbed = "default";
    sent.started_at = "2026-02-02T01:00:00+01:00";
  });
  ASSERT_TRUE(first && again);
  EXPECT_EQ(first->run.id, again->run.id);
  // No time is stated: the current time is not part of an upload's identity.
  const std::string timeless = "<testsuite name='s'><testcase name='a'/></testsuite>";
  EXPECT_EQ(upload(timeless)->run.id, upload(timeless)->run.id);
  EXPECT_EQ(count("run"), 2);
}

TEST_P(IntakeTest, OtherFormatsComeInAtTheSameDoor) {
  const auto json = upload(R"({"results":[{"command":"a","times":[0.5,0.25]}]})");
  ASSERT_TRUE(json.has_value()) << json.error().cause;
  EXPECT_EQ(json->run.counts.cases, 1);
  EXPECT_EQ(json->run.points, 1);
  const std::string test_xml =
      "<Site><Testing><Test Status='passed'><Name>a</Name><Results><NamedMeasurement type='numeric/double' "
      "name='Execution Time'><Value>1</Value></NamedMeasurement></Results></Test></Testing></Site>";
  const auto unasked = upload(test_xml);
  ASSERT_FALSE(unasked.has_value());
  EXPECT_THAT(unasked.error().cause, testing::HasSubstr("format=ctest"));
  const auto asked = upload(test_xml, [](Upload& sent) { sent.format = "ctest"; });
  ASSERT_TRUE(asked.has_value()) << asked.error().cause;
  EXPECT_EQ(asked->run.counts.passed, 1);
  const auto typed = upload(test_xml, [](Upload& sent) { sent.files[0].content_type = "application/vnd.ctest+xml"; });
  ASSERT_TRUE(typed.has_value()) << typed.error().cause;
  EXPECT_TRUE(typed->already_there);
  const auto unknown = upload(test_xml, [](Upload& sent) { sent.format = "nunit"; });
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().kind, Refusal::Kind::bad_parameter);
}

TEST_P(IntakeTest, AnIdempotencyKeyHoldsOneUpload) {
  const auto with_key = [](Upload& sent) { sent.idempotency_key = "k"; };
  const auto body = report(10);
  const auto other = report(11);
  const auto first = upload(body, with_key);
  EXPECT_EQ(upload(body, with_key)->run.id, first->run.id);
  EXPECT_EQ(upload(body)->run.id, first->run.id);  // the same bytes, delivered another way
  const auto conflict = upload(other, with_key);
  ASSERT_FALSE(conflict);
  EXPECT_EQ(conflict.error().kind, Refusal::Kind::conflict);
  EXPECT_EQ(count("run"), 1);
}

TEST_P(IntakeTest, RefusedUploadsStoreNothing) {
  struct Case {
    std::string body;
    std::function<void(Upload&)> change;
    Refusal::Kind kind;
  };
  const std::vector<Case> cases = {
      {"<testsuites><testcase name='a'></testsuites>", {}, Refusal::Kind::malformed},
      {"", {}, Refusal::Kind::malformed},
      {report(1), [](Upload& sent) { sent.project = "a/b"; }, Refusal::Kind::bad_parameter},
      {report(1), [](Upload& sent) { sent.project = ""; }, Refusal::Kind::bad_parameter},
      {report(1), [](Upload& sent) { sent.project = std::string(101, 'a'); }, Refusal::Kind::bad_parameter},
      {report(1), [](Upload& sent) { sent.started_at = "yesterday"; }, Refusal::Kind::bad_parameter},
      {report(1), [](Upload& sent) { sent.commit_time = "99999-01-01T00:00:00Z"; }, Refusal::Kind::bad_parameter},
      {report(1), [](Upload& sent) { sent.branch = std::string(501, 'b'); }, Refusal::Kind::bad_parameter},
      {report(1), [](Upload& sent) { sent.branch = "a\nb"; }, Refusal::Kind::bad_parameter},
      {report(1), [](Upload& sent) { sent.commit = "\xff\xfe"; }, Refusal::Kind::bad_parameter},
      {report(1), [](Upload& sent) { sent.ci_url = "javascript:alert(1)"; }, Refusal::Kind::bad_parameter},
  };
  for (const auto& refused : cases) {
    const auto accepted = upload(refused.body, refused.change);
    ASSERT_FALSE(accepted) << refused.body;
    EXPECT_EQ(accepted.error().kind, refused.kind) << accepted.error().cause;
    EXPECT_FALSE(accepted.error().cause.empty());
  }
  for (const auto* table : {"project", "run", "document", "test_case", "series", "run_points", "environment"}) {
    EXPECT_EQ(count(table), 0) << table;
  }
}

TEST_P(IntakeTest, TheUploadsWordsWinOverTheReports) {
  const auto body = report(10,
                           "<property name='perftrend.branch' value='from-report'/>"
                           "<property name='perftrend.testbed' value='machine-1'/>"
                           "<property name='environment.cpu_model' value='X'/>");
  const auto accepted = upload(body, [](Upload& sent) { sent.branch = "from-query"; });
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->run.branch, "from-query");
  EXPECT_EQ(accepted->run.testbed, "machine-1");
  EXPECT_EQ(times::to_rfc3339(accepted->run.started_us), "2026-01-01T00:00:00Z");
  EXPECT_EQ(accepted->run.environment_json, "{\"cpu_model\":\"X\"}");
  const auto plain = report(10);
  const auto defaults = upload(plain);
  EXPECT_EQ(defaults->run.branch, "main");
  EXPECT_EQ(defaults->run.testbed, "default");
}

TEST_P(IntakeTest, TheDocumentComesBackByteForByte) {
  const auto body = report(10) + "\n<!-- é -->\r\n";
  const auto accepted = upload(body);
  ASSERT_TRUE(accepted);
  const auto document = read([&](db::Connection& connection) { return store::find_document(connection, 1, 0); });
  EXPECT_EQ(unpack(*document), body);
}

TEST_P(IntakeTest, SeveralFilesAreOneRunAndARepeatedCaseIsSamples) {
  const auto accepted = upload(report(10), [](Upload& sent) {
    sent.files[0].name = "a.xml";
    sent.files.push_back({"b.xml", "", report(11)});
    sent.files.push_back({"c.xml", "", "<testsuite name='t'><testcase name='z'><skipped/></testcase></testsuite>"});
  });
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->run.counts.cases, 3);
  EXPECT_EQ(accepted->run.counts.skipped, 1);
  EXPECT_EQ(accepted->run.points, 1);
  const auto points = read([](db::Connection& connection) { return store::list_run_points(connection, 1); });
  EXPECT_THAT(points.at(0).samples, ElementsAre(10, 11));
  EXPECT_EQ(count("document"), 3);
}

TEST_P(IntakeTest, OneFileThatIsRefusedRefusesAll) {
  const auto refused = upload(report(10), [](Upload& sent) { sent.files.push_back({"b.xml", "", "<oops>"}); });
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().cause, HasSubstr("b.xml: "));
  EXPECT_EQ(count("run"), 0);
  const auto none = upload(report(10), [](Upload& sent) { sent.files.clear(); });
  EXPECT_FALSE(none);
}

TEST_P(IntakeTest, AChangedUnitIsAWarningAndNoPoint) {
  const auto body = [](const std::string& unit) {
    return "<testsuite name='s'><testcase name='a'><properties><property name='latency' value='5'/>"
           "<property name='latency.unit' value='" +
           unit + "'/></properties></testcase></testsuite>";
  };
  const auto first_body = body("ms");
  const auto second_body = body("bytes");
  const auto first = upload(first_body);
  const auto second = upload(second_body);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->run.points, 1);
  EXPECT_EQ(second->run.points, 0);
  ASSERT_THAT(second->run.warnings, SizeIs(1));
  EXPECT_THAT(second->run.warnings[0], HasSubstr("'bytes' here but in 'ms' so far"));
}

TEST_P(IntakeTest, ASlowDayIsFoundAndSuspected) {
  for (int number = 0; number < 12; ++number)
    EXPECT_THAT(day(number, quiet(number)).verdict.reported(), IsEmpty());
  const auto slow = day(12, 14);
  ASSERT_THAT(slow.verdict.reported(), SizeIs(1));
  EXPECT_EQ(slow.verdict.reported()[0].verdict, Verdict::regressed);
  EXPECT_NEAR(slow.verdict.reported()[0].effect, 0.4, 0.02);
  EXPECT_THAT(slow.verdict.reported()[0].explanation, HasSubstr("14"));
  ASSERT_THAT(regressions(), SizeIs(1));
  const auto found = regressions()[0];
  EXPECT_EQ(found.record.state, FindingState::suspected);
  EXPECT_EQ(found.first_commit, "c12");
  EXPECT_EQ(found.last_good_commit, "c11");
  EXPECT_TRUE(found.record.worse);
}

TEST_P(IntakeTest, ALoneSpikeIsWithdrawnAndAStepIsConfirmedThenFixed) {
  int number = 0;
  for (; number < 12; ++number)
    day(number, quiet(number));
  day(number++, 14);
  for (int i = 0; i < 4; ++i, ++number)
    day(number, quiet(number));
  ASSERT_THAT(regressions(), SizeIs(1));
  EXPECT_EQ(regressions()[0].record.state, FindingState::closed);

  const int step = number;
  for (int i = 0; i < 10; ++i, ++number)
    day(number, 1.4 * quiet(number));
  auto found = regressions();
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].record.state, FindingState::confirmed);
  EXPECT_EQ(found[0].first_commit, fmt::format("c{}", step));

  for (int i = 0; i < 10; ++i, ++number)
    day(number, quiet(number));
  found = regressions();
  const auto regression = std::find_if(found.begin(), found.end(), [&](const auto& each) {
    return each.first_commit == fmt::format("c{}", step) && each.record.worse;
  });
  ASSERT_NE(regression, found.end());
  EXPECT_EQ(regression->record.state, FindingState::fixed);
  // Every step of its life is in the audit trail.
  const auto steps = read([&](db::Connection& connection) {
    std::vector<std::string> states;
    for (const auto& entry : store::list_audit(connection, 1, {"regression", regression->record.id, 0, 100}))
      states.insert(states.begin(), entry.to_state);
    return states;
  });
  EXPECT_THAT(steps, ElementsAre("suspected", "confirmed", "fixed"));
}

TEST_P(IntakeTest, ASuspectDayIsNeitherFoundNorPartOfABaseline) {
  int number = 0;
  for (; number < 12; ++number)
    day(number, quiet(number));
  for (int i = 0; i < 5; ++i, ++number) {
    const auto loud = day(number, 30, "<property name='perftrend.suspect' value='load 5.1 above 1.5 x 2 cores'/>");
    EXPECT_EQ(loud.run.suspect, "load 5.1 above 1.5 x 2 cores");
    EXPECT_THAT(loud.verdict.reported(), IsEmpty());
  }
  EXPECT_THAT(regressions(), IsEmpty());
  EXPECT_THAT(day(number, 14).verdict.reported(), SizeIs(1));
}

TEST_P(IntakeTest, APolicyOfTheProjectDecidesWhatMatters) {
  set_policies("[[policy]]\nproject = \"p\"\nmetric = \"prefill_*\"\nminimum_effect = 0.5\n");
  int number = 0;
  for (; number < 12; ++number)
    day(number, quiet(number));
  EXPECT_THAT(day(number, 14).verdict.reported(), IsEmpty());
  EXPECT_THAT(day(number + 1, 16).verdict.reported(), SizeIs(1));
}

TEST_P(IntakeTest, ABackfilledRunIsPlacedByItsCommitAndLaterRunsAreJudgedAgain) {
  // 14 ms from day 12 on looks like a step until the missing days come in: it was 14 ms ever since day 4.
  for (int number = 0; number < 12; ++number)
    day(number * 10, quiet(number));
  ASSERT_THAT(day(120, 14).verdict.reported(), SizeIs(1));
  ASSERT_THAT(regressions(), SizeIs(1));
  const auto body = report(13.9);
  const auto late = upload(body, [](Upload& sent) {
    sent.commit = "late";
    sent.started_at = "2027-01-01T00:00:00Z";
    sent.commit_time = times::to_rfc3339(1'767'225'600'000'000 + 115 * day_us);
  });
  ASSERT_TRUE(late);
  const auto trend = read([](db::Connection& connection) { return points::read_trend(connection, 1, 100); });
  ASSERT_THAT(trend.commit, SizeIs(14));
  EXPECT_EQ(trend.commit[12], "late");
  // The episode now begins at the backfilled run, and so does its record: it is the same one.
  const auto found = regressions();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].first_commit, "late");
  EXPECT_NE(found[0].record.state, FindingState::closed);
  EXPECT_EQ(count("audit"), 1);
}

// The clock of one laptop is two months ahead: it must not end what is open elsewhere.
TEST_P(IntakeTest, ARunAheadOfTheClockClosesNothing) {
  const std::int64_t first_us = now_us() - 20 * day_us;
  const auto recent_day = [&](int number, double prefill_ms) {
    const auto accepted = upload(report(prefill_ms), [&](Upload& sent) {
      sent.commit = fmt::format("c{}", number);
      sent.started_at = times::to_rfc3339(first_us + number * day_us);
    });
    ASSERT_TRUE(accepted);
  };
  int number = 0;
  for (; number < 12; ++number)
    recent_day(number, quiet(number));
  for (int i = 0; i < 4; ++i, ++number)
    recent_day(number, 14 + 0.01 * i);
  ASSERT_THAT(regressions(), SizeIs(1));
  const auto state = regressions()[0].record.state;
  const auto ahead = upload(report(1), [](Upload& sent) {
    sent.branch = "someone/else";
    sent.testbed = "laptop";
    sent.started_at = "2190-01-01T00:00:00Z";
  });
  ASSERT_TRUE(ahead);
  EXPECT_THAT(ahead->run.warnings, ::testing::Contains(HasSubstr("ahead of the server's clock")));
  EXPECT_LE(ahead->run.started_us, ahead->run.received_us);
  const auto again = upload(report(1), [](Upload& sent) {
    sent.branch = "someone/else";
    sent.testbed = "laptop";
    sent.started_at = "2190-01-01T00:00:00Z";
  });
  EXPECT_TRUE(again->already_there) << "the identity has the stated time";
  EXPECT_EQ(regressions()[0].record.state, state);
  recent_day(number, 14.05);
  EXPECT_EQ(regressions()[0].record.state, state);
}

TEST_P(IntakeTest, APullRequestOfAForkIsNotTheBranchItsAuthorNamed) {
  int number = 0;
  for (; number < 12; ++number)
    day(number, quiet(number));
  const auto pull_request = day(number, 15,
                                "<property name='GITHUB_EVENT_NAME' value='pull_request'/>"
                                "<property name='GITHUB_HEAD_REF' value='main'/>"
                                "<property name='GITHUB_BASE_REF' value='main'/>"
                                "<property name='GITHUB_REF' value='refs/pull/12/merge'/>"
                                "<property name='GITHUB_REF_NAME' value='12/merge'/>");
  EXPECT_EQ(pull_request.run.branch, "pull/12");
  EXPECT_EQ(pull_request.run.base_branch, "main");
  EXPECT_THAT(regressions(), IsEmpty());
}

TEST_P(IntakeTest, AnotherConfigurationIsAnotherSeriesAndIsSaid) {
  const auto with = [&](int number, const char* threads) {
    return day(number, 10, fmt::format("<property name='configuration.threads' value='{}'/>", threads));
  };
  with(0, "8");
  EXPECT_THAT(with(1, "8").run.warnings, IsEmpty());
  EXPECT_THAT(with(2, "16").run.warnings,
              ElementsAre(HasSubstr("configuration changed: threads 8 → 16; 1 series begin again there")));
  EXPECT_THAT(with(3, "16").run.warnings, IsEmpty());
  EXPECT_EQ(count("series"), 2);
}

TEST_P(IntakeTest, TheConfigurationOfACaseIsAPartOfItsSeries) {
  const auto with = [&](int number, int batch) {
    const auto accepted = upload(
        fmt::format("<testsuite name='s'><testcase classname='c' name='a'><properties>"
                    "<property name='latency_ms' value='5'/><property name='batch_size' value='{}'/></properties>"
                    "</testcase><testcase classname='c' name='b'><properties>"
                    "<property name='latency_ms' value='6'/></properties></testcase></testsuite>",
                    batch),
        [&](Upload& sent) {
          sent.commit = fmt::format("c{}", number);
          sent.started_at = times::to_rfc3339(1'767'225'600'000'000 + number * day_us);
        });
    if (!accepted) throw std::runtime_error(accepted.error().cause);
    return *accepted;
  };
  with(0, 32);
  EXPECT_THAT(with(1, 32).run.warnings, IsEmpty());
  EXPECT_EQ(count("series"), 2);
  EXPECT_THAT(with(2, 64).run.warnings, ElementsAre(HasSubstr("32 → 64; 1 series begin again")));
  EXPECT_EQ(count("series"), 3);
}

}  // namespace
}  // namespace perftrend::intake
