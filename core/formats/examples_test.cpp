// Goldens of schema/examples: good/X.xml with X.expected.json (what is read of it), bad/X.xml with X.expected.txt
// ("line:column cause"). PERFTREND_WRITE_GOLDENS=1 writes them again; review them before committing.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "core/formats/report_reader.h"
#include "core/junit/junit_reader.h"
#include "core/metrics/metrics.h"
#include "tests/support/paths.h"

namespace perftrend::formats {
namespace {

const std::filesystem::path examples = std::filesystem::path(perftrend::tests::source_dir()) / "schema" / "examples";

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<std::filesystem::path> documents(const char* folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(examples / folder)) {
    if (entry.path().extension() == ".xml") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

nlohmann::ordered_json to_json(const Coordinates& from) {
  nlohmann::ordered_json to = nlohmann::ordered_json::object();
  const auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) to[name] = value;
  };
  put("branch", from.branch);
  put("commit", from.commit);
  put("testbed", from.testbed);
  put("ci_url", from.ci_url);
  put("suspect", from.suspect);
  if (from.commit_us) to["commit_us"] = *from.commit_us;
  if (from.started_us) to["started_us"] = *from.started_us;
  for (const auto& [name, facts] :
       {std::pair("environment", &from.environment), std::pair("configuration", &from.configuration),
        std::pair("subject", &from.subject)}) {
    for (const Property& fact : *facts)
      to[name][fact.name] = fact.value;
  }
  return to;
}

std::string seen_of(Report report) {
  metrics::stabilise_names(report);
  const metrics::ExtractedMetrics extracted = metrics::extract_metrics(report);
  const Counts& c = report.counts;
  nlohmann::ordered_json seen;
  seen["counts"] = {
      {"cases", c.cases},     {"passed", c.passed}, {"failed", c.failed},         {"errored", c.errored},
      {"skipped", c.skipped}, {"notrun", c.notrun}, {"properties", c.properties}, {"time_seconds", c.time_seconds}};
  seen["coordinates"] = to_json(extracted.coordinates);
  seen["measures"] = nlohmann::ordered_json::array();
  for (const MetricValue& m : extracted.metrics) {
    seen["measures"].push_back({{"suite", m.key.suite},
                                {"classname", m.key.classname},
                                {"case", m.key.name},
                                {"metric", m.metric},
                                {"unit", m.unit},
                                {"better", m.better == Better::higher ? "higher" : "lower"},
                                {"value", m.value},
                                {"min", m.min},
                                {"mad", m.mad},
                                {"samples", m.samples}});
  }
  seen["warnings"] = extracted.warnings;
  return seen.dump(1) + "\n";
}

/// Compares with the golden, or writes it.
void expect_golden(const std::filesystem::path& golden, const std::string& seen) {
  if (std::getenv("PERFTREND_WRITE_GOLDENS") != nullptr) {  // NOLINT(concurrency-mt-unsafe): before any thread
    std::ofstream(golden, std::ios::binary) << seen;
    return;
  }
  EXPECT_EQ(seen, read_file(golden)) << golden;
}

TEST(Examples, GoodOnesAreReadAsTheirGoldensSay) {
  const auto all = documents("good");
  EXPECT_GE(all.size(), 9U);
  for (auto path : all) {
    SCOPED_TRACE(path.filename().string());
    const auto report = junit::read_junit(read_file(path));
    ASSERT_TRUE(report.has_value()) << report.error().cause;
    expect_golden(path.replace_extension("expected.json"), seen_of(*report));
  }
}

/// good/formats: formats other than JUnit, and what is read of them.
TEST(Examples, OtherFormatsAreReadAsTheirGoldensSay) {
  int documents = 0;
  for (const auto& entry : std::filesystem::directory_iterator(examples / "good" / "formats")) {
    auto path = entry.path();
    if (path.string().find(".expected.") != std::string::npos) continue;
    SCOPED_TRACE(path.filename().string());
    ++documents;
    const auto* content_type = path.stem() == "ctest" ? "application/vnd.ctest+xml" : "";
    const std::string bytes = read_file(path);
    const auto report = read_report(bytes, content_type, path.filename().string());
    ASSERT_TRUE(report.has_value()) << report.error().cause;
    // Text is a report up to any of its lines.
    const bool is_text = path.extension() == ".txt" || path.extension() == ".csv";
    const std::size_t step = 1 + bytes.size() / 500;
    for (std::size_t length = 0; !is_text && length + 2 < bytes.size(); length += step) {
      // Lines of JSON are whole reports up to any of them.
      if (path.extension() == ".jsonl" && (bytes[length] == '\n' || (length > 0 && bytes[length - 1] == '\n')))
        continue;
      EXPECT_FALSE(read_report(std::string_view(bytes).substr(0, length), content_type, "")) << "cut at " << length;
    }
    expect_golden(path.replace_extension("expected.json"), seen_of(*report));
  }
  EXPECT_GE(documents, 21);
}

TEST(Examples, BadOnesAreRefusedAsTheirGoldensSay) {
  const auto all = documents("bad");
  EXPECT_GE(all.size(), 15U);
  for (auto path : all) {
    SCOPED_TRACE(path.filename().string());
    const auto report = junit::read_junit(read_file(path));
    ASSERT_FALSE(report.has_value());
    const junit::ReadError& error = report.error();
    expect_golden(path.replace_extension("expected.txt"),
                  fmt::format("{}:{} {}\n", error.line, error.column, error.cause));
  }
}

/// An example that is cut at any place is refused, or only blanks and text after its root are missing.
TEST(Examples, CutAnywhereAreNeverHalfRead) {
  for (const auto& path : documents("good")) {
    const std::string whole = read_file(path);
    const auto expected = junit::read_junit(whole);
    ASSERT_TRUE(expected.has_value());
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const auto report = junit::read_junit(std::string_view(whole).substr(0, length));
      if (!report) continue;
      EXPECT_EQ(report->counts.cases, expected->counts.cases) << path << " cut at " << length;
      EXPECT_EQ(report->counts.properties, expected->counts.properties) << path << " cut at " << length;
      EXPECT_EQ(report->counts.time_seconds, expected->counts.time_seconds) << path << " cut at " << length;
    }
  }
}

}  // namespace
}  // namespace perftrend::formats
