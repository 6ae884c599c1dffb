// Any texts through the extraction of metrics, without the XML around them: the input's lines become, by their first
// letter, properties, attributes, output, times, labels and the project's own rules of one small report.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/metrics/case_names.h"
#include "core/metrics/metrics.h"
#include "core/text/numbers.h"
#include "tests/fuzz/sound.h"

namespace {

using perftrend::CaseProperty;
using perftrend::Report;
using perftrend::ReportCase;
using perftrend::metrics::MetricRules;

/// "name<TAB>value".
CaseProperty property_of(std::string_view line) {
  const std::size_t tab = std::min(line.find('\t'), line.size());
  return {std::string(line.substr(0, tab)), std::string(line.substr(std::min(tab + 1, line.size())))};
}

void read_line(char kind, std::string_view rest, Report& report, MetricRules& rules) {
  ReportCase& last = report.cases.back();
  switch (kind) {
    case 'p':
      last.properties.push_back(property_of(rest));
      break;
    case 'a':
      last.attributes.push_back(property_of(rest));
      break;
    case 't':
      last.time_seconds = perftrend::text::parse_seconds(rest);
      break;
    case 'c':
      report.cases.emplace_back().key.name = rest;
      break;
    case 's':
      report.properties.push_back({property_of(rest).name, property_of(rest).value});
      break;
    case 'l':
      if (rules.lines.size() < 4) rules.lines.emplace_back(rest);
      break;
    case '+':
      if (rules.take.size() < 4) rules.take.emplace_back(rest);
      break;
    case '-':
      if (rules.leave.size() < 4) rules.leave.emplace_back(rest);
      break;
    default:
      last.output = std::string(last.output.view()).append(rest).append("\n");
      break;
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perftrend;
  Report report;
  report.cases.emplace_back().key.name = "n";
  MetricRules rules;
  rules.limits.samples_max = 50;
  rules.limits.warnings_max = 5;
  rules.limits.metrics_bytes_max = 16 * 1024;
  std::string_view left = fuzz::text_of(data, size);
  while (!left.empty()) {
    const std::size_t end = std::min(left.find('\n'), left.size());
    if (end > 0) read_line(left[0], left.substr(1, end - 1), report, rules);
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  if (size % 2 == 0) report.started_us = std::int64_t{1'796'004'001} * 1'000'000;
  metrics::stabilise_names(report);
  fuzz::require_sound(metrics::extract_metrics(report, rules), rules);
  return 0;
}
