#include "core/junit/junit_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "core/metrics/metrics.h"
#include "core/text/utf8.h"

namespace perftrend::junit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string in_case(const std::string& attributes, const std::string& children = "") {
  return "<testsuite name=\"s\"><testcase name=\"n\" classname=\"c\" " + attributes + ">" + children +
         "</testcase></testsuite>";
}

Report read(const std::string& xml) {
  const auto report = read_junit(xml);
  EXPECT_TRUE(report.has_value()) << report.error().line << ":" << report.error().column << " " << report.error().cause;
  return report.value_or(Report{});
}

ReadError refused(const std::string& xml, const ReadLimits& limits = {}) {
  const auto report = read_junit(xml, limits);
  EXPECT_FALSE(report.has_value()) << "accepted: " << xml.substr(0, 200);
  return report ? ReadError{} : report.error();
}

TEST(JunitReader, StatusIsTheWorstOfTheCasesOwnElements) {
  struct Row {
    const char* children;
    CaseStatus status;
    const char* message;
  };
  const Row rows[] = {
      {"", CaseStatus::passed, ""},
      {"<failure message='f'>text</failure>", CaseStatus::failed, "f"},
      {"<failure>  text </failure>", CaseStatus::failed, "text"},
      {"<failure message='1'/><failure message='2'/>", CaseStatus::failed, "1"},
      {"<skipped/><failure message='f'/><error message='e'/>", CaseStatus::errored, "e"},
      {"<error message='e'/><failure message='f'/>", CaseStatus::errored, "e"},
      {"<skipped message='why'/>", CaseStatus::skipped, "why"},
      {"<disabled/>", CaseStatus::skipped, ""},
      {"<ignored/>", CaseStatus::skipped, ""},
      {"<flakyFailure/><rerunError/>", CaseStatus::passed, ""},
      {"<system-out><failure/></system-out>", CaseStatus::passed, ""},
      {"<![CDATA[<failure/>]]><!-- <error/> -->", CaseStatus::passed, ""},
  };
  for (const Row& row : rows) {
    const Report report = read(in_case("", row.children));
    ASSERT_EQ(report.cases.size(), 1U) << row.children;
    EXPECT_EQ(report.cases[0].status, row.status) << row.children;
    EXPECT_EQ(report.cases[0].message, row.message) << row.children;
  }
}

TEST(JunitReader, NotrunIsACaseWithoutResultOnly) {
  EXPECT_EQ(read(in_case("status='notrun'")).counts.notrun, 1);
  EXPECT_EQ(read(in_case("status='notrun'")).counts.passed, 0);
  EXPECT_EQ(read(in_case("status='notrun'", "<skipped/>")).counts.skipped, 1);
  EXPECT_EQ(read(in_case("status='notrun' result='suppressed'")).counts.notrun, 1);
  EXPECT_EQ(read(in_case("status='run' result='skipped'")).counts.skipped, 1);
  EXPECT_EQ(read(in_case("status='run' result='skipped'", "<failure/>")).counts.failed, 1);
  EXPECT_EQ(read(in_case("status='run' result='completed'")).counts.passed, 1);
  EXPECT_EQ(read(in_case("status='failed'")).counts.passed, 1);
}

TEST(JunitReader, CasesCountWhereOnlySuitesEncloseThem) {
  const Report report = read(
      "<x:testsuites xmlns:x='u'><x:testcase name='a'/><testsuite name='s'><testcase name='b'><testcase name='no'/>"
      "<system-out><testcase name='no'/></system-out></testcase><properties><testcase name='no'/></properties>"
      "<testsuite name='t'><testcase name='c'/></testsuite><testcase name='d'/></testsuite><other><testcase "
      "name='no'/></other></x:testsuites>");
  std::vector<std::string> seen;
  for (const ReportCase& one : report.cases)
    seen.push_back(std::string(one.key.suite) + "|" + std::string(one.key.name));
  EXPECT_THAT(seen, ElementsAre("|a", "s|b", "s / t|c", "s|d"));
}

TEST(JunitReader, PropertiesOfCasesSuitesAndTheRootAreCounted) {
  const Report report = read(
      "<testsuites><properties><property name='r' value='1'/></properties><testsuite><properties><property>nameless"
      "</property><property name='text'>from text</property><other/></properties><testcase name='n'><properties>"
      "<property name='p' value='2'/></properties><property name='stray' value='3'/></testcase></testsuite>"
      "</testsuites>");
  EXPECT_EQ(report.counts.properties, 4);
  ASSERT_EQ(report.properties.size(), 2U);
  EXPECT_EQ(report.properties[1].value, "from text");
  ASSERT_EQ(report.cases[0].properties.size(), 1U);
  EXPECT_EQ(report.cases[0].properties[0].name, "p");
}

