#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "core/formats/json_formats.h"
#include "core/formats/json_text.h"
#include "core/formats/metric_collector.h"
#include "core/junit/vocabulary.h"
#include "core/metrics/units.h"
#include "core/text/warnings.h"

namespace perftrend::formats {
namespace {

using nlohmann::json;

/// Members of a benchmark that describe it, or that are read by name; every other number is a counter.
bool is_described(std::string_view member) {
  constexpr std::array<std::string_view, 25> known = {"name",
                                                      "run_name",
                                                      "run_type",
                                                      "family_index",
                                                      "per_family_instance_index",
                                                      "repetitions",
                                                      "threads",
                                                      "iterations",
                                                      "real_time",
                                                      "repetition_index",
                                                      "cpu_time",
                                                      "time_unit",
                                                      "label",
                                                      "error_occurred",
                                                      "error_message",
                                                      "skipped",
                                                      "skip_message",
                                                      "big_o",
                                                      "rms",
                                                      "aggregate_name",
                                                      "aggregate_unit",
                                                      "cpu_coefficient",
                                                      "real_coefficient",
                                                      "manual_time",
                                                      "time_type"};
  return std::find(known.begin(), known.end(), member) != known.end();
}

/// What the program itself knows of its counters. Others have no unit; which of them are rates it does not say.
std::string_view unit_of_counter(std::string_view member) {
  if (member == "bytes_per_second") return "bytes/s";
  if (member == "items_per_second") return "1/s";
  if (member == "max_bytes_used" || member == "total_allocated_bytes" || member == "net_heap_growth") return "bytes";
  return "";
}

/// All repetitions of one benchmark, as samples in order.
struct Repetitions {
  std::string name;
  CaseStatus status = CaseStatus::passed;
  std::string message;
  SampleLists samples;
  bool has_iterations = false;
  bool has_median = false;
};

bool is_true(const json& entry, const char* member) {
  const auto found = entry.find(member);
  return found != entry.end() && found->is_boolean() && found->get<bool>();
}

class BenchmarkReader {
 public:
  explicit BenchmarkReader(junit::ReportBuilder& builder) : builder_(builder) {}

  void run(const json& document) {
    read_context(document["context"]);
    std::size_t index = 0;
    for (const auto& entry : document["benchmarks"]) {
      if (builder_.is_refused()) return;
      read_entry(entry, index++);
    }
    for (auto& one : all_)
      add_case(std::move(one));
  }

 private:
  void read_context(const json& context) {
    builder_.started_at(text_of(context, "date"));
    builder_.hostname(text_of(context, "host_name"));
    const std::string executable = text_of(context, "executable");
    suite_ = base_name(executable);
    for (const char* name : {"num_cpus", "cpu_scaling_enabled", "library_build_type"}) {
      const auto found = context.find(name);
      if (found == context.end() || found->is_structured() || found->is_null()) continue;
      builder_.add_property(std::string(junit::property_name::environment_prefix) + name,
                            found->is_string() ? found->get<std::string>() : found->dump());
    }
    // --benchmark_context=perftrend.branch=main
    for (const auto& [name, value] : context.items()) {
      if (name.starts_with(junit::property_name::prefix) && value.is_string())
        builder_.add_property(name, value.get<std::string>());
    }
  }

  void read_entry(const json& entry, std::size_t index) {
    const auto refuse = [&](std::string_view why) { builder_.refuse(fmt::format("benchmarks[{}] {}", index, why)); };
    if (!entry.is_object()) return refuse("is not an object");
    std::string name = text_of(entry, "run_name");
    if (name.empty()) name = text_of(entry, "name");
    if (name.empty()) return refuse("has no name");
    const std::string aggregate = text_of(entry, "aggregate_name");
    const bool is_aggregate = text_of(entry, "run_type") == "aggregate" || !aggregate.empty();
    // Spread and complexity are computed from what is taken anyway.
    if (is_aggregate && aggregate != "median" && aggregate != "mean") return;
    const auto [at, is_new] = by_name_.try_emplace(name, all_.size());
    if (is_new) all_.emplace_back().name = name;
    Repetitions& to = all_[at->second];
    if (is_aggregate) {
      if (to.has_iterations || to.has_median) return;
      to.samples.clear();  // the mean; the median is in the report too
      to.has_median = aggregate == "median";
    } else {
      if (!to.has_iterations) to.samples.clear();
      to.has_iterations = true;
    }
    if (read_status(entry, to)) read_numbers(entry, index, to);
  }

  /// False when this repetition has no numbers.
  static bool read_status(const json& entry, Repetitions& to) {
    if (is_true(entry, "error_occurred")) {
      to.status = CaseStatus::errored;
      to.message = text_of(entry, "error_message");
      return false;
    }
    if (is_true(entry, "skipped")) {
      if (to.status == CaseStatus::passed) {
        to.status = CaseStatus::skipped;
        to.message = text_of(entry, "skip_message");
      }
      return false;
    }
    return true;
  }

  void read_numbers(const json& entry, std::size_t index, Repetitions& to) {
    const std::string time_unit = text_of(entry, "time_unit");
    const auto unit = metrics::known_unit(time_unit);
    if (!unit || unit->family != metrics::UnitFamily::time) {
      builder_.refuse(
          fmt::format("benchmarks[{}] has no known time_unit: '{}'", index, text::shortened(time_unit, 40)));
      return;
    }
    for (const char* time : {"real_time", "cpu_time"}) {
      const auto found = entry.find(time);
      if (found != entry.end() && !found->is_array())
        to.samples.append(std::string(time) + "_ns", numbers_as_text(*found, time_unit));
    }
    for (const auto& [member, value] : entry.items()) {
      if (!member.empty() && !value.is_array() && !is_described(member))
        to.samples.append(member, numbers_as_text(value, ""));
    }
  }

  void add_case(Repetitions one) {
    junit::BuiltCase built;
    built.suite = suite_;
    built.name = std::move(one.name);
    built.status = one.status;
    built.message = std::move(one.message);
    for (auto& [metric, numbers] : one.samples.lists()) {
      const std::string unit(unit_of_counter(metric));
      if (!unit.empty()) built.properties.emplace_back(metric + ".unit", unit);
      built.properties.emplace_back(std::move(metric), std::move(numbers));
    }
    builder_.add_case(std::move(built));
  }

  junit::ReportBuilder& builder_;
  std::string suite_;
  std::vector<Repetitions> all_;  ///< in order of first occurrence
  std::map<std::string, std::size_t> by_name_;
};

}  // namespace

bool is_google_benchmark(const JsonValues& values) {
  return values.size() == 1 && has_object(values.front(), "context") && has_array(values.front(), "benchmarks");
}

void read_google_benchmark(const JsonInput& input, junit::ReportBuilder& builder) {
  BenchmarkReader(builder).run(input.values.front());
}

}  // namespace perftrend::formats
