#pragma once
// Comparison of reports, read and judged by the same code as on the server (docs/adr/0013): the same series, minimum
// effect and false discovery rate. Pure.
//
// With two reports, their samples are compared: a rank test decides whether they differ, the Hodges-Lehmann estimate by
// how much. This does not include the variation between runs. With enough reports for a baseline, the newest one is
// judged against all earlier ones, as on the server.

#include <tl/expected.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/detect/verdict.h"
#include "core/model.h"
#include "core/stats/ranks.h"
#include "core/stats/sample_summary.h"

namespace perftrend::runner {

/// Samples of one run; in a history, `before` has one value per earlier run.
struct ComparedSide {
  std::vector<double> samples;
  stats::SampleSummary summary;
};

struct ComparedSeries {
  CaseKey key;
  std::string metric;
  std::string unit;
  ComparedSide before, after;
  Verdict verdict = Verdict::too_few;
  double p_value = 1;
  double effect = 0;  ///< relative change, signed; 0.1 is 10 % more
  double effect_low = 0;
  double effect_high = 0;  ///< its 95 % confidence interval
  std::string explanation;
};

struct ReportComparison {
  std::size_t baseline_runs = 1;  ///< 1: samples were compared; more: judged as on the server
  std::vector<ComparedSeries> series;
  std::vector<std::string> only_before, only_after;  ///< names of series
  std::vector<std::string> environment;       ///< "engine_build: b1 -> b2": differences to the report before the last
  std::string suspect_before, suspect_after;  ///< why the machine was not quiet; "": it was
  bool common_shift = false;  ///< most series changed in the same direction: probably the environment, not the code
  double common_shift_effect = 0;

  [[nodiscard]] std::size_t count(Verdict verdict) const;
};

/// One report as the server reads it.
struct ReadReport {
  std::vector<MetricValue> metrics;
  Coordinates coordinates;
};

/// The error says why the document is refused, with line and column if known: "3:14: cause".
tl::expected<ReadReport, std::string> read_report(std::string_view xml);

/// Compares the last of `reports` (at least two, oldest first) with those before it.
ReportComparison compare_reports(std::span<const ReadReport> reports, const detect::Policy& policy = {});

/// Number of reports, including the judged one, that is required for a verdict as on the server.
std::size_t reports_of_a_history(const detect::Policy& policy = {});

}  // namespace perftrend::runner
