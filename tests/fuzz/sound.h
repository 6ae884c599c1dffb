#pragma once
// What every report and every metric must satisfy, whatever bytes they came from. Aborts otherwise.

#include <tl/expected.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/junit/junit_reader.h"
#include "core/metrics/metrics.h"
#include "core/model.h"
#include "core/text/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace perftrend::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Small, so that short inputs reach every limit.
inline junit::ReadLimits small_limits() {
  junit::ReadLimits limits = junit::ReadLimits::for_body(std::size_t{64} * 1024);
  limits.depth_max = 8;
  limits.cases_max = 50;
  limits.attributes_max = 20;
  limits.name_bytes_max = 100;
  limits.case_name_bytes_max = 200;
  return limits;
}

inline void require(bool condition) {
  if (!condition) std::abort();
}

inline bool is_clean(std::string_view text) {
  return text::find_invalid_utf8(text) == std::string_view::npos && text.find('\0') == std::string_view::npos;
}

inline void require_sound(const Report& report) {
  const Counts& c = report.counts;
  require(c.cases == c.passed + c.failed + c.errored + c.skipped + c.notrun);
  require(static_cast<std::size_t>(c.cases) == report.cases.size());
  require(c.time_seconds >= 0);
  for (const ReportCase& one : report.cases) {
    require(is_clean(one.key.suite) && is_clean(one.key.classname) && is_clean(one.key.name));
    require(is_clean(one.message) && is_clean(one.output));
    require(!one.time_seconds || (std::isfinite(*one.time_seconds) && *one.time_seconds >= 0));
  }
  for (const std::string& warning : report.warnings)
    require(!warning.empty());
}

inline void require_sound(const metrics::ExtractedMetrics& extracted, const metrics::MetricRules& rules) {
  require(extracted.warnings.size() <= rules.limits.warnings_max);
  require(extracted.over_limit.empty() || extracted.metrics.empty());
  for (const MetricValue& metric_value : extracted.metrics) {
    require(!metric_value.samples.empty() && !metric_value.metric.empty() && !metric_value.key.name.empty());
    for (const double sample : metric_value.samples)
      require(std::isfinite(sample));
    require(metric_value.min <= metric_value.value && metric_value.mad >= 0);
  }
}

inline void require_sound(const junit::ReadError& error) {
  require(!error.cause.empty());
  require(error.over_limit == !error.limit.empty());
}

/// A refusal that says why, or a report that is sound and whose metrics are, also once it is gone.
inline void require_sound(tl::expected<Report, junit::ReadError> report) {
  if (!report) return require_sound(report.error());
  require_sound(*report);
  const metrics::MetricRules rules;
  const metrics::ExtractedMetrics extracted = metrics::extract_metrics(*report, rules);
  *report = Report();
  require_sound(extracted, rules);
  for (const MetricValue& metric_value : extracted.metrics) {
    require(is_clean(metric_value.key.suite) && is_clean(metric_value.key.classname) &&
            is_clean(metric_value.key.name));
    require(is_clean(metric_value.metric) && is_clean(metric_value.unit));
  }
}

}  // namespace perftrend::fuzz
