#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/formats/json_formats.h"
#include "core/formats/json_text.h"
#include "core/formats/metric_collector.h"
#include "core/formats/text_formats.h"
#include "core/metrics/units.h"
#include "core/text/numbers.h"

namespace perftrend::formats {
namespace {

using nlohmann::json;

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  constexpr std::string_view blanks = " \t";
  for (std::size_t at = line.find_first_not_of(blanks); at < line.size();) {
    const std::size_t end = std::min(line.find_first_of(blanks, at), line.size());
    fields.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(blanks, end);
  }
  return fields;
}

/// "BenchmarkFib", "Benchmark_fib/size=10-8", as go defines it: a lower case letter does not follow.
bool is_name(std::string_view field) {
  constexpr std::string_view prefix = "Benchmark";
  if (!field.starts_with(prefix)) return false;
  return field.size() == prefix.size() || field[prefix.size()] < 'a' || field[prefix.size()] > 'z';
}

bool is_count(std::string_view field) {
  return !field.empty() && field.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_value(std::string_view field) {
  return text::parse_decimal(field).has_value() || field == "NaN" || field == "+Inf" || field == "-Inf";
}

/// Pairs of value and unit begin at `first`, after the number of iterations.
bool has_results(const std::vector<std::string_view>& fields, std::size_t first) {
  return fields.size() >= first + 2 && is_count(fields[first - 1]) && is_value(fields[first]) &&
         !is_value(fields[first + 1]);
}

/// Digits after the last '-': GOMAXPROCS, or the end of the benchmark's own name. "" without them.
std::string_view suffix_of(std::string_view name) {
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || !is_count(name.substr(dash + 1)) || name[dash + 1] == '0') return "";
  return name.substr(dash + 1);
}

/// All repetitions of one benchmark.
struct Benchmark {
  std::string package, name;
  CaseStatus status = CaseStatus::passed;
  SampleLists samples;  ///< by unit as written
};

class BenchReader {
 public:
  explicit BenchReader(junit::ReportBuilder& builder) : builder_(builder) {}

  void read(std::string_view text, std::string_view package) {
    package_ = package;
    pending_.clear();
    std::string_view line;
    for (Lines lines(text); lines.next(line);)
      read_line(line);
  }

  void finish() {
    const std::string_view procs = common_suffix();
    for (const auto& [name, value] : facts_)
      builder_.add_property("environment." + name, value);
    if (!procs.empty()) builder_.add_property("configuration.gomaxprocs", std::string(procs));
    for (Benchmark& one : all_)
      add_case(one, procs.empty() || one.status != CaseStatus::passed ? 0 : procs.size() + 1);
    metrics_.write_warnings(builder_);
  }

 private:
  void read_line(std::string_view line) {
    for (const std::string_view fact : {"goos: ", "goarch: ", "cpu: "}) {
      if (line.starts_with(fact))
        return add_fact(fact.substr(0, fact.size() - 2), text::trim(line.substr(fact.size())));
    }
    if (line.starts_with("pkg: ")) {
      package_ = text::trim(line.substr(5));
      return;
    }
    if (line.starts_with("FAIL\t") || line.starts_with("FAIL ")) {
      const auto fields = fields_of(line);
      if (fields.size() > 1) metrics_.note("packages that failed, whose benchmarks may be incomplete", fields[1]);
      return;
    }
    const std::string_view trimmed = text::trim(line);
    if (trimmed.starts_with("--- ")) return read_status(trimmed);
    const auto fields = fields_of(line);
    if (fields.empty()) return;
    if (is_name(fields[0])) {
      pending_.clear();
      if (fields.size() > 2 && has_results(fields, 2)) return add_results(std::string(fields[0]), fields, 2);
      // Output of the benchmark comes between its name and its results; the name alone announces it with -v.
      if (line.find('\t') != std::string_view::npos || suffix_of(fields[0]).empty() == false) pending_ = fields[0];
    } else if (!pending_.empty() && has_results(fields, 1)) {
      add_results(std::exchange(pending_, ""), fields, 1);
    }
  }

  /// "--- FAIL: BenchmarkX", "--- SKIP: BenchmarkX (0.00s)".
  void read_status(std::string_view line) {
    const bool failed = line.starts_with("--- FAIL: ");
    if (!failed && !line.starts_with("--- SKIP: ")) return;
    const auto fields = fields_of(line);
    if (fields.size() < 3) return;
    if (!is_name(fields[2])) {
      if (failed) metrics_.note("tests that failed; only benchmarks are read", fields[2]);
      return;
    }
    find(std::string(fields[2])).status = failed ? CaseStatus::failed : CaseStatus::skipped;
  }

  void add_fact(std::string_view name, std::string_view value) {
    const auto [at, is_new] = facts_.emplace(name, value);
    if (!is_new && at->second != value) metrics_.note("facts that differ between packages, the first is taken", name);
  }

