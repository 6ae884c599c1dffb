#include <fmt/format.h>

#include <array>
#include <utility>

#include "core/formats/json_formats.h"
#include "core/formats/json_text.h"
#include "core/formats/metric_collector.h"

namespace perftrend::formats {
namespace {

using nlohmann::json;

/// Facts of the machine, by the path of their members.
void add_machine(const json& machine, junit::ReportBuilder& builder) {
  builder.hostname(text_of(machine, "node"));
  for (const char* name : {"machine", "system", "release"}) {
    if (auto value = text_of(machine, name); !value.empty())
      builder.add_property(std::string("environment.") + name, value);
  }
  const auto* cpu = member_of(machine, "cpu");
  if (cpu == nullptr) return;
  for (const char* name : {"brand_raw", "brand"}) {
    auto value = text_of(*cpu, name);
    if (value.empty()) continue;
    builder.add_property("environment.cpu", std::move(value));
    break;
  }
  if (const auto count = number_of(*cpu, "count"))
    builder.add_property("environment.num_cpus", fmt::format("{}", *count));
}

/// The interpreter is how the subject was run: "CPython 3.11". Patches of one version are one configuration.
void add_interpreter(const json& machine, junit::ReportBuilder& builder) {
  const std::string implementation = text_of(machine, "python_implementation");
  const std::string version = text_of(machine, "python_version");
  const std::string minor = version.substr(0, version.find('.', version.find('.') + 1));
  if (!minor.empty())
    builder.add_property("configuration.python", implementation.empty() ? minor : implementation + " " + minor);
}

void add_commit(const json& commit, junit::ReportBuilder& builder) {
  constexpr std::array<std::pair<const char*, const char*>, 3> names = {
      {{"id", "perftrend.commit"}, {"branch", "perftrend.branch"}, {"time", "perftrend.commit_time"}}};
  for (const auto& [member, coordinate] : names) {
    auto value = text_of(commit, member);
    // "unknown" or "(detached head)": not in the repository.
    if (value.empty() || value == "unknown" || value.starts_with('(')) continue;
    builder.add_property(coordinate, std::move(value));
  }
  if (const auto* dirty = member_of(commit, "dirty"); dirty != nullptr && *dirty == true) {
    builder.add_warning("the measured working tree had changes that are not in its commit (commit_info.dirty)");
  }
}

/// "tests/test_a.py::TestB::test_c[1]" is case test_c[1] of class tests/test_a.py::TestB.
void name_case(const json& benchmark, junit::BuiltCase& built) {
  built.name = text_of(benchmark, "name");
  const std::string full = text_of(benchmark, "fullname");
  if (full.empty()) return;
  if (built.name.empty()) built.name = full;
  if (full.ends_with("::" + built.name)) built.classname = full.substr(0, full.size() - built.name.size() - 2);
}

void add_metrics(const json& benchmark, junit::BuiltCase& built, MetricCollector& metrics) {
  const json& stats = benchmark["stats"];
  std::string seconds;
  for (const char* member : {"data", "median", "mean"}) {
    const auto* found = member_of(stats, member);
    if (found != nullptr) seconds = numbers_as_text(*found, "s");
    if (!seconds.empty()) break;
  }
  if (seconds.empty()) metrics.note("benchmarks without data, median and mean, no point", built.name);
  metrics.add(built, "time_ns", std::move(seconds), "");
  const auto* extra = member_of(benchmark, "extra_info");
  if (extra == nullptr || !extra->is_object()) return;
  for (const auto& [name, value] : extra->items()) {
    if (value.is_number() || (value.is_array() && !value.empty()))
      metrics.add(built, name, numbers_as_text(value, ""), "");
  }
}

}  // namespace

bool is_pytest_benchmark(const JsonValues& values) {
  return values.size() == 1 && has_array(values.front(), "benchmarks") &&
         (values.front().contains("machine_info") || values.front().contains("commit_info"));
}

void read_pytest_benchmark(const JsonInput& input, junit::ReportBuilder& builder) {
  const json& document = input.values.front();
  MetricCollector metrics;
  const json none = json::object();
  const json& machine = has_object(document, "machine_info") ? document["machine_info"] : none;
  add_machine(machine, builder);
  add_interpreter(machine, builder);
  if (has_object(document, "commit_info")) add_commit(document["commit_info"], builder);
  builder.started_at(text_of(document, "datetime"));
  std::size_t index = 0;
  for (const json& benchmark : document["benchmarks"]) {
    junit::BuiltCase built;
    built.suite = "pytest-benchmark";
    name_case(benchmark, built);
    if (built.name.empty() || !has_object(benchmark, "stats")) {
      return builder.refuse(fmt::format("benchmarks[{}] has no name or no stats", index));
    }
    add_metrics(benchmark, built, metrics);
    builder.add_case(std::move(built));
    ++index;
  }
  metrics.write_warnings(builder);
}

}  // namespace perftrend::formats
