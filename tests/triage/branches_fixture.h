#pragma once
// A project with a main branch and others, for tests on both engines.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/time/rfc3339.h"
#include "server/intake/intake.h"
#include "tests/support/database_under_test.h"

namespace perftrend::tests {

constexpr std::int64_t day_us = 86'400'000'000;
constexpr std::int64_t first_day_us = 1'767'225'600'000'000;  // 2026-01-01

struct BranchUpload {
  int day = 0;
  double value = 100;
  std::string branch = "main";
  std::string commit{};  ///< empty: "c" and the day
  std::string base_branch{}, base_commit{};
  std::string metric = "latency";
  std::string unit = "ms";
  std::string body{};  ///< the report; empty: it has the metric
  std::string purpose{};
};

class BranchesFixture : public ::testing::TestWithParam<db::Dialect> {
 protected:
  /// One case with one metric.
  intake::Accepted upload(const BranchUpload& upload) {
    intake::Upload sent;
    sent.project = "p";
    sent.branch = upload.branch;
    sent.commit = upload.commit.empty() ? fmt::format("c{}", upload.day) : upload.commit;
    sent.base_branch = upload.base_branch;
    sent.base_commit = upload.base_commit;
    sent.started_at = times::to_rfc3339(first_day_us + upload.day * day_us);
    sent.purpose = upload.purpose;
    if (!upload.body.empty()) {
      sent.files = {{"", "application/xml", upload.body}};
      return take(std::move(sent));
    }
    sent.files = {
        {"", "application/xml",
         fmt::format("<testsuite name='s'><testcase classname='k' name='a'><properties><property name='{0}' "
                     "value='{1}'/><property name='{0}.unit' value='{2}'/></properties></testcase></testsuite>",
                     upload.metric, upload.value, upload.unit)}};
    return take(std::move(sent));
  }

  /// 100 with a little noise that repeats no value.
  static double quiet(int day) { return 100.0 + 0.2 * ((day * 7) % 11 - 5) / 5.0 + 0.003 * day; }

  void quiet_days(int from, int to, const std::string& branch = "main", double factor = 1) {
    for (int day = from; day < to; ++day)
      upload({.day = day, .value = factor * quiet(day), .branch = branch});
  }

  std::int64_t count(const std::string& sql) {
    std::int64_t found = 0;
    database_->read(
        [&](db::Connection& connection) { found = connection.require_integer("SELECT count(*) FROM " + sql); });
    return found;
  }

  db::Database& database() { return *database_; }
  triage::Policies& policies() { return policies_; }
  /// As after a restart.
  void forget_cache() { options_.cache = std::make_shared<points::Cache>(); }

 private:
  intake::Accepted take(intake::Upload sent) {
    auto accepted = intake::take_upload(*database_, policies_, options_, std::move(sent));
    if (!accepted) throw std::runtime_error(accepted.error().cause);
    return std::move(*accepted);
  }

  DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<db::Database> database_ = under_test_.open();
  triage::Policies policies_;
  intake::Options options_;
};

}  // namespace perftrend::tests