TEST(JunitReader, OutputIsOutThenErrWithElementsAsWritten) {
  const Report report = read(
      in_case("", "<system-err>e</system-err><system-out>a &lt;b&gt; <![CDATA[<c>]]> <m n=\"1\">2</m></system-out>"));
  EXPECT_EQ(report.cases[0].output, "a <b> <c><m n=\"1\">2</m>\ne");
}

TEST(JunitReader, UnknownAttributesAreKept) {
  const Report report = read(in_case("time='1' file='f' line='3' score='7.5' xmlns:x='u' x:y='1'"));
  ASSERT_EQ(report.cases[0].attributes.size(), 1U);
  EXPECT_EQ(report.cases[0].attributes[0].name, "score");
}

TEST(JunitReader, StartedAtTheEarliestPlausibleTimestamp) {
  const Report report = read(
      "<testsuites timestamp='0001-01-01T00:00:00Z'><testsuite timestamp='2026-11-23T02:00:01Z'/><testsuite "
      "timestamp='2026-11-23T02:00:00' hostname='h'/><testsuite timestamp='99999-01-01T00:00:00Z'/></testsuites>");
  EXPECT_EQ(report.started_us, 1795399200000000);
  EXPECT_EQ(report.hostname, "h");
  EXPECT_THAT(report.warnings, testing::Contains(HasSubstr("timestamps of suites that are not plausible times: 2")));
}

TEST(JunitReader, EncodingsBecomeUtf8) {
  const std::string declared = "<?xml version='1.0' encoding='{}'?><testsuite><testcase name='{}'/></testsuite>";
  const std::string expected = "\xC3\xBC\xE2\x82\xAC";  // ü€
  const auto utf16 = [](const std::string& ascii, bool big) {
    std::string out = big ? "\xFE\xFF" : "\xFF\xFE";
    const auto put = [&](unsigned code) {
      const char high = static_cast<char>(code >> 8U);
      const char low = static_cast<char>(code & 0xFFU);
      out += big ? high : low;
      out += big ? low : high;
    };
    for (const char c : ascii) {
      if (c == '#') {
        put(0xFC);
        put(0x20AC);
      } else {
        put(static_cast<unsigned char>(c));
      }
    }
    return out;
  };
  const std::string plain = "<testsuite><testcase name='#'/></testsuite>";
  const std::string inputs[] = {
      fmt::format(fmt::runtime(declared), "UTF-8", expected),
      "\xEF\xBB\xBF" + fmt::format(fmt::runtime(declared), "utf-8", expected),
      fmt::format(fmt::runtime(declared), "windows-1252", "\xFC\x80"),
      fmt::format(fmt::runtime(declared), "ISO-8859-15", "\xFC\xA4"),
      utf16(plain, false),
      utf16(plain, true),
      utf16("<?xml version='1.0' encoding='UTF-16'?>" + plain, false),
  };
  for (const std::string& input : inputs) {
    const Report report = read(input);
    ASSERT_EQ(report.cases.size(), 1U);
    EXPECT_EQ(report.cases[0].key.name, expected);
  }
  EXPECT_EQ(
      read("<?xml version='1.0' encoding='latin1'?><testsuite><testcase name='\xFC'/></testsuite>").cases[0].key.name,
      "\xC3\xBC");
}

TEST(JunitReader, OnlyAnXmlDeclarationDeclaresAnEncoding) {
  const std::string rest = "<testsuite><testcase name='\xC3\xBC'/></testsuite>";
  for (const char* begin :
       {"", "<?xmlTITY version='1.0' encoding='ISO-8859-1'?>", "<?xml-model encoding='UTF-16'?>",
        "<?xml:a encoding='x'?>", "<?style encoding='ISO-8859-1'?>", "<!-- encoding='latin1' -->"}) {
    EXPECT_EQ(read(begin + rest).cases[0].key.name, "\xC3\xBC") << begin;
  }
  for (const char* begin : {"<?xml version='1.0' encoding='ISO-8859-1'?>", "<?xml\nversion='1.0' encoding='latin1'?>",
                            " \t<?xml\tversion='1.0' encoding='latin1'?>"}) {
    EXPECT_EQ(read(begin + rest).cases[0].key.name, "\xC3\x83\xC2\xBC") << begin;
  }
}

