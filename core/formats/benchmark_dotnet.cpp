#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/formats/json_formats.h"
#include "core/formats/json_text.h"
#include "core/formats/metric_collector.h"
#include "core/text/trim.h"

namespace perftrend::formats {
namespace {

using nlohmann::json;

/// Characteristics of a job that say how precisely it measured, not what. They are not part of a name.
bool is_effort(std::string_view characteristic) {
  constexpr std::array<std::string_view, 10> names = {
      "IterationCount", "LaunchCount", "WarmupCount",       "UnrollFactor",      "InvocationCount",
      "IterationTime",  "RunStrategy", "MinIterationCount", "MaxIterationCount", "Toolchain"};
  const std::string_view name = text::trim(characteristic.substr(0, characteristic.find('=')));
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What a job changes: " Runtime=.NET 8.0, Server=True" of "Type.Method: Job-ABCDEF(Runtime=.NET 8.0, Server=True,
/// WarmupCount=3) [N=10]"; "" for a default job.
std::string job_of(std::string_view display) {
  const std::size_t colon = display.find(": ");
  if (colon == std::string_view::npos) return "";
  std::string_view job = display.substr(colon + 2);
  job = job.substr(0, job.rfind(" ["));
  const std::size_t open = job.find('(');
  if (open == std::string_view::npos || !job.ends_with(')')) return "";
  std::string_view list = job.substr(open + 1, job.size() - open - 2);
  std::string text;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(", "), list.size());
    const std::string_view one = list.substr(0, end);
    if (!is_effort(one)) text += fmt::format("{}{}", text.empty() ? " " : ", ", one);
    list.remove_prefix(std::min(end + 2, list.size()));
  }
  return text;
}

void name_case(const json& benchmark, junit::BuiltCase& built) {
  built.suite = "BenchmarkDotNet";
  const std::string full = text_of(benchmark, "FullName");
  // Dots in arguments and in type parameters separate nothing.
  const std::size_t dot = full.substr(0, full.find_first_of("(<")).rfind('.');
  built.name = dot == std::string::npos ? full : full.substr(dot + 1);
  if (dot != std::string::npos) built.classname = full.substr(0, dot);
  const std::string type = text_of(benchmark, "Type");
  const std::string method = text_of(benchmark, "Method");
  if (full.empty() && !method.empty()) {
    const std::string name_space = text_of(benchmark, "Namespace");
    built.classname = name_space.empty() || type.empty() ? name_space + type : name_space + "." + type;
    built.name = method;
    if (const auto parameters = text_of(benchmark, "Parameters"); !parameters.empty())
      built.name += fmt::format("({})", parameters);
  }
  if (!built.name.empty()) built.name += job_of(text_of(benchmark, "DisplayInfo"));
}

/// Metrics of diagnosers. The allocation is read from Memory.
void add_diagnosers(const json& benchmark, junit::BuiltCase& built, MetricCollector& metrics) {
  if (const auto* memory = member_of(benchmark, "Memory")) {
    if (const auto bytes = number_of(*memory, "BytesAllocatedPerOperation"))
      metrics.add(built, "allocated_bytes", fmt::format("{}", *bytes), "", Better::lower);
  }
  const auto* list = member_of(benchmark, "Metrics");
  if (list == nullptr || !list->is_array()) return;
  for (const json& one : *list) {
    const auto value = number_of(one, "Value");
    if (!value || !has_object(one, "Descriptor")) continue;
    const json& descriptor = one["Descriptor"];
    const std::string id = text_of(descriptor, "Id");
    if (id.empty() || (id == "Allocated Memory" && member_of(benchmark, "Memory") != nullptr)) continue;
    const auto* greater = member_of(descriptor, "TheGreaterTheBetter");
    const auto better = greater != nullptr && *greater == true ? Better::higher : Better::lower;
    const std::string unit = text_of(descriptor, "Unit");
    if (unit == "Count") {
      MetricCollector::add_as_is(built, id, fmt::format("{}", *value), "", better);
    } else {
      metrics.add(built, id, fmt::format("{}", *value), unit, better);
    }
  }
}

void read_benchmark(const json& benchmark, junit::BuiltCase& built, MetricCollector& metrics) {
  const auto* statistics = member_of(benchmark, "Statistics");
  if (statistics == nullptr) {
    built.status = CaseStatus::errored;
    built.message = "BenchmarkDotNet has no result: the benchmark failed";
    return;
  }
  std::string samples;
  for (const char* member : {"OriginalValues", "Median", "Mean"}) {
    const auto* found = member_of(*statistics, member);
    if (found != nullptr) samples = numbers_as_text(*found, "");
    if (!samples.empty()) break;
  }
  if (samples.empty()) metrics.note("benchmarks whose statistics have no values, no point", built.name);
  metrics.add(built, "time_ns", std::move(samples), "");
  add_diagnosers(benchmark, built, metrics);
}

void add_host(const json& host, junit::ReportBuilder& builder) {
  constexpr std::array<std::pair<const char*, const char*>, 5> facts = {
      {{"ProcessorName", "environment.cpu"},
       {"OsVersion", "environment.os"},
       {"Architecture", "environment.architecture"},
       {"LogicalCoreCount", "environment.num_cpus"},
       {"Configuration", "configuration.build_type"}}};
  for (const auto& [member, name] : facts) {
    const auto* found = member_of(host, member);
    if (found == nullptr || found->is_structured()) continue;
    builder.add_property(name, scalar_as_text(*found));
  }
  // ".NET 8.0" of ".NET 8.0.1 (8.0.123.58001)": a patch is not another configuration.
  const std::string runtime = text_of(host, "RuntimeVersion");
  const std::size_t dot = runtime.find('.', 1);
  if (!runtime.empty())
    builder.add_property("configuration.runtime", runtime.substr(0, runtime.find_first_of(". ", dot + 1)));
}

}  // namespace

bool is_benchmark_dotnet(const JsonValues& values) {
  return values.size() == 1 && has_array(values.front(), "Benchmarks");
}

void read_benchmark_dotnet(const JsonInput& input, junit::ReportBuilder& builder) {
  const json& document = input.values.front();
  MetricCollector metrics;
  if (has_object(document, "HostEnvironmentInfo")) add_host(document["HostEnvironmentInfo"], builder);
  std::size_t index = 0;
  for (const json& benchmark : document["Benchmarks"]) {
    junit::BuiltCase built;
    if (benchmark.is_object()) name_case(benchmark, built);
    if (built.name.empty()) return builder.refuse(fmt::format("Benchmarks[{}] has no FullName", index));
    read_benchmark(benchmark, built, metrics);
    builder.add_case(std::move(built));
    ++index;
  }
  metrics.write_warnings(builder);
}

}  // namespace perftrend::formats
