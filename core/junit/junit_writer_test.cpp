#include "core/junit/junit_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pugixml.hpp>

namespace perftrend::junit {
namespace {

using ::testing::HasSubstr;

SuiteReport report_of(std::vector<CaseReport> cases) {
  return {"batch_prefill",
          times::Time(std::chrono::microseconds(1'795'399'200'000'000)),
          "nightly-01",
          {{"perftrend.schema", "1"}},
          std::move(cases)};
}

CaseReport case_of(CaseStatus status, double time_seconds = 0.5) {
  CaseReport report;
  report.name = "functional";
  report.classname = "batch_prefill.mock";
  report.status = status;
  report.type = "functional";
  report.message = "why";
  report.time_seconds = time_seconds;
  return report;
}

TEST(JUnitWriter, Golden) {
  CaseReport performance = case_of(CaseStatus::passed, 1.1);
  performance.name = "performance_consistency";
  performance.properties = {{"prefill_ms[Prompt 0]", "10.081 10.079"}};
  performance.out = {"Prompt 0: prefill = 10.08ms"};
  performance.warnings = {"slow & <odd>"};
  EXPECT_EQ(to_junit(report_of({case_of(CaseStatus::passed, 0.1), performance})),
            R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="perftrend" tests="2" failures="0" errors="0" skipped="0" time="1.200000">
  <testsuite name="batch_prefill" tests="2" failures="0" errors="0" skipped="0" time="1.200000" timestamp="2026-11-23T02:00:00Z" hostname="nightly-01">
    <properties>
      <property name="perftrend.schema" value="1" />
    </properties>
    <testcase name="functional" classname="batch_prefill.mock" time="0.100000" />
    <testcase name="performance_consistency" classname="batch_prefill.mock" time="1.100000">
      <properties>
        <property name="prefill_ms[Prompt 0]" value="10.081 10.079" />
      </properties>
      <system-out>Prompt 0: prefill = 10.08ms
</system-out>
      <system-err>PERF-WARNING: slow &amp; &lt;odd&gt;
</system-err>
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST(JUnitWriter, CountsEachOutcomeOnBothLevels) {
  const std::string xml = to_junit(report_of({case_of(CaseStatus::passed), case_of(CaseStatus::failed),
                                              case_of(CaseStatus::errored), case_of(CaseStatus::skipped)}));
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(xml.c_str()));
  for (const auto& node : {document.child("testsuites"), document.child("testsuites").child("testsuite")}) {
    EXPECT_EQ(node.attribute("tests").as_int(), 4);
    EXPECT_EQ(node.attribute("failures").as_int(), 1);
    EXPECT_EQ(node.attribute("errors").as_int(), 1);
    EXPECT_EQ(node.attribute("skipped").as_int(), 1);
    EXPECT_STREQ(node.attribute("time").value(), "2.000000");
  }
  EXPECT_THAT(xml, HasSubstr(R"(<failure message="why" type="functional" />)"));
  EXPECT_THAT(xml, HasSubstr(R"(<error message="why" type="functional" />)"));
  EXPECT_THAT(xml, HasSubstr(R"(<skipped message="why" />)"));
}

TEST(JUnitWriter, AnyTextComesBackThroughAParser) {
  CaseReport report = case_of(CaseStatus::failed);
  report.message = "a \"quoted\" 'line'\nand <another> & \x01 one";
  report.details = "]]> and \xC3\xA4 and \xFF";
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(to_junit(report_of({report})).c_str()));
  const auto failure = document.select_node("//failure").node();
  EXPECT_STREQ(failure.attribute("message").value(), "a \"quoted\" 'line'\nand <another> &  one");
  EXPECT_STREQ(failure.text().get(), "]]> and \xC3\xA4 and ");
}

TEST(SuiteProperties, ReadsBackWhatWasWritten) {
  SuiteReport report = report_of({case_of(CaseStatus::passed)});
  report.properties.emplace_back("perftrend.branch", "a \"b\" <c>");
  EXPECT_EQ(suite_properties(to_junit(report)), report.properties);
  for (const char* other : {"", "no xml", "<testsuites/>", "<testsuites><testsuite", "<a><properties/></a>"}) {
    EXPECT_TRUE(suite_properties(other).empty()) << other;
  }
}

TEST(OnlyXmlCharacters, Table) {
  struct Case {
    std::string text, expected;
  };
  for (const auto& [text, expected] : std::vector<Case>{
           {"", ""},
           {"plain\ttext\r\n", "plain\ttext\r\n"},
           {std::string("a\0b", 3), "ab"},
           {"a\x08\x0B\x1F\x7Fz", "a\x7Fz"},
           {"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"},
           {"a\xC3", "a"},  // cut short
           {"a\x80"
            "b",
            "ab"},                              // continuation without a lead
           {"\xC0\xAF\xE0\x80\xAF", ""},        // overlong
           {"\xED\xA0\x80!", "!"},              // surrogate
           {"\xEF\xBF\xBE\xEF\xBF\xBF.", "."},  // U+FFFE, U+FFFF
           {"\xF4\x90\x80\x80\xF5.", "."},      // beyond U+10FFFF
       }) {
    EXPECT_EQ(only_xml_characters(text), expected);
  }
}

}  // namespace
}  // namespace perftrend::junit