  Benchmark& find(std::string name) {
    const auto [at, is_new] = by_name_.try_emplace({package_, name}, all_.size());
    if (is_new) {
      all_.emplace_back().package = package_;
      all_.back().name = std::move(name);
    }
    return all_[at->second];
  }

  void add_results(std::string name, const std::vector<std::string_view>& fields, std::size_t first) {
    Benchmark& to = find(std::move(name));
    for (std::size_t i = first; i < fields.size(); i += 2) {
      if (i + 1 == fields.size() || !is_value(fields[i])) {
        metrics_.note("text after results, not read", to.name);
        break;
      }
      to.samples.append(fields[i + 1], fields[i]);
    }
  }

  /// The suffix of GOMAXPROCS: the one that every measured benchmark has. With GOMAXPROCS=1 go writes none, and with
  /// -cpu=1,2,4 it differs; then names stay as they are.
  [[nodiscard]] std::string_view common_suffix() const {
    std::string_view common;
    for (const Benchmark& one : all_) {
      if (one.samples.empty()) continue;
      const std::string_view suffix = suffix_of(one.name);
      if (suffix.empty() || (!common.empty() && common != suffix)) return "";
      common = suffix;
    }
    return common;
  }

  void add_case(Benchmark& one, std::size_t suffix_bytes) {
    junit::BuiltCase built;
    built.suite = "go";
    built.classname = one.package;
    built.name = one.name.substr(0, one.name.size() - suffix_bytes);
    built.status = one.status;
    if (one.status == CaseStatus::failed) built.message = "the benchmark failed";
    for (auto& [unit, numbers] : one.samples.lists())
      add_metric(built, unit, std::move(numbers));
    builder_.add_case(std::move(built));
  }

  void add_metric(junit::BuiltCase& built, const std::string& unit, std::string numbers) {
    if (unit == "ns/op") return metrics_.add(built, "time_ns", std::move(numbers), "");
    if (unit == "B/op") return metrics_.add(built, "allocated_bytes", std::move(numbers), "");
    if (unit == "allocs/op") {
      return MetricCollector::add_as_is(built, "allocations", std::move(numbers), unit, Better::lower);
    }
    if (unit == "MB/s") return metrics_.add(built, "throughput_mb_per_s", std::move(numbers), "");
    // b.ReportMetric(x, "p99-ns"): the unit is what comes after the last '-'.
    const std::string last = unit.substr(unit.rfind('-') + 1);
    metrics_.add(built, unit, std::move(numbers),
                 metrics::known_unit(unit) || !metrics::known_unit(last) ? unit : last);
  }

  junit::ReportBuilder& builder_;
  MetricCollector metrics_;
  std::string package_;
  std::string pending_;  ///< name of a benchmark whose results come on a later line
  std::map<std::string, std::string, std::less<>> facts_;
  std::vector<Benchmark> all_;
  std::map<std::pair<std::string, std::string>, std::size_t> by_name_;
};

}  // namespace

bool is_go_bench(std::string_view text) {
  std::string_view line;
  for (Lines lines(text); lines.next(line);) {
    if (line.starts_with("goos: ") || line.starts_with("goarch: ")) return true;
    if (!is_name(line)) continue;
    const auto fields = fields_of(line.substr(0, 4096));
    if (fields.size() > 2 && has_results(fields, 2)) return true;
  }
  return false;
}

void read_go_bench(std::string_view text, junit::ReportBuilder& builder) {
  BenchReader reader(builder);
  reader.read(text, "");
  reader.finish();
}

bool is_go_test_stream(const JsonValues& values) {
  const auto is_event = [](const json& value) {
    return value.is_object() && value.contains("Action") && (value.contains("Package") || value.contains("ImportPath"));
  };
  return !values.empty() && std::all_of(values.begin(), values.end(), is_event);
}

void read_go_test_stream(const JsonInput& input, junit::ReportBuilder& builder) {
  // Packages run at the same time; a line of one may be cut into several events.
  std::vector<std::pair<std::string, std::string>> outputs;
  std::map<std::string, std::size_t> by_package;
  for (const json& event : input.values) {
    if (text_of(event, "Action") != "output") continue;
    const std::string package = text_of(event, "Package");
    const auto [at, is_new] = by_package.try_emplace(package, outputs.size());
    if (is_new) outputs.emplace_back(package, "");
    outputs[at->second].second += text_of(event, "Output");
  }
  // The events are in order of time.
  if (!input.values.empty()) builder.started_at(text_of(input.values.front(), "Time"));
  BenchReader reader(builder);
  for (const auto& [package, output] : outputs)
    reader.read(output, package);
  reader.finish();
}

}  // namespace perftrend::formats
