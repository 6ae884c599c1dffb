#pragma once
// Reports of one case for the tests of comparisons.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "runner/report/compare_reports.h"

namespace perftrend::runner {

using Samples = std::vector<double>;

inline std::string property(const std::string& name, const std::string& value) {
  return fmt::format(R"(<property name="{}" value="{}"/>)", name, value);
}

/// A report with one case and these metrics.
inline ReadReport report(const std::string& metrics, const std::string& suite = "") {
  const auto read = read_report(fmt::format(
      R"(<testsuite name="s"><properties>{}</properties><testcase name="t" classname="c"><properties>{}</properties></testcase></testsuite>)",
      suite, metrics));
  EXPECT_TRUE(read.has_value()) << read.error();
  return *read;
}

inline std::string list(const Samples& samples) {
  return fmt::format("{}", fmt::join(samples, " "));
}

inline ReportComparison compare(const ReadReport& before, const ReadReport& after) {
  return compare_reports(std::vector<ReadReport>{before, after});
}

/// Eight samples around 10.
inline const Samples ten{10.1, 10.3, 10.2, 10.15, 10.25, 10.05, 10.35, 10.12};

inline Samples times(const Samples& samples, double factor) {
  Samples scaled(samples);
  for (double& sample : scaled)
    sample *= factor;
  return scaled;
}

}  // namespace perftrend::runner
