#pragma once
// A comparison of reports as text with histograms, and as JSON.

#include <nlohmann/json_fwd.hpp>

#include <span>
#include <string>

#include "runner/report/compare_reports.h"

namespace perftrend::runner {

/// A block of lines with histograms for each series; series that are equal in every sample are only counted.
std::string to_text(const ReportComparison& comparison);
nlohmann::ordered_json to_object(const ReportComparison& comparison);

/// Bars of both sides over common bins of equal width: "▁▃█ ". Samples far outside are counted in the outermost bins.
struct Histograms {
  std::string before, after;
  double low = 0;  ///< left edge of the first bin
  double high = 0;
};
Histograms histograms_of(std::span<const double> before, std::span<const double> after);

}  // namespace perftrend::runner