TEST(JunitReader, ForgivesWhatLosesNothing) {
  const Report trailing = read("<testsuite><testcase name='a'/></testsuite>\nProgram code.\n");
  EXPECT_THAT(trailing.warnings, ElementsAre("text after the root element was ignored"));
  const Report leading = read("\n <?xml version='1.0'?><testsuite><testcase name='a'/></testsuite>");
  EXPECT_EQ(leading.counts.cases, 1);
  const Report controls = read(in_case("", "<system-out>\x1b[31mred\x01</system-out>"));
  EXPECT_EQ(controls.cases[0].output, "^[31mred^");
  EXPECT_THAT(controls.warnings, ElementsAre(HasSubstr("replaced by '^': 2")));
  const Report doctype = read("<!DOCTYPE testsuite PUBLIC 'a' \"b\"><testsuite><testcase name='a'/></testsuite>");
  EXPECT_EQ(doctype.counts.cases, 1);
  EXPECT_EQ(read("<testsuite><testcase name='a<b'/></testsuite>").cases[0].key.name, "a<b");
  EXPECT_EQ(read(in_case("", "<system-out>a ]]> b</system-out>")).cases[0].output, "a ]]> b");
  EXPECT_THAT(read("<testsuites/>").warnings, ElementsAre("the document holds no test case"));
}

TEST(JunitReader, WarningsCutNoCharacter) {
  const std::string umlauts =
      "\xC3\xBC"
      "\xC3\xBC";
  std::string long_text = "x";
  for (int i = 0; i < 40; ++i)
    long_text += umlauts;
  const Report report =
      read("<testsuite timestamp='" + long_text + "'><testcase name='a' time='" + long_text + "'/></testsuite>");
  ASSERT_EQ(report.warnings.size(), 2U);
  for (const std::string& warning : report.warnings)
    EXPECT_EQ(text::find_invalid_utf8(warning), std::string_view::npos) << warning;
}

TEST(JunitReader, RefusalsSayWhereAndWhy) {
  struct Row {
    std::string xml;
    std::size_t line, column;
    const char* cause;
  };
  const std::string nul_inside = std::string("<testsuite>\n<testcase name='a") + '\0' + "b'/></testsuite>";
  const Row rows[] = {
      {"", 1, 1, "empty"},
      {"  \n", 2, 1, "empty"},
      {"PK\x03\x04", 1, 1, "not XML"},
      {"{\"cases\": []}", 1, 1, "not XML"},
      {"<!-- only a comment -->", 1, 24, "no root element"},
      {"<testsuite>\n<testcase name='a'>\n</testsuite>", 3, 1, "</testsuite> does not match its start tag"},
      {"<testsuite>\n<testcase name='a'/>", 2, 21, "ends inside an element"},
      {"<testsuite><testcase name='a'", 1, 30, "ends inside an element"},
      {"<testsuite></testsuite><testsuite/>", 1, 24, "second root"},
      {"<testsuite/>text<testsuite/>", 1, 13, "text and markup"},
      {"<html/>", 1, 1, "root is <html>"},
      {"<?xml version='1.0'?>\n<test-run/>", 2, 1, "root is <test-run>"},
      {"<testsuite>\xC3\xBC&uuml;</testsuite>", 1, 13, "entity '&uuml;' is not defined"},
      {"<testsuite>a & b</testsuite>", 1, 14, "'&' that begins no reference"},
      {"<testsuite name='a&#0;b'/>", 1, 19, "refers to a character that XML does not allow"},
      {"<testsuite name='&#x1F;'/>", 1, 18, "refers to a character that XML does not allow"},
      {"<testsuite name='&#99999999999;'/>", 1, 18, "refers to a character that XML does not allow"},
      {"<testsuite name='&#xD800;'/>", 1, 18, "refers to a character that XML does not allow"},
      {"<testsuite name='&#xZZ;'/>", 1, 18, "character reference"},
      {"<testsuite name='a' name='b'/>", 1, 21, "'name' is given twice"},
      {"<testsuite a='' b='' c='' d='' e='' f='' g='' h='' i='' j='' k='' l='' m='' n='' a=''/>", 1, 82,
       "'a' is given twice"},
      {"<testsuite name=a/>", 1, 17, "attribute is not well-formed"},
      {"<testsuite name/>", 1, 17, "attribute is not well-formed"},
      {"<testsuite a='1'b='2'/>", 1, 17, "attribute is not well-formed"},
      {"<testsuite><![CDATA[ x </testsuite>", 1, 12, "CDATA section is not closed"},
      {"<testsuite><!-- a -- b --></testsuite>", 1, 19, "'--' inside a comment"},
      {"<testsuite><!-- a </testsuite>", 1, 12, "comment is not closed"},
      {"<testsuite><?p </testsuite>", 1, 12, "not closed"},
      {"<testsuite><?xml version='1.0'?></testsuite>", 1, 12, "not well-formed"},
      {"<!-- --><?xml version='1.0'?><testsuite/>", 1, 9, "not at the start"},
      {"<testsuite>< testcase/></testsuite>", 1, 12, "begins no tag"},
      {"<testsuite><1a/></testsuite>", 1, 12, "begins no tag"},
      {"<testsuite></testsuite", 1, 23, "ends inside an element"},
      {"<?xml encoding='UTF-8'?><testsuite/>", 1, 7, "declaration is not well-formed"},
      {"<!DOCTYPE t [<!ENTITY a 'b'>]><testsuite/>", 1, 14, "declares entities"},
      {"<!DOCTYPE t [<!ATTLIST testcase time CDATA '1'>]><testsuite/>", 1, 13, "DTD inside"},
      {"<testsuite>\n <testcase name='\xFF'/></testsuite>", 2, 18, "byte 0xFF is not UTF-8"},
      {"<testsuite name='\xED\xA0\x80'/>", 1, 18, "not UTF-8"},
      {"<testsuite name='\xC0\xAF'/>", 1, 18, "not UTF-8"},
      {"<testsuite name='\xEF\xBF\xBF'/>", 1, 18, "U+FFFE or U+FFFF"},
      {nul_inside, 2, 18, "NUL byte"},
      {"<testsuites><datetime/><suite/></testsuites>", 1, 1, "not JUnit"},
      {"<test\xC3\x97suite/>", 1, 2, "is not a name"},
  };
  for (const Row& row : rows) {
    const ReadError error = refused(row.xml);
    EXPECT_THAT(error.cause, HasSubstr(row.cause)) << row.xml;
    EXPECT_EQ(error.line, row.line) << row.xml << " " << error.cause;
    EXPECT_EQ(error.column, row.column) << row.xml << " " << error.cause;
    EXPECT_FALSE(error.over_limit) << row.xml;
    EXPECT_EQ(text::find_invalid_utf8(error.cause), std::string_view::npos) << error.cause;
  }
}

