#pragma once
// What every report and every measure must satisfy, whatever bytes they came from. Aborts otherwise.

#include <cmath>
#include <cstdlib>
#include <string>

#include "server/ingest/metrics.h"
#include "server/ingest/text.h"
#include "server/model.h"

namespace perftrend::fuzz {

inline void require(bool condition) {
  if (!condition) std::abort();
}

inline bool is_clean(const std::string& text) {
  return ingest::find_invalid_utf8(text) == std::string_view::npos && text.find('\0') == std::string::npos;
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

inline void require_sound(const ingest::Measured& measured, const ingest::MetricRules& rules) {
  require(measured.warnings.size() <= rules.limits.warnings_max);
  require(measured.over_limit.empty() || measured.measures.empty());
  for (const Measure& measure : measured.measures) {
    require(!measure.samples.empty() && !measure.metric.empty() && !measure.key.name.empty());
    for (const double sample : measure.samples)
      require(std::isfinite(sample));
    require(measure.min <= measure.value && measure.mad >= 0);
  }
}

}  // namespace perftrend::fuzz
