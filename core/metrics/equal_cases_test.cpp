// Cases of equal names in one report: configurations are series of their own, the rest becomes one point with a
// warning.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/junit/junit_reader.h"
#include "core/metrics/case_names.h"
#include "core/metrics/metrics.h"

namespace perftrend::metrics {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ExtractedMetrics extract(const std::string& suites) {
  auto report = junit::read_junit("<testsuites>" + suites + "</testsuites>");
  EXPECT_TRUE(report.has_value()) << suites;
  if (!report) return {};
  stabilise_names(*report);
  return extract_metrics(*report);
}

std::string stated(const std::string& name, const std::string& value) {
  return fmt::format("<property name='{}' value='{}'/>", name, value);
}

std::string serve(const std::string& properties) {
  return "<testcase classname='C' name='serve'><properties>" + properties + "</properties></testcase>";
}

/// "100 model=7B" for each value.
std::vector<std::string> values_of(const ExtractedMetrics& extracted) {
  std::vector<std::string> found;
  for (const MetricValue& metric_value : extracted.metrics) {
    std::string line = fmt::format("{} {}", metric_value.key.name.view(), metric_value.value);
    for (const Property& fact : extracted.case_facts[metric_value.facts].configuration)
      line += fmt::format(" {}={}", fact.name, fact.value);
    found.push_back(line);
  }
  return found;
}

TEST(EqualCases, ConfigurationsOfACaseAreSeries) {
  for (const auto* setting : {"model", "threads", "configuration.anything"}) {
    const auto extracted =
        extract("<testsuite name='s'>" + serve(stated(setting, "7") + stated("ttft_ms", "100")) +
                serve(stated(setting, "70") + stated("ttft_ms", "900")) +
                serve(stated("seed", "3") + stated(setting, "7") + stated("ttft_ms", "102")) + "</testsuite>");
    EXPECT_THAT(values_of(extracted),
                ElementsAre(fmt::format("serve 101 {}=7",
                                        setting == std::string("configuration.anything") ? "anything" : setting),
                            HasSubstr("serve 900")))
        << setting;
  }
}

}  // namespace
}  // namespace perftrend::metrics