TEST(JunitReader, RefusesEncodingsThatLieOrAreNotKnown) {
  const std::string rest = " <testsuite/>";
  EXPECT_THAT(refused("<?xml version='1.0' encoding='UTF-16'?>" + rest).cause, HasSubstr("correct the declaration"));
  EXPECT_THAT(refused("\xEF\xBB\xBF<?xml version='1.0' encoding='utf-16'?>" + rest).cause,
              HasSubstr("correct the declaration"));
  EXPECT_THAT(refused("<?xml version='1.0' encoding='UTF-7'?>" + rest).cause, HasSubstr("is not read"));
  EXPECT_THAT(refused("<?xml version='1.0' encoding='x'?>" + rest).cause, HasSubstr("is not read"));
  EXPECT_THAT(refused("<?xml version='1.0' encoding='windows-1252'?><testsuite name='\x81'/>").cause,
              HasSubstr("bytes that are not WINDOWS-1252"));
  using namespace std::string_literals;
  EXPECT_THAT(refused("\xFF\xFE<\0t\0"s).cause, HasSubstr("ends inside"));
  EXPECT_THAT(refused("\xFF\xFE\0\0<\0\0\0"s).cause, HasSubstr("UTF-32"));
  EXPECT_THAT(refused("\xFF\xFE<\0\0\xD8"s).cause, HasSubstr("bytes that are not UTF-16LE"));
}

TEST(JunitReader, ByteOffsetIsOfTheBytesAsSent) {
  EXPECT_EQ(refused("\xEF\xBB\xBF<testsuite>\n&").byte_offset, 15U);
  EXPECT_EQ(refused("<testsuite>\n&").byte_offset, 12U);
}

