#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "core/formats/json_formats.h"
#include "core/formats/json_text.h"
#include "core/formats/metric_collector.h"
#include "core/metrics/direction.h"

namespace perftrend::formats {
namespace {

using nlohmann::json;

/// What the prefix of a benchmark's name says it measures.
struct Kind {
  std::string_view prefix;
  const char* metric;
  const char* unit;  ///< in which the file states it
};

constexpr std::array<Kind, 5> kinds = {{{"time_", "time_ns", "s"},
                                        {"timeraw_", "time_ns", "s"},
                                        {"mem_", "memory_bytes", "bytes"},
                                        {"peakmem_", "peak_memory_bytes", "bytes"},
                                        {"track_", "value", ""}}};

/// One benchmark in either layout.
struct Result {
  const json* values = nullptr;      ///< one per combination of parameters, or a number
  const json* parameters = nullptr;  ///< array of the values of each parameter, as Python source
  const json* samples = nullptr;     ///< as `values`, each an array
  std::optional<double> started_ms;
};

/// Layout 1: a number, an array, or an object with `result`, `params` and `samples`.
Result result_of_layout_1(const json& entry) {
  if (!entry.is_object()) return {&entry, nullptr, nullptr, std::nullopt};
  return {member_of(entry, "result"), member_of(entry, "params"), member_of(entry, "samples"), std::nullopt};
}

/// Layout 2: an array in the order of `result_columns`; null or missing at the end means the default.
Result result_of_layout_2(const json& row, const json& columns) {
  Result result;
  if (!row.is_array()) return result_of_layout_1(row);
  for (std::size_t i = 0; i < std::min(row.size(), columns.size()); ++i) {
    if (row[i].is_null()) continue;
    if (columns[i] == "result") result.values = &row[i];
    if (columns[i] == "params") result.parameters = &row[i];
    if (columns[i] == "samples") result.samples = &row[i];
    if (columns[i] == "started_at" && row[i].is_number()) result.started_ms = row[i].get<double>();
  }
  return result;
}

/// More parameters than this are not from asv.
constexpr std::size_t parameters_max = 64;

/// "('a', 2)" of combination `index`; the last parameter varies fastest. "" without parameters.
std::string combination_text(const json* parameters, std::size_t index) {
  if (parameters == nullptr || !parameters->is_array() || parameters->empty()) return "";
  if (parameters->size() > parameters_max) return "";
  std::vector<std::string> chosen;
  for (std::size_t i = parameters->size(); i-- > 0;) {
    const json& choices = (*parameters)[i];
    if (!choices.is_array() || choices.empty()) return "";
    chosen.push_back(scalar_as_text(choices[index % choices.size()]));
    index /= choices.size();
  }
  std::reverse(chosen.begin(), chosen.end());
  return fmt::format("({})", fmt::join(chosen, ", "));
}

class ResultsReader {
 public:
  explicit ResultsReader(junit::ReportBuilder& builder) : builder_(builder) {}

  void run(const json& document) {
    builder_.direction_advice(
        "The file states no units and directions of track_ benchmarks: set those of the series, or state them in a "
        "policy");
    read_facts(document);
    const json none = json::array();
    const json& columns = has_array(document, "result_columns") ? document["result_columns"] : none;
    std::optional<double> started_ms;
    for (const auto& [name, entry] : document["results"].items()) {
      const Result result = columns.empty() ? result_of_layout_1(entry) : result_of_layout_2(entry, columns);
      if (result.started_ms) started_ms = std::min(started_ms.value_or(*result.started_ms), *result.started_ms);
      read_benchmark(name, result);
    }
    if (const auto* starts = member_of(document, "started_at"); starts != nullptr && starts->is_object()) {
      for (const json& start : *starts) {
        if (start.is_number()) started_ms = std::min(started_ms.value_or(start.get<double>()), start.get<double>());
      }
    }
    if (started_ms) builder_.started_at(fmt::format("{:.0f}", *started_ms));
    metrics_.write_warnings(builder_);
  }

 private:
  void read_facts(const json& document) {
    builder_.add_property("perftrend.commit", text_of(document, "commit_hash"));
    if (const auto date = number_of(document, "date")) {
      builder_.add_property("perftrend.commit_time", fmt::format("{:.0f}", *date));
    }
    // Python and the requirements are how the subject was run. One run may hold several of these environments, so they
    // are part of the names.
    const std::string environment = text_of(document, "env_name");
    suite_ = environment.empty() ? "asv" : "asv " + environment;
    const auto* machine = member_of(document, "params");
    if (machine == nullptr) return;
    builder_.hostname(text_of(*machine, "machine"));
    for (const char* name : {"cpu", "os", "arch", "ram", "num_cpu"}) {
      if (const auto* value = member_of(*machine, name)) {
        builder_.add_property(std::string("environment.") + name, scalar_as_text(*value));
      }
    }
  }

  void read_benchmark(const std::string& name, const Result& result) {
    if (result.values == nullptr) return add_case(name, "", nullptr, nullptr);
    if (!result.values->is_array()) return add_case(name, "", *result.values, nullptr);
    for (std::size_t i = 0; i < result.values->size(); ++i) {
      const json* samples = nullptr;
      if (result.samples != nullptr && result.samples->is_array() && i < result.samples->size()) {
        samples = &(*result.samples)[i];
      }
      add_case(name, combination_text(result.parameters, i), (*result.values)[i], samples);
    }
  }

  void add_case(const std::string& full, const std::string& parameters, const json& value, const json* samples) {
    junit::BuiltCase built;
    built.suite = suite_;
    const std::size_t dot = full.rfind('.');
    const std::string name = dot == std::string::npos ? full : full.substr(dot + 1);
    if (dot != std::string::npos) built.classname = full.substr(0, dot);
    built.name = name + parameters;
    // null: it failed. NaN: this combination of parameters is skipped.
    if (value.is_null() || value == no_number) {
      built.status = value.is_null() ? CaseStatus::errored : CaseStatus::skipped;
      built.message = value.is_null() ? "asv has no result: the benchmark failed" : "not run for these parameters";
      builder_.add_case(std::move(built));
      return;
    }
    const auto* kind =
        std::find_if(kinds.begin(), kinds.end(), [&](const Kind& one) { return name.starts_with(one.prefix); });
    std::string numbers;
    if (samples != nullptr && samples->is_array()) numbers = numbers_as_text(*samples, "");
    if (numbers.empty()) numbers = numbers_as_text(value, "");
    if (numbers.empty()) metrics_.note("results that are not a number, no point", full);
    if (kind == kinds.end() || kind->unit[0] == '\0') {
      const auto by_name = metrics::direction_of(metrics::direction_of_name(name), std::nullopt);
      metrics_.add(built, "value", std::move(numbers), "",
                   by_name.is_assumed ? std::nullopt : std::optional(by_name.better));
    } else {
      metrics_.add(built, kind->metric, std::move(numbers), kind->unit);
    }
    builder_.add_case(std::move(built));
  }

  junit::ReportBuilder& builder_;
  MetricCollector metrics_;
  std::string suite_;
};

}  // namespace

bool is_asv(const JsonValues& values) {
  return values.size() == 1 && has_object(values.front(), "results") && values.front().contains("commit_hash");
}

void read_asv(const JsonInput& input, junit::ReportBuilder& builder) {
  ResultsReader(builder).run(input.values.front());
}

}  // namespace perftrend::formats
