#pragma once
// Uploads of nightly runs, and what corrections leave of them, on both engines.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/time/rfc3339.h"
#include "server/corrections/correction.h"
#include "server/intake/intake.h"
#include "server/points/points.h"
#include "server/store/audit.h"
#include "server/store/projects.h"
#include "server/store/regressions.h"
#include "server/store/series.h"
#include "tests/support/database_under_test.h"

namespace perftrend::tests {

constexpr std::int64_t one_day_us = 86'400'000'000;

class CorrectionsTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  using Properties = std::vector<std::pair<std::string, std::string>>;

  /// A case and its properties.
  struct Case {
    std::string name;
    Properties properties;
  };

  static intake::Upload nightly(int number, const std::vector<Case>& cases, const std::string& project = "p") {
    std::string xml = "<testsuite name='s'>";
    for (const auto& [name, properties] : cases) {
      xml += fmt::format("<testcase classname='k' name='{}'><properties>", name);
      for (const auto& [property, value] : properties)
        xml += fmt::format("<property name='{}' value='{}'/>", property, value);
      xml += "</properties><system-out>secret</system-out></testcase>";
    }
    intake::Upload sent;
    sent.project = project;
    sent.commit = fmt::format("c{}", number);
    sent.testbed = "t";
    sent.started_at = times::to_rfc3339(1'767'225'600'000'000 + number * one_day_us);
    sent.files = {{"", "application/xml", xml + "</testsuite>"}};
    return sent;
  }

  intake::Accepted store(intake::Upload upload) {
    auto accepted = intake::take_upload(*database_, policies_, options_, std::move(upload));
    if (!accepted) throw std::runtime_error(accepted.error().cause);
    return std::move(*accepted);
  }

  /// Nightly run `number` with one case of one value.
  intake::Accepted day(int number, double value, const std::string& project = "p") {
    return store(nightly(number, {{"c", {{"x_ms", fmt::format("{}", value)}}}}, project));
  }

  /// A quiet level with a little noise that repeats no value.
  static double quiet(int number, double level = 10) {
    return level * (1 + 0.005 * ((number * 7) % 11 - 5) / 5.0 + 0.0001 * number);
  }

  template <typename Read>
  auto read(const Read& function) {
    std::invoke_result_t<Read, db::Connection&> found{};
    database_->read([&](db::Connection& connection) { found = function(connection); });
    return found;
  }

  std::int64_t count(const std::string& from) {
    return read([&](db::Connection& connection) { return connection.require_integer("SELECT count(*) FROM " + from); });
  }

  std::vector<store::Series> series(const std::string& project = "p") {
    return read([&](db::Connection& connection) {
      const auto id = store::find_project_id(connection, project);
      return id ? store::list_series(connection, *id, {}).series : std::vector<store::Series>();
    });
  }

  std::vector<double> values(Id id) {
    return read([&](db::Connection& connection) { return points::read_trend(connection, id, 1000).value; });
  }

  std::vector<store::Regression> regressions() {
    store::RegressionFilter all;
    return read([&](db::Connection& connection) { return store::list_regressions(connection, project().id, all); });
  }

  std::vector<std::string> audit_actions(const std::string& subject, Id project_id) {
    return read([&](db::Connection& connection) {
      std::vector<std::string> actions;
      for (const auto& entry : store::list_audit(connection, project_id, {subject, 0, 0, 100}))
        actions.push_back(fmt::format("{} {}: {}", entry.actor, entry.action, entry.note));
      return actions;
    });
  }

  void expect_consistent() {
    EXPECT_THAT(read([](db::Connection& connection) { return points::check(connection); }), ::testing::IsEmpty());
  }

  corrections::ProjectRef project(const std::string& name = "p") {
    return {read([&](db::Connection& connection) { return store::find_project_id(connection, name).value_or(0); }),
            name};
  }
  corrections::Site site() { return {*database_, policies_}; }
  db::Database& database() { return *database_; }

  const corrections::Person alice = {"alice", ""};

 private:
  tests::DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<db::Database> database_ = under_test_.open();
  triage::Policies policies_;
  intake::Options options_;  // one cache for all uploads, as a server has
};

}  // namespace perftrend::tests