TEST(JunitReader, EveryLimitIsNamed) {
  struct Row {
    const char* limit;
    std::string xml;
    ReadLimits limits;
  };
  const auto limits = [](auto change) {
    ReadLimits made;
    change(made);
    return made;
  };
  std::string many;
  for (int i = 0; i < 300; ++i)
    many += fmt::format(" a{}=''", i);
  const Row rows[] = {
      {"body_bytes_max", std::string(1025, ' '), ReadLimits::for_body(1024)},
      {"depth_max", "<testsuite><testsuite><testsuite/></testsuite></testsuite>",
       limits([](ReadLimits& l) { l.depth_max = 2; })},
      {"cases_max", "<testsuite><testcase/><testcase/><testcase/></testsuite>",
       limits([](ReadLimits& l) { l.cases_max = 2; })},
      {"attributes_max", "<testsuite" + many + "/>", {}},
      {"name_bytes_max", "<testsuite " + std::string(1025, 'n') + "=''/>", {}},
      {"case_name_bytes_max", in_case("name2='" + std::string(10, 'x') + "'", "") + "",
       limits([](ReadLimits& l) { l.case_name_bytes_max = 0; })},
      {"attribute_bytes_max", in_case("a='12345'"), limits([](ReadLimits& l) { l.attribute_bytes_max = 4; })},
      {"tree_bytes_max", in_case(""), limits([](ReadLimits& l) { l.tree_bytes_max = 100; })},
      {"report_bytes_max", in_case("", "<system-out>" + std::string(5000, 'x') + "</system-out>"),
       limits([](ReadLimits& l) { l.report_bytes_max = 2000; })},
  };
  for (const Row& row : rows) {
    const ReadError error = refused(row.xml, row.limits);
    EXPECT_TRUE(error.over_limit) << row.limit << ": " << error.cause;
    EXPECT_EQ(error.limit, row.limit) << error.cause;
    EXPECT_FALSE(error.cause.empty());
  }
}

