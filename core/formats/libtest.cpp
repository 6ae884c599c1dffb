#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "core/formats/json_formats.h"
#include "core/formats/json_text.h"
#include "core/formats/metric_collector.h"
#include "core/text/numbers.h"

namespace perftrend::formats {
namespace {

using nlohmann::json;

bool is_event(const json& value) {
  const std::string type = text_of(value, "type");
  if (type == "bench") return value.contains("median");
  return (type == "test" || type == "suite" || type == "report") && (value.contains("event") || type == "report");
}

/// Messages of cargo, which writes into the same stream.
bool is_of_cargo(const json& value) {
  return !text_of(value, "reason").empty();
}

void read_benchmark(const json& event, junit::BuiltCase& built, MetricCollector& metrics) {
  metrics.add(built, "time_ns", numbers_as_text(event["median"], ""), "");
  // libtest divides bytes by microseconds, whatever the name says; it prints the same number as MB/s.
  if (const auto rate = number_of(event, "mib_per_second"))
    metrics.add(built, "throughput_mb_per_s", fmt::format("{}", *rate), "");
}

/// Older versions write "0.123s".
std::string seconds_text(std::string written) {
  if (written.ends_with('s')) written.pop_back();
  return written;
}

/// False for an event that is not a result.
bool read_test(const json& event, junit::BuiltCase& built, MetricCollector& metrics) {
  const std::string result = text_of(event, "event");
  if (result == "started" || result == "timeout") return false;
  if (result == "failed" || result == "allowed_failure") {
    built.status = result == "failed" ? CaseStatus::failed : CaseStatus::passed;
    built.message = text_of(event, "message");
    if (built.message.empty() && result == "failed") built.message = "the test failed";
  } else if (result == "ignored") {
    built.status = CaseStatus::skipped;
    built.message = text_of(event, "message");
  } else if (result != "ok") {
    metrics.note("events that are not known", result);
    return false;
  }
  if (const auto* time = member_of(event, "exec_time"))
    built.time_seconds = text::parse_seconds(time->is_string() ? seconds_text(time->get<std::string>()) : time->dump());
  return true;
}

}  // namespace

bool is_libtest(const JsonValues& values) {
  return std::any_of(values.begin(), values.end(), is_event) &&
         std::all_of(values.begin(), values.end(), [](const json& one) { return is_event(one) || is_of_cargo(one); });
}

void read_libtest(const JsonInput& input, junit::ReportBuilder& builder) {
  MetricCollector metrics;
  for (const json& event : input.values) {
    const std::string type = text_of(event, "type");
    if (type != "bench" && type != "test") continue;
    junit::BuiltCase built;
    built.suite = "cargo bench";
    built.name = text_of(event, "name");
    if (built.name.empty()) return builder.refuse(fmt::format("an event of type {} has no name", type));
    if (type == "bench") {
      read_benchmark(event, built, metrics);
    } else if (!read_test(event, built, metrics)) {
      continue;
    }
    builder.add_case(std::move(built));
  }
  metrics.write_warnings(builder);
}

}  // namespace perftrend::formats
