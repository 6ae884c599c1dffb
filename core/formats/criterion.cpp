#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/formats/json_formats.h"
#include "core/formats/json_text.h"
#include "core/formats/metric_collector.h"

namespace perftrend::formats {
namespace {

using nlohmann::json;

constexpr std::string_view suite = "criterion";

bool is_message(const json& value) {
  const std::string reason = text_of(value, "reason");
  return reason == "benchmark-complete" || reason == "group-complete";
}

/// Not change/estimates.json, which holds relative changes and no deviation.
bool is_estimates(const json& value) {
  return has_object(value, "mean") && has_object(value, "median") && has_object(value, "median_abs_dev") &&
         number_of(value["mean"], "point_estimate");
}

bool is_sample(const json& value) {
  return has_array(value, "iters") && has_array(value, "times");
}

bool is_benchmark(const json& value) {
  return value.is_object() && value.contains("group_id") && value.contains("full_id");
}

/// The mean time of an iteration of each measurement: total times divided by iterations, as text.
std::string times_of(const json& totals, const json& iterations) {
  std::string samples;
  if (!totals.is_array() || !iterations.is_array() || totals.size() != iterations.size()) return "";
  for (std::size_t i = 0; i < totals.size(); ++i) {
    if (!totals[i].is_number() || !iterations[i].is_number() || iterations[i].get<double>() <= 0) return "";
    append_sample(samples, fmt::format("{}", totals[i].get<double>() / iterations[i].get<double>()));
  }
  return samples;
}

void add_values(junit::BuiltCase& built, std::string samples, std::string_view unit, MetricCollector& metrics) {
  if (unit.empty() || unit == "ns") {
    metrics.add(built, "time_ns", std::move(samples), "");
  } else {
    metrics.add(built, "value", std::move(samples), unit);  // of another `Measurement`, for example CPU cycles
  }
}

void read_message(const json& message, junit::ReportBuilder& builder, MetricCollector& metrics) {
  const std::string reason = text_of(message, "reason");
  if (reason == "group-complete") return;
  if (reason != "benchmark-complete") {
    if (!reason.starts_with("compiler-") && !reason.starts_with("build-"))
      metrics.note("messages that are not known", reason);
    return;
  }
  junit::BuiltCase built;
  built.suite = suite;
  built.name = text_of(message, "id");
  if (built.name.empty()) return builder.refuse("a message benchmark-complete has no id");
  const auto* totals = member_of(message, "measured_values");
  const auto* iterations = member_of(message, "iteration_count");
  std::string samples = totals == nullptr || iterations == nullptr ? "" : times_of(*totals, *iterations);
  std::string unit = text_of(message, "unit");
  for (const char* member : {"median", "typical", "mean"}) {
    const auto* estimate = member_of(message, member);
    if (!samples.empty() || estimate == nullptr) continue;
    if (const auto value = number_of(*estimate, "estimate")) samples = fmt::format("{}", *value);
    if (auto stated = text_of(*estimate, "unit"); !stated.empty()) unit = std::move(stated);
  }
  if (samples.empty()) metrics.note("benchmarks without values, no point", built.name);
  add_values(built, std::move(samples), unit, metrics);
  builder.add_case(std::move(built));
}

/// "fib/20" of "target/criterion/fib/20/new" and of ".../new/estimates.json"; "" when no folder is known.
std::string name_of_path(std::string_view path) {
  if (path.ends_with(".json")) path.remove_suffix(path.size() - std::min(path.rfind('/'), path.size()));
  if (path.ends_with(".json")) return "";  // a file without a folder
  const std::size_t slash = path.rfind('/');
  const std::string_view last = base_name(path);
  if (last == "new" || last == "base") path = slash == std::string_view::npos ? "" : path.substr(0, slash);
  constexpr std::string_view root = "criterion/";
  const std::size_t at = path.rfind(root);
  return std::string(at == std::string_view::npos ? path : path.substr(at + root.size()));
}

/// The files of one folder.
void read_folder(const JsonInput& input, junit::ReportBuilder& builder, MetricCollector& metrics) {
  junit::BuiltCase built;
  built.suite = suite;
  std::string samples;
  std::string estimate;
  for (const json& file : input.values) {
    if (is_benchmark(file)) built.name = text_of(file, "full_id");
    if (is_sample(file)) samples = times_of(file["times"], file["iters"]);
    if (!is_estimates(file)) continue;
    const auto median = number_of(file["median"], "point_estimate");
    if (median) estimate = fmt::format("{}", *median);
  }
  if (built.name.empty()) built.name = name_of_path(input.file_name);
  if (built.name.empty()) {
    built.name = "criterion";
    builder.add_warning(
        "this file of Criterion does not name its benchmark, so the case is named 'criterion'; send the folder "
        "target/criterion as an archive");
  }
  if (samples.empty()) samples = std::move(estimate);
  if (samples.empty()) metrics.note("benchmarks without sample.json and estimates.json, no point", built.name);
  add_values(built, std::move(samples), "", metrics);
  builder.add_case(std::move(built));
}

}  // namespace

bool is_criterion(const JsonValues& values) {
  if (values.empty()) return false;
  // cargo writes messages of its own into the same stream.
  if (std::any_of(values.begin(), values.end(), is_message)) return true;
  return std::all_of(values.begin(), values.end(),
                     [](const json& value) { return is_estimates(value) || is_sample(value) || is_benchmark(value); });
}

void read_criterion(const JsonInput& input, junit::ReportBuilder& builder) {
  MetricCollector metrics;
  if (std::none_of(input.values.begin(), input.values.end(), is_message)) {
    read_folder(input, builder, metrics);
    return metrics.write_warnings(builder);
  }
  for (const json& message : input.values)
    read_message(message, builder, metrics);
  metrics.write_warnings(builder);
}

}  // namespace perftrend::formats
