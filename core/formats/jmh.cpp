#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/formats/json_formats.h"
#include "core/formats/json_text.h"
#include "core/formats/metric_collector.h"
#include "core/text/numbers.h"

namespace perftrend::formats {
namespace {

using nlohmann::json;

struct Mode {
  std::string_view name;
  const char* metric;
  Better better;
};

constexpr std::array<Mode, 4> modes = {{{"thrpt", "throughput", Better::higher},
                                        {"avgt", "time_ns", Better::lower},
                                        {"sample", "sample_time_ns", Better::lower},
                                        {"ss", "single_shot_time_ns", Better::lower}}};

bool is_result(const json& value) {
  return value.is_object() && value.contains("benchmark") && has_object(value, "primaryMetric");
}

/// The measured value of each iteration of each fork; else the score, their mean.
std::string samples_of(const json& metric) {
  std::string samples;
  if (const auto* forks = member_of(metric, "rawData"); forks != nullptr && forks->is_array()) {
    for (const json& fork : *forks)
      append_sample(samples, numbers_as_text(fork, ""));
  }
  if (!samples.empty()) return samples;
  const auto score = number_of(metric, "score");
  return score ? fmt::format("{}", *score) : "";
}

/// JMH writes rates of work as "ops/UNIT"; those that are not known as a unit are given per second.
std::string per_second(std::string numbers, std::string& unit) {
  const double factor = unit == "ops/ns" ? 1e9 : unit == "ops/min" ? 1.0 / 60 : unit == "ops/hr" ? 1.0 / 3600 : 0;
  if (factor == 0) return numbers;
  unit = "ops/s";
  std::string converted;
  for (std::size_t at = 0; at < numbers.size();) {
    const std::size_t end = std::min(numbers.find(' ', at), numbers.size());
    const auto value = text::parse_decimal(std::string_view(numbers).substr(at, end - at));
    append_sample(converted, value ? fmt::format("{}", *value * factor) : "NaN");
    at = end + 1;
  }
  return converted;
}

void name_case(const json& result, junit::BuiltCase& built) {
  built.suite = "jmh";
  const std::string full = text_of(result, "benchmark");
  const std::size_t dot = full.rfind('.');
  built.name = dot == std::string::npos ? full : full.substr(dot + 1);
  if (dot != std::string::npos) built.classname = full.substr(0, dot);
  if (const auto* parameters = member_of(result, "params"); parameters != nullptr && parameters->is_object()) {
    for (const auto& [name, value] : parameters->items())
      built.name += fmt::format(" {}={}", name, scalar_as_text(value));
  }
  const auto threads = number_of(result, "threads");
  if (threads && *threads != 1) built.name += fmt::format(" threads={}", *threads);
}

void add_primary(const json& result, junit::BuiltCase& built, MetricCollector& metrics) {
  const json& primary = result["primaryMetric"];
  const std::string written = text_of(result, "mode");
  std::string unit = text_of(primary, "scoreUnit");
  auto samples = per_second(samples_of(primary), unit);
  if (samples.empty()) metrics.note("benchmarks without a score, no point", built.name);
  const auto* mode = std::find_if(modes.begin(), modes.end(), [&](const Mode& one) { return one.name == written; });
  if (mode == modes.end()) {
    metrics.note("modes that are not known, the score is named 'score'", written);
    return metrics.add(built, "score", std::move(samples), unit);
  }
  metrics.add(built, mode->metric, std::move(samples), unit, mode->better);
  if (written != "sample") return;
  if (const auto* percentiles = member_of(primary, "scorePercentiles")) {
    for (const auto& [percentile, name] :
         {std::pair("50.0", "p50_ns"), std::pair("95.0", "p95_ns"), std::pair("99.0", "p99_ns")}) {
      if (const auto value = number_of(*percentiles, percentile))
        metrics.add(built, name, fmt::format("{}", *value), unit, Better::lower);
    }
  }
}

/// Profilers' results, for example "·gc.alloc.rate.norm". What a profiler counts is better lower, rates of allocation
/// included; counters of @AuxCounters have units of the mode.
void add_secondary(const json& result, junit::BuiltCase& built, MetricCollector& metrics) {
  const auto* secondary = member_of(result, "secondaryMetrics");
  if (secondary == nullptr || !secondary->is_object()) return;
  constexpr std::string_view middle_dot = "\xC2\xB7";
  for (const auto& [written, metric] : secondary->items()) {
    std::string_view name = written;
    if (name.starts_with(middle_dot)) name.remove_prefix(middle_dot.size());
    std::string unit = text_of(metric, "scoreUnit");
    auto samples = per_second(samples_of(metric), unit);
    const bool is_garbage = name.starts_with("gc.");
    const auto better = is_garbage ? std::optional(Better::lower) : std::nullopt;
    if (unit == "counts" || unit == "---" || unit.starts_with("#/")) {
      MetricCollector::add_as_is(built, std::string(name), std::move(samples), "", better);
    } else {
      metrics.add(built, std::string(name), std::move(samples), unit, better);
    }
  }
}

}  // namespace

bool is_jmh(const JsonValues& values) {
  return values.size() == 1 && values.front().is_array() &&
         std::any_of(values.front().begin(), values.front().end(), is_result);
}

void read_jmh(const JsonInput& input, junit::ReportBuilder& builder) {
  MetricCollector metrics;
  std::size_t index = 0;
  bool has_machine_facts = false;
  for (const json& result : input.values.front()) {
    if (!is_result(result)) {
      return builder.refuse(fmt::format("result {} has no benchmark and primaryMetric", index));
    }
    if (!std::exchange(has_machine_facts, true)) {
      // A patch of the virtual machine is not another configuration: "17" of "17.0.9".
      const std::string version = text_of(result, "jdkVersion");
      if (!version.empty()) {
        builder.add_property("configuration.jdk",
                             text_of(result, "vmName") + " " + version.substr(0, version.find('.')));
      }
    }
    junit::BuiltCase built;
    name_case(result, built);
    if (built.name.empty()) return builder.refuse(fmt::format("result {} has no benchmark name", index));
    add_primary(result, built, metrics);
    add_secondary(result, built, metrics);
    builder.add_case(std::move(built));
    ++index;
  }
  metrics.write_warnings(builder);
}

}  // namespace perftrend::formats
