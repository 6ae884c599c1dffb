// What users' reports state beyond measured values, through the whole intake: builds, settings, zeros, changing names.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/time/rfc3339.h"
#include "server/intake/intake.h"
#include "tests/support/database_under_test.h"

namespace perftrend::intake {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReportFactsTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  static std::string property(const std::string& name, const std::string& value) {
    return fmt::format("<property name=\"{}\" value=\"{}\"/>", name, value);
  }

  /// A run of one case; number 0 is of 2026-01-01.
  Accepted measure(int number, const std::string& case_name, const std::string& properties,
                   const std::string& suite_properties = "") {
    constexpr std::int64_t day_us = 86'400'000'000;
    Upload sent;
    sent.project = "p";
    sent.commit = fmt::format("c{}", number);
    sent.started_at = times::to_rfc3339(1'767'225'600'000'000 + number * day_us);
    sent.files = {{"", "application/xml",
                   fmt::format("<testsuite name=\"s\"><properties>{}</properties><testcase classname=\"c\" name=\"{}\">"
                               "<properties>{}</properties></testcase></testsuite>",
                               suite_properties, case_name, properties)}};
    const auto accepted = take_upload(*database_, policies_, options_, std::move(sent));
    if (!accepted) throw std::runtime_error(accepted.error().cause);
    return *accepted;
  }

  std::int64_t count(const std::string& rows) {
    std::int64_t found = 0;
    database_->read(
        [&](db::Connection& connection) { found = connection.require_integer("SELECT count(*) FROM " + rows); });
    return found;
  }

  Options options_;
  triage::Policies policies_;

 private:
  tests::DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<db::Database> database_ = under_test_.open();
};

INSTANTIATE_TEST_SUITE_P(Engines, ReportFactsTest, tests::both_dialects(), tests::dialect_name);

constexpr int runs_needed = 12;

TEST_P(ReportFactsTest, ANewBuildOfTheEngineEachTimeIsJudged) {
  for (int i = 0; i < runs_needed; ++i) {
    const std::string facts = property("environment.cpu_model", "EPYC") +
                              property("environment.engine", "llama-server") +
                              property("environment.engine_build", fmt::format("b{}", 10000 + i));
    const Accepted accepted = measure(i, "n", property("prefill_ms", fmt::format("{}", 100 + 0.1 * (i % 3))), facts);
    EXPECT_EQ(accepted.verdict.judged, i < 8 ? 0U : 1U) << i;
  }
  EXPECT_EQ(count("environment"), 1);
}

TEST_P(ReportFactsTest, OtherSettingsAreNotSeries) {
  for (int i = 0; i < 2; ++i) {
    measure(i, "n",
            property("latency_ms", "5") + property("batch_size", i == 0 ? "32" : "64") +
                property("threads", i == 0 ? "8" : "16") + property("timeout", "30") + property("model", "7B"));
  }
  EXPECT_EQ(count("series WHERE metric <> 'latency_ms'"), 0);
}

TEST_P(ReportFactsTest, NamesThatChangeEachTimeAreOneSeries) {
  for (int i = 0; i < runs_needed; ++i)
    measure(i, fmt::format("test_q[&lt;Engine at 0x7f3a{:02x}1c10&gt;]", 16 + i), property("latency_ms", "5"));
  for (int i = 0; i < runs_needed; ++i)
    measure(runs_needed + i, fmt::format("/tmp/pytest-of-ci/pytest-{}/bench", i), property("latency_ms", "5"));
  EXPECT_EQ(count("series"), 2);
  EXPECT_EQ(count("test_case"), 2);
}

TEST_P(ReportFactsTest, AProjectStatesWhichPartsOfNamesChange) {
  options_.rules =
      ProjectRules::parse("[[metrics]]\nproject = \"p\"\nnames = {\"worker {word}\" = \"worker\"}\n", "test").value();
  for (const auto* name : {"load by worker alpha", "load by worker beta"})
    measure(1, name, property("lat_ms", "5"));
  EXPECT_EQ(count("series"), 1);
}

TEST_P(ReportFactsTest, APolicyStatesADirectionInPlaceOfTheReport) {
  EXPECT_THAT(measure(1, "n", property("score", "5")).run.warnings, Contains(HasSubstr("direction not known: score")));
  policies_ = triage::Policies::parse("[[policy]]\nmetric = \"sc*\"\nbetter = \"higher\"\n", "test").value();
  EXPECT_THAT(measure(2, "n", property("score", "5")).run.warnings, IsEmpty());
}

TEST_P(ReportFactsTest, ATimeOfZeroIsSaidAndGivesNoPoint) {
  const Accepted accepted = measure(0, "n", property("ttft_ms", "0.0") + property("errors", "0"));
  EXPECT_EQ(accepted.run.points, 1);
  EXPECT_THAT(accepted.run.warnings, Each(HasSubstr("ttft_ms is a time of exactly 0")));
}

TEST_P(ReportFactsTest, ValuesAsToolsWriteThemArePoints) {
  const Accepted accepted = measure(
      0, "n",
      property("gen", "100 t/s") + property("gemm", "812.5 GFLOPS") + property("disk", "512 MB/sec") +
          property("step", "12 iter/sec") + property("per_tok", "2.02 ms/token") + property("allocs", "7 allocs/op") +
          property("iter", "5,933 ns/iter") + property("big", "1,234.5 ms") + property("hours", "1.5 h"));
  EXPECT_EQ(accepted.run.points, 9);
  EXPECT_THAT(accepted.run.warnings, IsEmpty());
}

}  // namespace
}  // namespace perftrend::intake
