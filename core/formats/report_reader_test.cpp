#include "core/formats/report_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/metrics/metrics.h"

namespace perftrend::formats {
namespace {

using testing::HasSubstr;

struct RefusedCase {
  const char* name;
  std::string bytes;
  const char* content_type;
  const char* cause;
  const char* limit;
};

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i)
    all += text;
  return all;
}

const std::string benchmark_head = R"({"context":{},"benchmarks":[)";

std::vector<RefusedCase> refused_cases() {
  return {
      {"deep arrays", std::string(1'000'000, '['), "", "nested deeper", "depth_max"},
      {"deep objects", repeated("{\"a\":", 100'000), "", "nested deeper", "depth_max"},
      {"deep and closed", std::string(300, '[') + std::string(300, ']'), "", "nested deeper", "depth_max"},
      {"a wide array", "[" + repeated("1,", 400'000) + "1]", "", "values take more", "tree_bytes_max"},
      {"many values", repeated("[]\n", 100'000), "", "values take more", "tree_bytes_max"},
      {"a long name", benchmark_head + R"({"name":")" + std::string(20'000, 'n') + R"(","time_unit":"ns"}]})", "",
       "is longer than 16384 bytes", "case_name_bytes_max"},
      {"two names", benchmark_head + R"({"name":"a","time_unit":"ns","name":"b"}]})", "", "names 'name' twice", ""},
      {"cut", R"({"context":{},"benchmarks":[{"name":"a")", "", "ends early", ""},
      {"cut in a text", R"({"context)", "", "ends early", ""},
      {"mixed brackets", R"({"context":{},"benchmarks":[}])", "", "not JSON", ""},
      {"a comment", "{/* */}", "", "not JSON", ""},
      {"not UTF-8", "{\"context\":\"\xff\"}", "", "UTF-8", ""},
      {"a lone surrogate", R"({"context":"\ud800"})", "", "not JSON", ""},
      {"too large a number", benchmark_head + R"({"name":"a","real_time":1e999,"time_unit":"ns"}]})", "", "1e999", ""},
      {"another format", R"({"a":1})", "", "this JSON is not of a known format; perftrend reads JUnit XML, ", ""},
      {"an empty array", "[]", "", "this JSON array is empty: the program wrote no result", ""},
      {"an empty object", " {}\n", "", "this JSON object is empty: the program wrote no result", ""},
      {"lines of another format", "{\"a\":1}\n{\"a\":2}", "", "these JSON values are not of a known format", ""},
      {"two benchmarks files", benchmark_head + "]}" + benchmark_head + "]}", "", "these JSON values are not", ""},
      {"a number between values", "{}\n7\n{}", "", "neither an object nor an array", ""},
      {"text after the end", benchmark_head + "]} done", "", "not JSON", ""},
      {"no name", benchmark_head + "{}]}", "", "benchmarks[0] has no name", ""},
      {"no object", benchmark_head + "7]}", "", "benchmarks[0] is not an object", ""},
      {"an unknown unit", benchmark_head + R"({"name":"a","time_unit":"fortnights"}]})", "", "time_unit", ""},
      {"llama-bench, one other line", "{\"n_prompt\":1,\"n_gen\":0}\n{}", "", "test 1 has no n_prompt", ""},
      {"hyperfine, one other result", R"({"results":[{"command":"a"},{}]})", "", "results[1] has no command", ""},
      {"Test.xml not asked for", "<Site Name='h'><Testing/></Site>", "", "?format=ctest", ""},
      {"JUnit as CTest", "<testsuites/>", "application/vnd.ctest+xml", "not <Site>", ""},
      {"CTest's Build.xml", "<Site><Build/></Site>", "application/vnd.ctest+xml", "no <Testing>", ""},
      {"CTest, no name", "<Site><Testing><Test Status='passed'/></Testing></Site>", "application/vnd.ctest+xml",
       "no <Name>", ""},
      {"CTest, no status", "<Site><Testing><Test><Name>a</Name></Test></Testing></Site>", "application/vnd.ctest+xml",
       "no known Status", ""},
      {"CTest, deep", repeated("<Site>", 20'000) + repeated("</Site>", 20'000),
       "Application/vnd.CTest+XML; charset=utf-8", "deep", "depth_max"},
      {"CTest, empty", "", "application/vnd.ctest+xml", "", ""},
      {"empty", "", "application/json", "", ""},
      {"a name that lies", "hello", "", "this text is not of a known format; perftrend reads ", ""},
      {"other XML", "<coverage line-rate='1'/>", "", "the root is <coverage>", ""},
      {"Catch2, cut", "<Catch2TestRun><TestCase name='a'>", "", "", ""},
      {"Catch2, no name", "<Catch2TestRun><TestCase/></Catch2TestRun>", "", "no name", ""},
  };
}

TEST(ReportReader, RefusesWithCauseAndLimit) {
  const auto limits = junit::ReadLimits::for_body(std::size_t{4} << 20U);
  for (const auto& one : refused_cases()) {
    SCOPED_TRACE(one.name);
    const auto report = read_report(one.bytes, one.content_type, "", limits);
    ASSERT_FALSE(report.has_value());
    EXPECT_THAT(report.error().cause, HasSubstr(one.cause));
    EXPECT_FALSE(report.error().cause.empty());
    EXPECT_EQ(report.error().limit, one.limit);
    EXPECT_EQ(report.error().over_limit, !report.error().limit.empty());
  }
}

TEST(ReportReader, SaysWhereJsonIsBroken) {
  const auto report = read_report("{\"context\":{},\n \"benchmarks\":[1,]}", "", "");
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().line, 2U);
  EXPECT_EQ(report.error().column, 18U);
}

TEST(ReportReader, ReadsJUnitAsEver) {
  const auto report = read_report("<testsuite name='s'><testcase name='a' time='1'/></testsuite>", "text/xml", "a.xml");
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->counts.cases, 1);
  EXPECT_EQ(report->counts.passed, 1);
}

TEST(ReportReader, ReadsUtf16AsPowerShellWritesIt) {
  const std::string text = R"([{"n_prompt":8,"n_gen":0,"samples_ns":[2000000]}])";
  std::string wide = "\xff\xfe";
  for (const char c : text)
    wide.append(1, c).append(1, '\0');
  const auto report = read_report(wide, "", "");
  ASSERT_TRUE(report.has_value()) << report.error().cause;
  const auto extracted = metrics::extract_metrics(*report);
  ASSERT_EQ(extracted.metrics.size(), 1U);
  EXPECT_EQ(extracted.metrics[0].metric, "prefill_ms");
  EXPECT_EQ(extracted.metrics[0].key.name, "pp8");
  EXPECT_EQ(extracted.metrics[0].value, 2);
}

TEST(ReportReader, ControlCharactersOfJsonDoNotReachNames) {
  const auto report = read_report(R"({"results":[{"command":"a\u0000b\u001b"}]})", "", "");
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->cases[0].key.name, "a^b^");
}

/// The unit a benchmark is shown in is its author's taste; the series does not change with it.
TEST(ReportReader, TimeUnitsOfGoogleBenchmarkAreOneSeries) {
  for (const auto& [number, unit] : {std::pair("1500000", "ns"), std::pair("1500", "us"), std::pair("1.5", "ms")}) {
    const auto report = read_report(
        benchmark_head + fmt::format(R"({{"name":"a","real_time":{},"time_unit":"{}"}}]}})", number, unit), "", "");
    ASSERT_TRUE(report.has_value());
    const auto extracted = metrics::extract_metrics(*report);
    ASSERT_EQ(extracted.metrics.size(), 1U) << unit;
    EXPECT_EQ(extracted.metrics[0].metric, "real_time_ns");
    EXPECT_EQ(extracted.metrics[0].unit, "ns");
    EXPECT_DOUBLE_EQ(extracted.metrics[0].value, 1.5e6);
  }
}

TEST(ReportReader, KnowsItsFormats) {
  EXPECT_EQ(content_type_of_format("ctest"), ctest_content_type);
  EXPECT_EQ(content_type_of_format("auto"), "");
  EXPECT_EQ(content_type_of_format("customBiggerIsBetter"), bigger_content_type);
  EXPECT_FALSE(content_type_of_format("nunit"));
}

}  // namespace
}  // namespace perftrend::formats
