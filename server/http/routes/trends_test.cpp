// A cached trend equals the trend that would be computed now.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/time/rfc3339.h"
#include "server/http/routes/routes.h"
#include "server/store/readings.h"
#include "server/triage/project_policies.h"
#include "tests/support/database_under_test.h"

namespace perftrend::http {
namespace {

class TrendsTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  void upload_run(int number, double value, const std::string& suspect = "") {
    intake::Upload sent;
    sent.project = "p";
    sent.started_at = times::to_rfc3339(1'767'225'600'000'000 + number * 86'400'000'000);
    sent.files = {{"", "application/xml",
                   fmt::format("<testsuite name='s'>{}<testcase name='c'><properties><property name='x_ms' value='{}'/>"
                               "</properties></testcase></testsuite>",
                               suspect, value)}};
    ASSERT_TRUE(intake::take_upload(*database_, policies_, context_.intake, std::move(sent)));
  }

  std::string ask(const Context& context, const std::string& points_max = "") {
    const auto routes = make_routes();
    auto match = find_route(routes, "GET", "/api/v1/projects/p/trends");
    Request request;
    request.path_parameters = match.path_parameters;
    request.query = {{"series", "1"}, {"last", "50"}};
    if (!points_max.empty()) request.query.insert({"points_max", points_max});
    return match.route->handler(context, request).body;
  }

  /// The answer of a server with a warm cache. It equals the answer of a server that has just started.
  nlohmann::json trend() {
    const auto cached = ask(context_);
    EXPECT_EQ(ask(context_), cached);
    EXPECT_EQ(ask(Context{*database_, policies_, {}, false, "test"}), cached);
    return nlohmann::json::parse(cached).at("trends").at(0);
  }

  /// The same, downsampled to this many points.
  nlohmann::json trend(const std::string& points_max) {
    return nlohmann::json::parse(ask(context_, points_max)).at("trends").at(0);
  }

  void write(const db::Database::Work& work) { database_->write(work); }

  triage::Policies policies_;

 private:
  tests::DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<db::Database> database_ = under_test_.open();
  Context context_{*database_, policies_, {}, false, "test"};
};

INSTANTIATE_TEST_SUITE_P(Engines, TrendsTest, tests::both_dialects(), tests::dialect_name);

TEST_P(TrendsTest, FollowUploadsPoliciesAndCorrections) {
  for (int number = 0; number < 20; ++number)
    upload_run(number, 100 + number % 3);
  EXPECT_EQ(trend().at("points").at("value").size(), 20U);
  upload_run(20, 130);
  EXPECT_EQ(trend().at("points").at("verdict").back(), "regressed");

  write([&](db::Connection& connection) {
    const auto put = triage::put_policy(connection, policies_, 1, "p",
                                        {"[[policy]]\nminimum_effect = 0.9\n", "alice", "", std::nullopt}, 1);
    ASSERT_TRUE(put) << put.error().cause;
  });
  EXPECT_EQ(trend().at("points").at("verdict").back(), "ok");

  MetricValue metric_value;
  metric_value.samples = {777};
  metric_value.value = metric_value.min = 777;
  write([&](db::Connection& connection) {
    const auto at_us = connection.require_integer("SELECT at_us FROM run WHERE id = 3");
    store::set_point(connection, 1, at_us, 3, metric_value);
  });
  EXPECT_EQ(trend().at("points").at("value").at(2), 777);

  upload_run(-1, 55);  // a late one
  EXPECT_EQ(trend().at("points").at("value").front(), 55);
}

TEST_P(TrendsTest, ASuspectPointHasABandOnlyWhereOneCouldBeDrawn) {
  const std::string suspect = "<properties><property name='perftrend.suspect' value='busy'/></properties>";
  for (int number = 0; number < 4; ++number)
    upload_run(number, 100);
  upload_run(4, 100, suspect);
  for (int number = 5; number < 10; ++number)
    upload_run(number, 100);
  upload_run(10, 100, suspect);
  const auto points = trend().at("points");
  EXPECT_EQ(points.at("verdict").at(4), "suspect");
  EXPECT_TRUE(points.at("baseline").at(4).is_null()) << "of four points";
  EXPECT_EQ(points.at("verdict").at(10), "suspect");
  EXPECT_EQ(points.at("baseline").at(10), 100) << "of nine";
  EXPECT_TRUE(points.at("high").at(10).is_number());
  EXPECT_EQ(trend().at("minimum_points"), 8);
  EXPECT_EQ(points.at("window_points"), nlohmann::json::parse("[0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9]"));
}

TEST_P(TrendsTest, ADownsampledOneHoldsPointsOfTheWholeOneAndSaysHowManyThereAre) {
  for (int number = 0; number < 60; ++number)
    upload_run(number, (number < 40 ? 100 : 140) + number % 5);
  const auto whole = trend();
  EXPECT_TRUE(whole.at("downsampled").is_null());
  const auto few = trend("10");
  EXPECT_EQ(few.at("downsampled").at("points"), 50);
  const auto& index = few.at("downsampled").at("index");
  ASSERT_LT(index.size(), 40U);
  for (const auto& [name, column] : few.at("points").items()) {
    ASSERT_EQ(column.size(), index.size()) << name;
    for (std::size_t i = 0; i < index.size(); ++i)
      EXPECT_EQ(column.at(i), whole.at("points").at(name).at(index.at(i).get<std::size_t>())) << name;
  }
  const auto place = [&](const nlohmann::json& at) { return index.at(at.get<std::size_t>()); };
  ASSERT_EQ(whole.at("change_points").size(), 1U);
  EXPECT_EQ(place(few.at("change_points").at(0)), whole.at("change_points").at(0));
  ASSERT_FALSE(whole.at("episodes").empty());
  ASSERT_EQ(few.at("episodes").size(), whole.at("episodes").size());
  for (std::size_t i = 0; i < few.at("episodes").size(); ++i) {
    EXPECT_EQ(place(few.at("episodes").at(i).at("first")), whole.at("episodes").at(i).at("first"));
    EXPECT_EQ(place(few.at("episodes").at(i).at("last")), whole.at("episodes").at(i).at("last"));
  }
  EXPECT_EQ(few.at("last"), whole.at("last"));
  EXPECT_EQ(trend("50"), whole) << "a plot that can show them all";
  EXPECT_EQ(trend(), whole) << "what is cached of one is not taken for the other";
}

}  // namespace
}  // namespace perftrend::http
