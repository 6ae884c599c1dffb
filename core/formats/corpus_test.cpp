// Every file of the shared corpus of real reports: accepted or refused as its manifest says, with exactly its figures.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "core/junit/junit_reader.h"
#include "core/metrics/metrics.h"
#include "tests/support/paths.h"

namespace perftrend::formats {
namespace {

const std::filesystem::path corpus = std::filesystem::path(perftrend::tests::shared_dir()) / "junit-corpus";

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

nlohmann::json manifest() {
  const std::filesystem::path path = corpus / "manifest.json";
  if (!std::filesystem::exists(path)) return {};
  return nlohmann::json::parse(read_file(path));
}

void expect_figures(const Report& report, const nlohmann::json& expected) {
  const Counts& counts = report.counts;
  EXPECT_EQ(counts.cases, expected["cases"]);
  EXPECT_EQ(counts.passed, expected["passed"]);
  EXPECT_EQ(counts.failed, expected["failed"]);
  EXPECT_EQ(counts.errored, expected["errored"]);
  EXPECT_EQ(counts.skipped, expected["skipped"]);
  EXPECT_EQ(counts.notrun, expected["notrun"]);
  EXPECT_EQ(counts.properties, expected["properties"]);
  const double seconds = expected["time_seconds"];
  EXPECT_NEAR(counts.time_seconds, seconds, 1e-9 * std::max(1.0, seconds));
  int flaky = 0;
  int reruns = 0;
  std::int64_t timed = 0;
  for (const ReportCase& one : report.cases) {
    flaky += one.flaky;
    reruns += one.reruns;
    if (one.time_seconds) ++timed;
  }
  EXPECT_EQ(timed, expected["cases_with_time"]);
  EXPECT_EQ(flaky, expected["flaky"]);
  EXPECT_EQ(reruns, expected["rerun"]);
  EXPECT_EQ(report.cases.size(), expected["cases"].get<std::size_t>());
}

TEST(Corpus, EveryFileIsReadRightOrRefused) {
  const nlohmann::json all = manifest();
  if (all.empty()) GTEST_SKIP() << "the shared JUnit corpus is not next to this checkout";
  std::map<std::string, int> accepted;
  std::map<std::string, int> refused;
  for (const auto& file : all["files"]) {
    const std::string name = file["file"];
    const std::string verdict = file["verdict"];
    SCOPED_TRACE(name);
    const std::string bytes = read_file(corpus / name);
    ASSERT_EQ(bytes.size(), file["size"].get<std::size_t>());
    const auto report = junit::read_junit(bytes);
    ++(report ? accepted : refused)[verdict];
    if (verdict == "accept") {
      EXPECT_TRUE(report.has_value()) << report.error().line << ":" << report.error().column << " "
                                      << report.error().cause;
    }
    if (verdict == "reject") {
      EXPECT_FALSE(report.has_value());
    }
    if (report) {
      expect_figures(*report, file["expected"]);
    } else {
      EXPECT_FALSE(report.error().cause.empty());
      EXPECT_FALSE(report.error().over_limit);
    }
  }
  for (const auto& [verdict, count] : accepted)
    RecordProperty("accepted_of_" + verdict, count);
  for (const auto& [verdict, count] : refused)
    RecordProperty("refused_of_" + verdict, count);
  EXPECT_GT(accepted["accept"], 0);
}

TEST(Corpus, SuiteTimestampsAreUnderstood) {
  const nlohmann::json all = manifest();
  if (all.empty()) GTEST_SKIP() << "the shared JUnit corpus is not next to this checkout";
  int understood = 0;
  for (const auto& file : all["files"]) {
    const auto report = junit::read_junit(read_file(corpus / file["file"].get<std::string>()));
    if (!report) continue;
    if (report->started_us) ++understood;
    for (const std::string& warning : report->warnings) {
      // Clocks that were not set, a 38th month, and the one form that names two days; nothing else may be given up.
      if (warning.find("timestamps") == std::string::npos) continue;
      EXPECT_THAT(warning, testing::ContainsRegex("'([0-9][0-9]/[0-9][0-9]/|0001-|1970-|2018-38)")) << file["file"];
    }
  }
  EXPECT_GT(understood, 0);
}

}  // namespace
}  // namespace perftrend::formats
