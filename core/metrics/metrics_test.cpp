#include "core/metrics/metrics.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "core/formats/report_reader.h"
#include "core/junit/junit_reader.h"
#include "core/metrics/output.h"

namespace perftrend::metrics {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Report report_of(const std::string& xml) {
  const auto report = junit::read_junit(xml);
  EXPECT_TRUE(report.has_value()) << report.error().cause << " in " << xml;
  return report.value_or(Report{});
}

std::string property(const std::string& name, const std::string& value) {
  return "<property name=\"" + name + "\" value=\"" + value + "\"/>";
}

std::string one_case(const std::string& properties, const std::string& output = "",
                     const std::string& attributes = "") {
  return "<testcase name='n' classname='c' " + attributes + "><properties>" + properties +
         "</properties><system-out><![CDATA[" + output + "]]></system-out></testcase>";
}

ExtractedMetrics metric_value(const std::string& cases, const MetricRules& rules = {},
                              const std::string& suite_properties = "") {
  return extract_metrics(
      report_of("<testsuite name='s'><properties>" + suite_properties + "</properties>" + cases + "</testsuite>"),
      rules);
}

/// "name metric = samples unit direction", one line per metric.
std::vector<std::string> lines_of(const ExtractedMetrics& extracted) {
  std::vector<std::string> lines;
  for (const MetricValue& m : extracted.metrics) {
    lines.push_back(fmt::format("{} {} = {}{}{}{}", m.key.name.view(), m.metric.view(), fmt::join(m.samples, " "),
                                m.unit.empty() ? "" : " ", m.unit.view(), m.better == Better::higher ? " higher" : ""));
  }
  return lines;
}

/// Without the one that names metrics of unknown direction.
std::vector<std::string> other_warnings(const ExtractedMetrics& extracted) {
  std::vector<std::string> warnings = extracted.warnings;
  std::erase_if(warnings, [](const std::string& warning) { return warning.starts_with("direction not known"); });
  return warnings;
}

TEST(Metrics, TimeOfPassedCasesIsDuration) {
  const ExtractedMetrics extracted = metric_value(
      "<testcase name='a' time='0.0105'/><testcase name='zero' time='0.000'/><testcase name='none'/>"
      "<testcase name='bad' time='12s'/><testcase name='f' time='1'><failure/></testcase>"
      "<testcase name='s' time='1'><skipped/></testcase><testcase name='e' time='1'><error/></testcase>"
      "<testcase name='r' time='1' status='notrun'/><testcase name='' time='1'/>");
  EXPECT_THAT(lines_of(extracted), ElementsAre("a duration_ms = 10.5 ms"));
  EXPECT_EQ(extracted.metrics[0].key.suite, "s");
}

TEST(Metrics, PropertiesOfEveryKind) {
  struct Row {
    std::string properties;
    std::vector<std::string> lines;
  };
  const Row rows[] = {
      {property("prefill_ms[Prompt 0]", "10.081 10.079 10.083"), {"n[Prompt 0] prefill_ms = 10.081 10.079 10.083 ms"}},
      {property("tokens", "5"), {"n tokens = 5"}},
      {property("x", "10.5ms"), {"n x = 10.5 ms"}},
      {property("x", "2 s"), {"n x = 2000 ms"}},
      {property("x_us", "2 ms"), {"n x_us = 2000 us"}},
      {property("x_kib", "2048 B"), {"n x_kib = 2 kib"}},
      {property("rss", "3 KiB"), {"n rss = 3072 bytes"}},
      {property("lat", "5") + property("lat.unit", "s"), {"n lat = 5000 ms"}},
      {property("lat", "5") + property("lat.unit", "apples"), {"n lat = 5 apples"}},
      {property("lat[A]", "5") + property("lat.unit", "us"), {"n[A] lat = 0.005 ms"}},
      {property("lat[A]", "5") + property("lat[A].unit", "ms") + property("lat.unit", "s"), {"n[A] lat = 5 ms"}},
      {property("tokens_per_s", "40"), {"n tokens_per_s = 40 per_s higher"}},
      {property("speed", "40 tok/s"), {"n speed = 40 per_s higher"}},
      {property("tokens_per_s", "40") + property("tokens_per_s.better", "lower"), {"n tokens_per_s = 40 per_s"}},
      {property("score", "7") + property("score.better", "higher"), {"n score = 7 higher"}},
      {property("x", "1") + property("x", "2"), {"n x = 1 2"}},
      {property("zero", "0"), {"n zero = 0"}},
      {property("hit_percent", "12.5%"), {"n hit_percent = 12.5 percent higher"}},
      {property("io_mb_per_s", "12 MB/s") + property("disk_gib_per_s", "2"),
       {"n io_mb_per_s = 12 mb_per_s higher", "n disk_gib_per_s = 2 gib_per_s higher"}},
      {property("step", "1500 us/op") + property("heap", "2 kB/op"), {"n step = 1.5 ms", "n heap = 2000 bytes"}},
      {property("frames", "60 fps") + property("load", "2 kHz"),
       {"n frames = 60 per_s higher", "n load = 2000 per_s higher"}},
      {property("net", "80 Mbit/s"), {"n net = 10000000 bytes_per_s higher"}},
      {property("wall_msec", "1.5 s") + property("copy_usec", "7"), {"n wall_msec = 1500 ms", "n copy_usec = 7 us"}},
      {property("text", "fast") + property("version", "12") + property("run_id", "77") + property("os.version", "11") +
           property("seed", "42") + property("startTimestamp", "1795399200"),
       {}},
  };
  for (const Row& row : rows) {
    const ExtractedMetrics extracted = metric_value(one_case(row.properties));
    EXPECT_EQ(lines_of(extracted), row.lines) << row.properties;
    EXPECT_THAT(other_warnings(extracted), IsEmpty()) << row.properties;
  }
}

TEST(Metrics, ValuesWithoutPointsGiveWarnings) {
  struct Row {
    std::string properties;
    const char* warning;
  };
  const Row rows[] = {
      {property("x", "NaN"), "n: x is not a finite number: 'NaN'; no point"},
      {property("x", "1 1e999"), "is not a finite number"},
      {property("x", "1,5"), "could be a list or a number with a comma"},
      {property("x_ms", "5 KiB"), "n: x_ms has contradictory units; no point"},
      {property("x_ms", "5") + property("x_ms.unit", "bytes"), "contradictory units"},
      {property("x", "5ms") + property("x.unit", "KiB"), "contradictory units"},
      {property("x", "5ms") + property("x", "5KiB"), "contradictory units"},
      {property("x", "5ms") + property("x", "5"), "contradictory units"},
      {property("x", "5ms 3"), "contradictory units"},
      {property(std::string(300, 'x'), "5"), "is longer than 200 bytes"},
  };
  for (const Row& row : rows) {
    const ExtractedMetrics extracted = metric_value(one_case(row.properties));
    EXPECT_THAT(lines_of(extracted), IsEmpty()) << row.properties;
    EXPECT_THAT(extracted.warnings, ElementsAre(HasSubstr(row.warning))) << row.properties;
  }
  const ExtractedMetrics sideways = metric_value(one_case(property("x", "5") + property("x.better", "sideways")));
  EXPECT_THAT(lines_of(sideways), ElementsAre("n x = 5"));
  EXPECT_THAT(other_warnings(sideways), ElementsAre(HasSubstr("neither lower nor higher")));
}

TEST(Metrics, DirectionsByNameAndUnit) {
  const ExtractedMetrics extracted = metric_value(
      one_case(property("tokens_per_sec", "123.5") + property("predicted_tokens_seconds", "123.5") +
               property("ops_per_ms", "3") + property("tokens/s", "5") + property("hit_rate", "0.9") +
               property("errors_per_s", "2") + property("gen", "35.2 t/s") + property("gemm", "17.3 GFLOPS") +
               property("disk", "120 MB/sec") + property("allocs", "7 allocs/op") + property("tokens_s", "12 s") +
               property("errors", "0")));
  EXPECT_THAT(lines_of(extracted),
              ElementsAre("n tokens_per_sec = 123.5 per_s higher", "n predicted_tokens_seconds = 123.5 per_s higher",
                          "n ops_per_ms = 3 per_ms higher", "n tokens/s = 5 per_s higher", "n hit_rate = 0.9 higher",
                          "n errors_per_s = 2 per_s", "n gen = 35.2 per_s higher", "n gemm = 17.3 gflops higher",
                          "n disk = 120000000 bytes_per_s higher", "n allocs = 7 allocs/op", "n tokens_s = 12000 ms",
                          "n errors = 0"));
  EXPECT_THAT(extracted.warnings, IsEmpty());
  EXPECT_EQ(extracted.metrics[0].unit_by, StatedBy::report);
  EXPECT_EQ(extracted.metrics[0].better_by, StatedBy::inferred);
  EXPECT_EQ(extracted.metrics[4].unit_by, StatedBy::inferred);
}

TEST(Metrics, AnUnknownDirectionIsSaidOncePerReport) {
  MetricRules rules;
  rules.directed = {"res*"};
  const std::string properties = property("score", "1") + property("value", "2") + property("result", "3") +
                                 property("lat_ms", "1") + property("grade", "1") + property("grade.better", "higher");
  const ExtractedMetrics extracted = metric_value(
      one_case(properties) + "<testcase name='m'><properties>" + properties + "</properties></testcase>", rules);
  EXPECT_THAT(
      extracted.warnings,
      ElementsAre(
          "direction not known: value; lower is taken as better. State NAME.better, or the direction in a policy",
          "direction not known: score; higher is taken as better. State NAME.better, or the direction in a policy"));
  EXPECT_TRUE(extracted.metrics[0].better_assumed);
  EXPECT_FALSE(extracted.metrics[3].better_assumed);
  EXPECT_FALSE(extracted.metrics[4].better_assumed);
  EXPECT_EQ(extracted.metrics[4].better_by, StatedBy::report);
  EXPECT_THAT(metric_value(one_case(properties), {}, property("perftrend.schema", "1")).warnings, IsEmpty())
      << "the runner counts tokens";
}

TEST(Metrics, UnitsThatAreNotKnownAreStoredAsWritten) {
  const std::string properties = property("x", "5 apples") + property("heap", "512 B") + property("big", "7B") +
                                 property("said", "7B") + property("said.unit", "bytes") + property("done", "3 of 7");
  const ExtractedMetrics extracted =
      metric_value(one_case(properties) + "<testcase name='m'><properties>" + properties + "</properties></testcase>");
  EXPECT_THAT(lines_of(extracted),
              ElementsAre("n x = 5 apples", "n heap = 512 bytes", "n big = 7 B", "n said = 7 bytes", "m x = 5 apples",
                          "m heap = 512 bytes", "m big = 7 B", "m said = 7 bytes"));
  EXPECT_THAT(
      other_warnings(extracted),
      ElementsAre("n: x has the unit 'apples', which is not known: it is stored as written (and 1 more)",
                  "n: big has the unit 'B', bytes or billions: it is stored as written; state NAME.unit (and 1 more)",
                  "n: done has a number but is not a value with a unit: '3 of 7'; write one number with its unit, 12.3 "
                  "ms; no point (and 1 more)"));
}

TEST(Metrics, ATimeOfZeroGivesNoPoint) {
  const ExtractedMetrics extracted =
      metric_value(one_case(property("ttft_ms", "0.0") + property("itl_ms", "0 5 0 7") + property("wait", "0s") +
                            property("lat", "0") + property("lat.unit", "us") + property("latency", "0") +
                            property("errors", "0") + property("tokens_per_s", "0") + property("rss_mb", "0")));
  EXPECT_THAT(lines_of(extracted), ElementsAre("n itl_ms = 5 7 ms", "n errors = 0"));
  EXPECT_THAT(extracted.warnings, ElementsAre("n: ttft_ms is a time of exactly 0: nothing was measured; no point",
                                              "n: itl_ms is a time of exactly 0: nothing was measured; no point",
                                              "n: wait is a time of exactly 0: nothing was measured; no point",
                                              "n: lat is a time of exactly 0: nothing was measured; no point",
                                              "n: latency is exactly 0: nothing was measured; no point",
                                              "n: tokens_per_s is exactly 0: nothing was measured; no point",
                                              "n: rss_mb is exactly 0: nothing was measured; no point"));
}

TEST(Metrics, ATimeOfDayIsNotADuration) {
  EXPECT_THAT(lines_of(metric_value(one_case(property("elapsed", "00:01:30.5") + property("start_time", "02:00:00") +
                                             property("note", "02:00:00")))),
              ElementsAre("n elapsed = 90500 ms"));
}

TEST(Metrics, LabelsOfOneRunAreStable) {
  EXPECT_THAT(
      lines_of(metric_value(one_case(property("lat_ms[0x7f3a2b1c10]", "1") + property("lat_ms[Prompt 0]", "2")))),
      ElementsAre("n[<address>] lat_ms = 1 ms", "n[Prompt 0] lat_ms = 2 ms"));
}

TEST(Metrics, FactsOfCasesAreReturned) {
  const ExtractedMetrics extracted = metric_value(
      one_case(property("prefill_ms", "12") + property("model", "7B") + property("model_size", "70B") +
               property("n_ctx", "4096") + property("cuda", "12.4") + property("version", "1.2") +
               property("iterations", "30") + property("note", "fast") + property("gpu", "A100")) +
      "<testcase name='other'><properties>" + property("lat_ms", "1") + property("version", "1.2") +
      property("commit", "a") + "</properties></testcase><testcase name='plain'><properties>" +
      property("lat_ms", "1") + property("commit", "b") + "</properties></testcase><testcase name='none' time='1'/>");
  EXPECT_THAT(lines_of(extracted), ElementsAre("n prefill_ms = 12 ms", "other lat_ms = 1 ms", "plain lat_ms = 1 ms",
                                               "none duration_ms = 1000 ms"));
  EXPECT_THAT(extracted.warnings, IsEmpty());
  const auto texts = [](const std::vector<Property>& facts) {
    std::vector<std::string> found;
    for (const Property& fact : facts)
      found.push_back(fact.name + "=" + fact.value);
    return found;
  };
  const Facts& facts = extracted.case_facts[extracted.metrics[0].facts];
  EXPECT_THAT(texts(facts.configuration), ElementsAre("model=7B", "model_size=70B", "n_ctx=4096"));
  EXPECT_THAT(texts(facts.environment), ElementsAre("cuda=12.4", "gpu=A100"));
  EXPECT_THAT(texts(facts.subject), ElementsAre("version=1.2"));
  EXPECT_THAT(texts(facts.ignored), ElementsAre("iterations=30"));
  EXPECT_THAT(texts(extracted.coordinates.subject), ElementsAre("version=1.2"))
      << "the cases contradict each other in commit";
  EXPECT_EQ(extracted.metrics[3].facts, 0U);
}

TEST(Metrics, AStatedUnitMakesASettingAMetric) {
  EXPECT_THAT(lines_of(metric_value(one_case(property("batch_size", "32") + property("threads", "8") +
                                             property("timeout_ms", "500") + property("build_ms", "5") +
                                             property("batch", "12 ms") + property("max_tokens", "512")))),
              ElementsAre("n build_ms = 5 ms", "n batch = 12 ms"));
  EXPECT_THAT(lines_of(metric_value(one_case(property("batch_size", "32") + property("batch_size.better", "higher") +
                                             property("timeout", "8") + property("timeout.unit", "s")))),
              ElementsAre("n batch_size = 32 higher", "n timeout = 8000 ms"));
}

TEST(Metrics, UndefinedAttributes) {
  EXPECT_THAT(
      lines_of(metric_value(one_case(
          "", "", "score='7.5' line='12' seed='3' note='x' assertions='9' asserts='9' duration='1' lineNumber='4'"))),
      ElementsAre("n score = 7.5 higher"));
  EXPECT_THAT(lines_of(metric_value(one_case(property("score", "1"), "", "score='7.5'"))),
              ElementsAre("n score = 1 higher"));
}

TEST(Metrics, OutputOfTimingTests) {
  struct Row {
    const char* output;
    std::vector<std::string> lines;
  };
  const Row rows[] = {
      {"Prompt 0: prefill = 10.12ms\nPrompt 0: tokenize = 1.07ms\n",
       {"n[Prompt 0] prefill_ms = 10.12 ms", "n[Prompt 0] tokenize_ms = 1.07 ms"}},
      {"  Prompt 1:  prefill=10.12 ms  \r\n", {"n[Prompt 1] prefill_ms = 10.12 ms"}},
      {"Prompt 0: prefill = 1500us\nPrompt 0: prefill = 2ms\n", {"n[Prompt 0] prefill_ms = 1.5 2 ms"}},
      {"Prompt 0: wall_s = 1.5\n", {"n[Prompt 0] wall_s = 1.5 s"}},
      {"Prompt 0: time to first token = 5ms", {"n[Prompt 0] time_to_first_token_ms = 5 ms"}},
      {"Prompt 0: rss = 2KiB", {"n[Prompt 0] rss_bytes = 2048 bytes"}},
      {"Prompt 0: tokens = 5\n", {}},
      {"error: left = 5 apples\n", {}},
      {"2026-11-23T02:00:00Z INFO x: prefill = 5ms\n", {}},
      {"Prompt 0: prefill = 10.12ms (slow)\n", {}},
      {"Prompt 0: prefill = NaNms\n", {}},
      {"[[PROPERTY|lat_ms=5]] and [[PROPERTY|x=3]]\n[[PROPERTY|x.unit=us]]", {"n lat_ms = 5 ms", "n x = 0.003 ms"}},
      {"[[PROPERTY|lat_ms=5", {}},
      {"[[PROPERTY|browser=firefox]]", {}},
      {"<measurement><name>Peak</name><value>7.5</value></measurement>", {"n Peak = 7.5"}},
      {"<measurement name='lat_ms' value='3'/>", {"n lat_ms = 3 ms"}},
      {"<measurement name=\"lat\" unit=\"us\">3000</measurement>", {"n lat = 3 ms"}},
      {"<CTestMeasurement type=\"numeric/double\" name=\"score\">28.3</CTestMeasurement>", {"n score = 28.3 higher"}},
      {"<DartMeasurement name=\"score\" type=\"numeric/integer\">28</DartMeasurement>", {"n score = 28 higher"}},
      {"<CTestMeasurement type=\"text/string\" name=\"color\">28</CTestMeasurement>", {}},
      {"<CTestMeasurementFile type=\"image/png\" name=\"x\">28</CTestMeasurementFile>", {}},
      {"<measurement", {}},
  };
  for (const Row& row : rows) {
    const ExtractedMetrics extracted = metric_value(one_case("", row.output));
    EXPECT_EQ(lines_of(extracted), row.lines) << row.output;
  }
}

TEST(Metrics, UnescapedMeasurementElementsAreRead) {
  EXPECT_THAT(lines_of(metric_value("<testcase name='n'><system-out><measurement><name>x</name><value>2</value>"
                                    "</measurement></system-out></testcase>")),
              ElementsAre("n x = 2"));
}

TEST(Metrics, PropertiesWinOverOutputAndAreNotCountedTwice) {
  EXPECT_THAT(lines_of(metric_value(one_case(property("prefill_ms[Prompt 0]", "10"),
                                             "Prompt 0: prefill = 11ms\nPrompt 0: tokenize = 1ms\n"))),
              ElementsAre("n[Prompt 0] prefill_ms = 10 ms", "n[Prompt 0] tokenize_ms = 1 ms"));
  EXPECT_THAT(lines_of(metric_value(one_case(property("prefill[Prompt 0]", "10ms"), "Prompt 0: prefill = 11ms\n"))),
              ElementsAre("n[Prompt 0] prefill = 10 ms"));
  EXPECT_THAT(lines_of(metric_value(one_case(property("duration_ms", "10"), "", "time='0.011'"))),
              ElementsAre("n duration_ms = 10 ms"));
}

TEST(Metrics, ARepeatedCaseIsSamplesOfOneSeries) {
  const ExtractedMetrics extracted = metric_value(
      "<testcase name='a' time='0.003'/><testcase name='b' time='1'/><testcase name='a' time='0.001'/>"
      "<testcase name='a' time='0.002'/><testcase name='a' time='9'><failure/></testcase>"
      "<testcase name='a' time='0.010'/>");
  EXPECT_THAT(lines_of(extracted), ElementsAre("a duration_ms = 3 1 2 10 ms", "b duration_ms = 1000 ms"));
  EXPECT_DOUBLE_EQ(extracted.metrics[0].value, 2.5);
  EXPECT_DOUBLE_EQ(extracted.metrics[0].min, 1);
  EXPECT_DOUBLE_EQ(extracted.metrics[0].mad, 1);
}

TEST(Metrics, ALabelledMeasureIsOfTheCaseNamedSo) {
  EXPECT_THAT(lines_of(metric_value("<testcase name='n[A]' classname='c'><properties>" + property("x", "1") +
                                    "</properties></testcase>" + one_case(property("x[A]", "2")))),
              ElementsAre("n[A] x = 1 2"));
}

TEST(Metrics, MedianAndDeviation) {
  struct Row {
    const char* samples;
    double value, min, mad;
  };
  const Row rows[] = {{"5", 5, 5, 0},           {"1 9", 5, 1, 4},        {"3 1 2", 2, 1, 1},
                      {"1 2 3 100", 2.5, 1, 1}, {"-1 -2 -3", -2, -3, 1}, {"1 1 1 1 7", 1, 1, 0}};
  for (const Row& row : rows) {
    const ExtractedMetrics extracted = metric_value(one_case(property("x", row.samples)));
    ASSERT_EQ(extracted.metrics.size(), 1U);
    EXPECT_DOUBLE_EQ(extracted.metrics[0].value, row.value) << row.samples;
    EXPECT_DOUBLE_EQ(extracted.metrics[0].min, row.min) << row.samples;
    EXPECT_DOUBLE_EQ(extracted.metrics[0].mad, row.mad) << row.samples;
  }
}

TEST(Metrics, PerfWarningsAreWarningsNotMeasures) {
  const ExtractedMetrics extracted = metric_value(
      one_case("", "\xE2\x9A\xA0\xEF\xB8\x8F  PERF-WARNING: Prompt 2: tokenize = 23.10ms is unusual\nfine\n") +
      "<testcase name='f'><failure/><system-err>PERF-WARNING: slow</system-err></testcase>"
      "<system-out>PERF-WARNING: of the suite</system-out>");
  EXPECT_THAT(extracted.metrics, IsEmpty());
  EXPECT_THAT(extracted.warnings,
              ElementsAre("PERF-WARNING: of the suite", "n: PERF-WARNING: Prompt 2: tokenize = 23.10ms is unusual",
                          "f: PERF-WARNING: slow"));
}

TEST(Metrics, WarningsAreBounded) {
  std::string output;
  for (int i = 0; i < 500; ++i)
    output += "PERF-WARNING: " + std::string(1000, 'x') + "\n";
  const ExtractedMetrics extracted = metric_value(one_case("", output));
  ASSERT_EQ(extracted.warnings.size(), 100U);
  EXPECT_EQ(extracted.warnings.back(), "401 more warnings");
  EXPECT_LE(extracted.warnings.front().size(), 500U);
}

TEST(Metrics, AProjectTakesAndLeaves) {
  const std::string xml = one_case(
      property("a_ms", "1") + property("b_ms", "2") + property("seed", "3") + property("count", "4"), "", "time='1'");
  EXPECT_THAT(
      lines_of(metric_value(
          xml,
          {.take = {"*_ms"}, .leave = {"b*", "duration_ms"}, .lines = {}, .directed = {}, .names = {}, .limits = {}})),
      ElementsAre("n a_ms = 1 ms"));
  EXPECT_THAT(
      lines_of(metric_value(
          xml, {.take = {"*", "seed"}, .leave = {"*_ms"}, .lines = {}, .directed = {}, .names = {}, .limits = {}})),
      ElementsAre("n seed = 3", "n count = 4"));
  EXPECT_THAT(lines_of(metric_value(
                  xml, {.take = {"s??d"}, .leave = {}, .lines = {}, .directed = {}, .names = {}, .limits = {}})),
              ElementsAre("n seed = 3"));
}

TEST(Metrics, AProjectsOwnLines) {
  MetricRules rules;
  rules.lines = {"{metric} took {value} {unit}", "bench {label} {} => {metric}: {value}", "{metric}{value}x",
                 "no placeholders", "{label}{metric}: {value}"};
  const ExtractedMetrics extracted = metric_value(
      one_case("",
               "prefill took 10.5 ms\nbench Prompt 0 (warm) => tokens: 7\nPrompt 0: decode = 3ms\nother took 5 apples\n"
               "a took many ms\n"),
      rules);
  EXPECT_THAT(lines_of(extracted),
              ElementsAre("n prefill_ms = 10.5 ms", "n[Prompt] tokens = 7", "n[Prompt 0] decode_ms = 3 ms"));
  EXPECT_THAT(other_warnings(extracted), testing::SizeIs(3));
  EXPECT_THAT(other_warnings(extracted), testing::Each(HasSubstr("is not usable")));
}

TEST(Metrics, LimitsRefuseTheWhole) {
  MetricRules rules;
  rules.limits.samples_max = 3;
  const ExtractedMetrics samples = metric_value(one_case(property("x", "1 2 3 4") + property("y", "1")), rules);
  EXPECT_EQ(samples.over_limit, "samples_max");
  EXPECT_THAT(samples.metrics, IsEmpty());
  rules = {};
  rules.limits.metrics_bytes_max = 600;
  const ExtractedMetrics bytes = metric_value(
      one_case(property("a", "1") + property("b", "1") + property("c", "1") + property("d", "1") + property("e", "1")),
      rules);
  EXPECT_EQ(bytes.over_limit, "metrics_bytes_max");
  EXPECT_THAT(bytes.metrics, IsEmpty());
  EXPECT_THAT(bytes.warnings, Contains(HasSubstr("metrics_bytes_max")));
  std::string output;
  for (int i = 0; i < 100; ++i)
    output += "Prompt 0: prefill = 10.12ms\n";
  const ExtractedMetrics lines = metric_value(one_case("", output), rules);
  EXPECT_EQ(lines.over_limit, "metrics_bytes_max");
  EXPECT_THAT(lines.metrics, IsEmpty());
}

TEST(Metrics, MeasuresOutliveTheirReport) {
  // Texts in one piece and in several, in the document and put together: each is borrowed or owned in another way.
  const std::string cases = "<testsuite name='inner'><testcase classname='c' name='n' time='0.25'><properties>" +
                            property("p[l]", "1 2") + property("q", "3") + property("q.unit", "furlongs") +
                            "</properties>" + "<system-out>Prompt 0: prefill = 1.5 ms\n</system-out>" +
                            "<system-err>[[PROPERTY|x=<b>7</b>]]\n[[PROPERTY|y=8]]</system-err></testcase></testsuite>";
  auto report = std::make_unique<Report>(report_of("<testsuite name='outer'>" + cases + "</testsuite>"));
  ExtractedMetrics extracted = extract_metrics(*report);
  const std::vector<MetricValue> copies = extracted.metrics;
  report.reset();
  const std::vector<std::string> lines = lines_of(extracted);
  EXPECT_THAT(lines, ElementsAre("n[l] p = 1 2", "n q = 3 furlongs", "n y = 8", "n[Prompt 0] prefill_ms = 1.5 ms",
                                 "n duration_ms = 250 ms"));
  EXPECT_EQ(extracted.metrics[0].key.suite, "outer / inner");
  extracted = {};
  EXPECT_EQ(copies[0].key.suite, "outer / inner");
  EXPECT_THAT(copies[0].samples, ElementsAre(1, 2));

  const auto json = formats::read_report(R"({"results":[{"command":"a","times":[0.1,0.2],"mean":0.15}]})", "", "");
  ASSERT_TRUE(json) << json.error().cause;
  std::vector<MetricValue> kept;
  {
    // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): what is extracted must outlive what it came from
    const Report copy = *json;
    kept = extract_metrics(copy).metrics;
  }
  ASSERT_FALSE(kept.empty());
  EXPECT_EQ(kept[0].key.name, json->cases[0].key.name);
}

TEST(Metrics, CoordinatesOfTheReport) {
  const Coordinates own =
      metric_value("", {},
                   property("perftrend.branch", "main") + property("GIT_BRANCH", "origin/other") +
                       property("perftrend.commit", "abc") + property("perftrend.testbed", "nightly-01") +
                       property("perftrend.commit_time", "2026-11-23T01:00:00Z") +
                       property("perftrend.started_at", "2026-11-23T02:00:00Z") +
                       property("perftrend.ci_url", "https://ci/1") + property("perftrend.suspect", "load 9") +
                       property("perftrend.suspect", "steal 3") + property("perftrend.suspect", "load 9") +
                       property("environment.kernel", "6.1") + property("environment.cpu", "x") +
                       property("environment.engine", "e") + property("environment.engine_build", "b1") +
                       property("machine.load_before", "1"))
          .coordinates;
  EXPECT_EQ(own.branch, "main");
  EXPECT_EQ(own.commit, "abc");
  EXPECT_EQ(own.testbed, "nightly-01");
  EXPECT_EQ(own.ci_url, "https://ci/1");
  EXPECT_EQ(own.commit_us, 1795395600000000);
  EXPECT_EQ(own.started_us, 1795399200000000);
  EXPECT_EQ(own.suspect, "load 9; steal 3");
  ASSERT_EQ(own.environment.size(), 2U);
  EXPECT_EQ(own.environment[0].name, "cpu");
  EXPECT_EQ(own.environment[1].value, "6.1");
  ASSERT_EQ(own.configuration.size(), 1U);
  EXPECT_EQ(own.configuration[0].name, "engine");
  ASSERT_EQ(own.subject.size(), 1U);
  EXPECT_EQ(own.subject[0].value, "b1");
}

TEST(Metrics, CoordinatesOfCiSystems) {
  struct Row {
    std::string properties, branch, commit, ci_url;
  };
  const Row rows[] = {
      {property("GITHUB_SHA", "a1") + property("GITHUB_REF_NAME", "dev") +
           property("GITHUB_SERVER_URL", "https://github.com") + property("GITHUB_REPOSITORY", "o/r") +
           property("GITHUB_RUN_ID", "7"),
       "dev", "a1", "https://github.com/o/r/actions/runs/7"},
      {property("CI_COMMIT_SHA", "b2") + property("CI_COMMIT_REF_NAME", "mr") + property("CI_JOB_URL", "http://gl/1") +
           property("CI_COMMIT_TIMESTAMP", "2026-11-20T10:00:00Z"),
       "mr", "b2", "http://gl/1"},
      {property("env.GIT_COMMIT", "c3") + property("env.GIT_BRANCH", "origin/main") +
           property("env.BUILD_URL", "https://j/1"),
       "main", "c3", "https://j/1"},
      {property("GITHUB_REF", "refs/heads/x/y"), "x/y", "", ""},
      {property("GITHUB_REF", "refs/pull/12/merge") + property("GITHUB_HEAD_REF", "main"), "pull/12", "", ""},
  };
  for (const Row& row : rows) {
    const Coordinates found = metric_value("", {}, row.properties).coordinates;
    EXPECT_EQ(found.branch, row.branch);
    EXPECT_EQ(found.commit, row.commit);
    EXPECT_EQ(found.ci_url, row.ci_url);
    EXPECT_EQ(found.commit_us, std::nullopt) << "two runs of one commit are not one run";
  }
}

TEST(Metrics, TheRunOfAPartIsStatedByTheReportOrTheCi) {
  const Coordinates of_ci =
      metric_value("", {},
                   property("GITHUB_RUN_ID", "7") + property("GITHUB_RUN_ATTEMPT", "1") +
                       property("GITHUB_REF", "refs/pull/3/merge") + property("GITHUB_BASE_REF", "main") +
                       property("CI_DEFAULT_BRANCH", "trunk"))
          .coordinates;
  EXPECT_EQ(of_ci.run_key, "github-7-1");
  EXPECT_EQ(of_ci.base_branch, "main");
  EXPECT_EQ(of_ci.default_branch, "trunk");
  EXPECT_EQ(of_ci.purpose, Purpose::trend);
  const Coordinates own =
      metric_value("", {},
                   property("GITHUB_RUN_ID", "7") + property("perftrend.run_key", "k") +
                       property("perftrend.shard", "2") + property("perftrend.parts", "20") +
                       property("perftrend.purpose", "bisect") + property("perftrend.base_branch", "origin/dev") +
                       property("perftrend.base_commit", "b"))
          .coordinates;
  EXPECT_EQ(own.run_key, "k");
  EXPECT_EQ(own.shard, "2");
  EXPECT_EQ(own.parts_expected, 20);
  EXPECT_EQ(own.purpose, Purpose::bisect);
  EXPECT_EQ(own.base_branch, "dev");
  EXPECT_EQ(own.base_commit, "b");
  const ExtractedMetrics wrong =
      metric_value("", {}, property("perftrend.parts", "0") + property("perftrend.purpose", "Trends"));
  EXPECT_EQ(wrong.coordinates.parts_expected, 0);
  EXPECT_EQ(wrong.coordinates.purpose, Purpose::trend);
  EXPECT_THAT(wrong.warnings, testing::IsSupersetOf({HasSubstr("perftrend.parts '0' is not a number from 1 to 10000"),
                                                     HasSubstr("perftrend.purpose 'Trends' is not one of trend")}));
}

TEST(Metrics, CoordinatesThatCannotBeAreLeftOutAndSaid) {
  const ExtractedMetrics extracted = metric_value(
      "", {},
      property("perftrend.ci_url", "javascript:alert(1)") + property("perftrend.commit_time", "never") +
          property("perftrend.branch", std::string(600, 'b')) + property("perftrend.commit", "a") +
          property("perftrend.commit", "b") + property("environment.cpu", "x") + property("environment.cpu", "y"));
  EXPECT_EQ(extracted.coordinates.ci_url, "");
  EXPECT_EQ(extracted.coordinates.branch, "");
  EXPECT_EQ(extracted.coordinates.commit, "a");
  EXPECT_EQ(extracted.coordinates.commit_us, std::nullopt);
  EXPECT_THAT(extracted.warnings,
              testing::UnorderedElementsAre(
                  "the document holds no test case", HasSubstr("perftrend.branch is longer than"),
                  HasSubstr("perftrend.commit is stated as 'a' and as 'b'"), HasSubstr("is not http or https"),
                  HasSubstr("'never' is not a plausible time"), HasSubstr("cpu is stated as 'x' and as 'y'")));
}

TEST(Metrics, ManyCasesGroupRightWhateverTheirNames) {
  std::string cases;
  for (int i = 0; i < 3000; ++i)
    cases += fmt::format("<testcase name='c{}' time='{}'/>", i % 1000, i + 1);
  const ExtractedMetrics extracted = metric_value(cases);
  ASSERT_EQ(extracted.metrics.size(), 1000U);
  for (std::size_t i = 0; i < 1000; ++i) {
    const double ms = static_cast<double>(i + 1) * 1e3;
    EXPECT_EQ(extracted.metrics[i].key.name, fmt::format("c{}", i));
    EXPECT_THAT(extracted.metrics[i].samples, ElementsAre(ms, ms + 1e6, ms + 2e6));
  }
}

}  // namespace
}  // namespace perftrend::metrics
