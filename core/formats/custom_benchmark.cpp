// Two formats that scripts write by hand: the custom input of github-action-benchmark, and Bencher's metric format.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/formats/json_formats.h"
#include "core/formats/json_text.h"
#include "core/formats/metric_collector.h"
#include "core/metrics/direction.h"
#include "core/metrics/units.h"
#include "core/text/trim.h"

namespace perftrend::formats {
namespace {

using nlohmann::json;

bool is_custom_entry(const json& value) {
  return value.is_object() && value.contains("name") && value.contains("value") && value.contains("unit");
}

/// A measure that Bencher creates in every project, with the unit that it documents.
struct BencherMeasure {
  std::string_view slug;
  std::string_view unit;
  Better better;
};

/// The counts are those of its adapters for Iai and Gungraun; each access costs cycles, a hit too.
constexpr std::array<BencherMeasure, 19> built_in_measures = {{{"latency", "ns", Better::lower},
                                                               {"throughput", "ops/s", Better::higher},
                                                               {"build-time", "s", Better::lower},
                                                               {"file-size", "bytes", Better::lower},
                                                               {"instructions", "", Better::lower},
                                                               {"estimated-cycles", "", Better::lower},
                                                               {"l1-accesses", "", Better::lower},
                                                               {"l2-accesses", "", Better::lower},
                                                               {"ram-accesses", "", Better::lower},
                                                               {"l1-hits", "", Better::lower},
                                                               {"l2-hits", "", Better::lower},
                                                               {"ll-hits", "", Better::lower},
                                                               {"ram-hits", "", Better::lower},
                                                               {"total-read-write", "", Better::lower},
                                                               {"total-bytes", "bytes", Better::lower},
                                                               {"total-blocks", "", Better::lower},
                                                               {"at-t-gmax-bytes", "bytes", Better::lower},
                                                               {"at-t-end-bytes", "bytes", Better::lower},
                                                               {"binary-size", "bytes", Better::lower}}};

bool is_measure(const json& value) {
  return value.is_object() && value.contains("value") && !value["value"].is_structured();
}

/// Measures of one benchmark; an empty object is a benchmark without results.
bool is_bencher_entry(const json& value) {
  return value.is_object() && std::all_of(value.begin(), value.end(), is_measure);
}

void add_measure(const std::string& slug, const json& measure, junit::BuiltCase& built, MetricCollector& metrics) {
  auto number = numbers_as_text(measure["value"], "");
  if (number.empty()) return metrics.note("measures whose value is not a number, no point", built.name + " " + slug);
  const auto* known = std::find_if(built_in_measures.begin(), built_in_measures.end(),
                                   [&](const auto& one) { return one.slug == slug; });
  if (known != built_in_measures.end()) {
    // Times of a few nanoseconds are easier to read in their own unit.
    return metrics.add(built, slug == "latency" ? "latency_ns" : slug, std::move(number), known->unit, known->better);
  }
  metrics.add(built, slug, std::move(number), "");
}

}  // namespace

bool is_custom_benchmark(const JsonValues& values) {
  return values.size() == 1 && values.front().is_array() && !values.front().empty() &&
         std::any_of(values.front().begin(), values.front().end(), is_custom_entry);
}

void read_custom_benchmark(const JsonInput& input, junit::ReportBuilder& builder) {
  MetricCollector metrics;
  builder.direction_advice(
      "The file does not state it: send ?format=customBiggerIsBetter or customSmallerIsBetter, or state the direction "
      "in "
      "a policy");
  std::size_t index = 0;
  for (const json& entry : input.values.front()) {
    const auto refuse = [&](std::string_view why) { builder.refuse(fmt::format("entry {} {}", index, why)); };
    if (!is_custom_entry(entry)) return refuse("has no name, unit and value");
    junit::BuiltCase built;
    built.suite = "github-action-benchmark";
    built.name = text_of(entry, "name");
    if (built.name.empty()) return refuse("has no name");
    const auto number = number_of(entry, "value");
    const std::string unit = text_of(entry, "unit");
    // The metric is always `value`: the words of the name say what it is.
    auto better = input.better;
    const auto by_name = metrics::direction_of(metrics::direction_of_name(built.name), metrics::known_unit(unit));
    if (!better && !by_name.is_assumed) better = by_name.better;
    if (number) {
      metrics.add(built, "value", fmt::format("{}", *number), unit, better);
    } else if (entry["value"] == no_number) {
      metrics.add(built, "value", "NaN", unit, better);
    } else {
      return refuse(fmt::format("has a value that is not a number: '{}'", text::shortened(entry["value"].dump(), 40)));
    }
    builder.add_case(std::move(built));
    ++index;
  }
  metrics.write_warnings(builder);
}

bool is_bencher_metric_format(const JsonValues& values) {
  if (values.size() != 1 || !values.front().is_object()) return false;
  const json& document = values.front();
  const auto has_measures = [](const json& value) { return value.is_object() && !value.empty(); };
  return std::any_of(document.begin(), document.end(), has_measures) &&
         std::all_of(document.begin(), document.end(), is_bencher_entry);
}

void read_bencher_metric_format(const JsonInput& input, junit::ReportBuilder& builder) {
  MetricCollector metrics;
  builder.direction_advice(
      "The file states no units and directions: set those of the series, or state them in a policy");
  for (const auto& [name, measures] : input.values.front().items()) {
    junit::BuiltCase built;
    built.suite = "bencher";
    built.name = name;
    for (const auto& [slug, measure] : measures.items())
      add_measure(slug, measure, built, metrics);
    if (built.properties.empty()) metrics.note("benchmarks without a value", name);
    builder.add_case(std::move(built));
  }
  metrics.write_warnings(builder);
}

}  // namespace perftrend::formats