TEST(JunitReader, HostileInputsMeetALimit) {
  std::string deep;
  for (int i = 0; i < 500'000; ++i)
    deep += "<testsuite>";
  for (int i = 0; i < 500'000; ++i)
    deep += "</testsuite>";
  EXPECT_EQ(refused(deep).limit, "depth_max");
  std::string long_name;
  long_name.resize(10'000'000, 'n');
  EXPECT_EQ(refused("<testsuite><testcase name='" + long_name + "'/></testsuite>").limit, "attribute_bytes_max");
  EXPECT_EQ(refused("<testsuite><testcase name='" + std::string(1'000'000, 'n') + "'/></testsuite>").limit,
            "case_name_bytes_max");
  EXPECT_EQ(refused("<testsuite><" + long_name + "/></testsuite>").limit, "name_bytes_max");
  std::string many = "<testsuite>";
  for (int i = 0; i < 250'000; ++i)
    many += "<testcase name='a'/>";
  EXPECT_EQ(refused(many + "</testsuite>").limit, "cases_max");
  std::string elements = "<testsuite>";
  for (int i = 0; i < 4'000'000; ++i)
    elements += "<a/>";
  EXPECT_EQ(refused(elements + "</testsuite>").limit, "tree_bytes_max");
  // A name of a suite counts with each of its cases.
  std::string names = "<testsuite name='" + std::string(16'000, 'n') + "'>";
  for (int i = 0; i < 100'000; ++i)
    names += "<testcase name='a'/>";
  EXPECT_EQ(refused(names + "</testsuite>").limit, "report_bytes_max");
  EXPECT_EQ(refused("<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]><testsuite>&lol2;</testsuite>")
                .limit,
            "");
  EXPECT_THAT(refused("<!DOCTYPE t [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><testsuite>&x;</testsuite>").cause,
              HasSubstr("declares entities"));
}

const std::string sample =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"all\"><!-- c --><testsuite name=\"s\xC3\xBC\" "
    "timestamp='2026-11-23T02:00:00Z'><properties><property name='environment.cpu' value='x'/></properties>"
    "<testcase name='a' classname='c' time='0.5'><properties><property name='p_ms[L]' value='1 2 3'/></properties>"
    "</testcase><testcase name='b' time='1,234.5'><failure message='m &amp; n'>t</failure><system-out><![CDATA[Prompt "
    "0: prefill = 10.12ms ]] > x]]></system-out></testcase></testsuite></testsuites>\n";

TEST(JunitReader, ACutDocumentIsNeverHalfRead) {
  const Counts whole = read(sample).counts;
  EXPECT_EQ(whole.cases, 2);
  for (std::size_t length = 0; length < sample.size(); ++length) {
    const auto report = read_junit(std::string_view(sample).substr(0, length));
    if (!report) continue;
    EXPECT_GE(length, sample.find_last_of('>') + 1) << "accepted when cut at " << length;
    EXPECT_EQ(report->counts.cases, whole.cases);
    EXPECT_EQ(report->counts.properties, whole.properties);
  }
}

/// What every accepted document must satisfy, however it came about.
void expect_sound(const Report& report, const std::string& input) {
  const Counts& c = report.counts;
  EXPECT_EQ(c.cases, c.passed + c.failed + c.errored + c.skipped + c.notrun) << input;
  EXPECT_EQ(static_cast<std::size_t>(c.cases), report.cases.size()) << input;
  EXPECT_GE(c.time_seconds, 0) << input;
  for (const ReportCase& one : report.cases) {
    for (const std::string_view text :
         {one.key.suite.view(), one.key.classname.view(), one.key.name.view(), one.message.view(), one.output.view()}) {
      EXPECT_EQ(text::find_invalid_utf8(text), std::string_view::npos) << input;
      EXPECT_EQ(text.find('\0'), std::string::npos) << input;
    }
  }
  const metrics::ExtractedMetrics extracted = metrics::extract_metrics(report);
  for (const MetricValue& metric_value : extracted.metrics) {
    EXPECT_FALSE(metric_value.samples.empty()) << input;
    EXPECT_TRUE(std::isfinite(metric_value.value) && std::isfinite(metric_value.min) && std::isfinite(metric_value.mad))
        << input;
    EXPECT_LE(metric_value.min, metric_value.value) << input;
  }
}

TEST(JunitReader, SurvivesRandomDamage) {
  std::mt19937 random(20261123);
  const std::string spice = std::string("<>&'\"=/![]-?;#x") + '\0' + "\xC3\xFF 1a.,:";
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = sample;
    const int flips = 1 + static_cast<int>(random() % 3);
    for (int i = 0; i < flips; ++i) {
      const std::size_t at = random() % damaged.size();
      switch (random() % 4) {
        case 0:
          damaged[at] = static_cast<char>(damaged[at] ^ static_cast<char>(1U << (random() % 8)));
          break;
        case 1:
          damaged[at] = spice[random() % spice.size()];
          break;
        case 2:
          damaged.erase(at, 1 + random() % 5);
          break;
        default:
          damaged.insert(at, 1, spice[random() % spice.size()]);
          break;
      }
      if (damaged.empty()) damaged = " ";
    }
    const auto report = read_junit(damaged);
    if (!report) {
      EXPECT_FALSE(report.error().cause.empty()) << damaged;
      continue;
    }
    ++accepted;
    expect_sound(*report, damaged);
  }
  EXPECT_GT(accepted, 1000);  // or the damage is such that nothing is tested
}

TEST(JunitReader, EqualCasesOfSeveralHostsAreDifferentCases) {
  struct Row {
    std::string suites;
    std::vector<std::string> names;
    bool warns;
  };
  const std::string case_a = "<testcase classname='c' name='a'/>";
  for (const auto& row : std::vector<Row>{
           {"<testsuite name='s' hostname='chromium'>" + case_a +
                "</testsuite><testsuite name='s' hostname='firefox'>" + case_a +
                "<testcase classname='c' name='b'/></testsuite>",
            {"a[chromium]", "a[firefox]", "b"},
            true},
           {"<testsuite name='s' hostname='h'>" + case_a + "</testsuite><testsuite name='s' hostname='h'>" + case_a +
                "</testsuite>",
            {"a", "a"},
            false},
           {"<testsuite name='s' hostname='h'>" + case_a + "</testsuite><testsuite name='t' hostname='i'>" + case_a +
                "</testsuite>",
            {"a", "a"},
            false},
           {"<testsuite name='s'>" + case_a + "</testsuite><testsuite name='s' hostname='i'>" + case_a + "</testsuite>",
            {"a", "a[i]"},
            true},
           {"<testsuite name='s' hostname='h'><testsuite name='n'>" + case_a + "</testsuite></testsuite>" +
                "<testsuite name='s' hostname='i'><testsuite name='n'>" + case_a + "</testsuite></testsuite>",
            {"a[h]", "a[i]"},
            true}}) {
    const auto report = read_junit("<testsuites>" + row.suites + "</testsuites>");
    ASSERT_TRUE(report) << row.suites;
    std::vector<std::string> names;
    for (const auto& each : report->cases)
      names.emplace_back(each.key.name.view());
    EXPECT_EQ(names, row.names) << row.suites;
    EXPECT_EQ(!report->warnings.empty(), row.warns) << row.suites;
  }
}

}  // namespace
}  // namespace perftrend::junit
