#pragma once
// Two reports beside each other, read and judged by the server's own code (docs/adr/0013): the same series, the same
// minimum effect, the same false discovery rate. Pure.
//
// Of two reports the samples are judged: a rank test says whether they differ, the Hodges-Lehmann estimate by how much.
// Both are of one run each, so what runs differ by among themselves is not in them. From as many reports on as the
// server needs for a baseline, the newest is judged against all before it, as the server would.

#include <nlohmann/json_fwd.hpp>
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

/// Of one run: its samples. Of a history: the values of its runs, before, and the run's samples, after.
struct ComparedSide {
  std::vector<double> samples;
  stats::SampleSummary summary;
};

struct ComparedSeries {
  CaseKey key;
  std::string metric;
  std::string unit;
  ComparedSide before, after;
  perftrend::Verdict verdict = perftrend::Verdict::too_few;
  double p_value = 1;
  double effect = 0;  ///< relative change, signed; 0.1 is 10 % more
  double effect_low = 0;
  double effect_high = 0;  ///< its 95 % confidence interval
  std::string explanation;
};

struct Comparison {
  std::size_t baseline_runs = 1;  ///< 1: samples were compared; more: judged as the server does
  std::vector<ComparedSeries> series;
  std::vector<std::string> only_before, only_after;  ///< names of series
  std::vector<std::string> environment;              ///< "engine_build: b1 -> b2": what differs, of the last before
  std::string suspect_before, suspect_after;         ///< why the machine was not fit; "": it was
  bool everything_moved = false;                     ///< most series moved one way: the environment, not the code
  double moved_effect = 0;

  [[nodiscard]] std::size_t count(perftrend::Verdict verdict) const;
};

/// One report as the server reads it.
struct ReadReport {
  std::vector<Measure> measures;
  Coordinates coordinates;
};

/// Why a document is refused, with line and column where there are any: "3:14: cause".
tl::expected<ReadReport, std::string> read_report(std::string_view xml);

/// The last of `reports` (two at least) against those before it, in the order of their time.
Comparison compare_reports(std::span<const ReadReport> reports, const detect::Policy& policy = {});

/// Enough reports for a verdict as the server's, the judged one among them.
std::size_t reports_of_a_history(const detect::Policy& policy = {});

/// Blocks of lines with histograms; series equal in every sample are only counted.
std::string to_text(const Comparison& comparison);
nlohmann::ordered_json to_object(const Comparison& comparison);

/// Bars of both sides over common bins, of equal width: "▁▃█ ". What lies far outside is in the outermost bins.
struct Histograms {
  std::string before, after;
  double low = 0;  ///< left edge of the first bin
  double high = 0;
};
Histograms histograms_of(std::span<const double> before, std::span<const double> after);

}  // namespace perftrend::runner
