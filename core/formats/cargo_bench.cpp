#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "core/formats/metric_collector.h"
#include "core/formats/text_formats.h"
#include "core/metrics/units.h"
#include "core/text/numbers.h"

namespace perftrend::formats {
namespace {

/// "5,933.12" of "  5,933.12 ns/iter"; removes it and the blanks around it from `text`.
std::optional<double> take_number(std::string_view& text) {
  text = text::trim(text);
  const std::size_t end = std::min(text.find_first_not_of("0123456789.,_"), text.size());
  std::string digits(text.substr(0, end));
  digits.erase(std::remove_if(digits.begin(), digits.end(), [](char c) { return c == ',' || c == '_'; }), digits.end());
  text = text::trim(text.substr(end));
  return text::parse_decimal(digits);
}

std::string_view take_word(std::string_view& text) {
  text = text::trim(text);
  const std::string_view word = text.substr(0, std::min(text.find_first_of(" \t]"), text.size()));
  text.remove_prefix(word.size());
  return word;
}

/// A result of libtest: name and what comes after " ... ".
struct TestLine {
  std::string_view name, result;
};

std::optional<TestLine> test_line(std::string_view line) {
  constexpr std::string_view prefix = "test ";
  constexpr std::string_view dots = " ... ";
  line = text::trim(line);
  if (!line.starts_with(prefix)) return std::nullopt;
  const std::size_t at = line.find(dots);
  if (at == std::string_view::npos) return std::nullopt;
  return TestLine{text::trim(line.substr(prefix.size(), at - prefix.size())),
                  text::trim(line.substr(at + dots.size()))};
}

/// What Criterion prints after "time:" and "thrpt:": lower bound, estimate and upper bound, each with its unit.
std::optional<std::string_view> interval_after(std::string_view line, std::string_view label) {
  const std::size_t at = line.find(label);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text::trim(line.substr(at + label.size()));
  if (!rest.starts_with('[') || rest.find(']') == std::string_view::npos) return std::nullopt;
  return rest.substr(1);
}

struct Estimate {
  double value = 0;
  std::string_view unit;
};

/// The middle one of the three.
std::optional<Estimate> estimate_of(std::string_view interval) {
  std::optional<Estimate> found;
  for (int i = 0; i < 2; ++i) {
    const auto value = take_number(interval);
    const auto unit = take_word(interval);
    if (!value || unit.empty()) return std::nullopt;
    found = Estimate{*value, unit};
  }
  return found;
}

/// Criterion's "Kelem/s" and the like are elements per second.
std::optional<double> elements_per_second(const Estimate& estimate) {
  constexpr std::array<std::pair<std::string_view, double>, 4> units = {
      {{"elem/s", 1}, {"Kelem/s", 1e3}, {"Melem/s", 1e6}, {"Gelem/s", 1e9}}};
  const auto* at =
      std::find_if(units.begin(), units.end(), [&](const auto& one) { return one.first == estimate.unit; });
  if (at == units.end()) return std::nullopt;
  return estimate.value * at->second;
}

class CargoReader {
 public:
  explicit CargoReader(junit::ReportBuilder& builder) : builder_(builder) {}

  void run(std::string_view text) {
    std::string_view line;
    for (Lines lines(text); lines.next(line);)
      read_line(line);
    flush();
    metrics_.write_warnings(builder_);
  }

 private:
  void read_line(std::string_view line) {
    if (const auto test = test_line(line)) return read_test(*test);
    if (const auto interval = interval_after(line, "time:")) return read_time(line, *interval);
    if (const auto interval = interval_after(line, "thrpt:")) return read_throughput(*interval);
    const std::string_view trimmed = text::trim(line);
    // A long name has a line of its own, before its results.
    if (!trimmed.empty() && trimmed.data() == line.data()) last_line_ = trimmed;
  }

  void read_test(const TestLine& line) {
    flush();
    start(line.name);
    std::string_view rest = line.result;
    constexpr std::string_view bench = "bench:";
    if (rest.starts_with(bench)) {
      rest.remove_prefix(bench.size());
      const auto value = take_number(rest);
      std::string_view unit = take_word(rest);
      if (!value) {
        metrics_.note("results that are not a number, no point", line.name);
      } else {
        add_time({*value, unit.ends_with("/iter") ? unit.substr(0, unit.size() - 5) : unit});
      }
      // "(+/- 107) = 1234 MB/s"
      if (const std::size_t at = rest.find("= "); at != std::string_view::npos) {
        rest.remove_prefix(at + 2);
        const auto rate = take_number(rest);
        if (rate) metrics_.add(current_, "throughput_mb_per_s", fmt::format("{}", *rate), "");
      }
    } else if (rest.starts_with("FAILED")) {
      current_.status = CaseStatus::failed;
      current_.message = "the test failed";
    } else if (rest.starts_with("ignored")) {
      current_.status = CaseStatus::skipped;
    } else if (rest != "ok") {
      metrics_.note("results that are not known", rest);
      current_ = {};
    }
    flush();
  }

  void read_time(std::string_view line, std::string_view interval) {
    flush();
    const std::string_view before = text::trim(line.substr(0, line.find("time:")));
    start(before.empty() ? last_line_ : before);
    if (const auto estimate = estimate_of(interval)) {
      add_time(*estimate);
    } else {
      metrics_.note("results that are not a number, no point", current_.name);
    }
  }

  void read_throughput(std::string_view interval) {
    const auto estimate = estimate_of(interval);
    if (current_.name.empty() || !estimate) return;
    if (const auto rate = elements_per_second(*estimate)) {
      metrics_.add(current_, "throughput", fmt::format("{}", *rate), "1/s", Better::higher);
    } else {
      metrics_.add(current_, "throughput", fmt::format("{}", estimate->value), estimate->unit, Better::higher);
    }
  }

  void start(std::string_view name) {
    current_ = {};
    current_.suite = "cargo bench";
    current_.name = name;
  }

  void add_time(const Estimate& estimate) {
    const auto unit = metrics::known_unit(estimate.unit);
    if (unit && unit->family == metrics::UnitFamily::time) {
      metrics_.add(current_, "time_ns", fmt::format("{}", estimate.value), unit->name);
    } else {
      metrics_.add(current_, "value", fmt::format("{}", estimate.value), estimate.unit);
    }
  }

  /// Adds the current case.
  void flush() {
    if (current_.name.empty()) return;
    if (!current_.properties.empty() && !measured_.insert(current_.name).second) {
      metrics_.note("benchmarks of one name, taken as samples of one case", current_.name);
    }
    builder_.add_case(std::exchange(current_, {}));
  }

  junit::ReportBuilder& builder_;
  MetricCollector metrics_;
  junit::BuiltCase current_;
  std::string_view last_line_;
  std::set<std::string> measured_;
};

}  // namespace

bool is_cargo_bench(std::string_view text) {
  std::string_view line;
  for (Lines lines(text); lines.next(line);) {
    const auto test = test_line(line);
    if (test && test->result.starts_with("bench:")) return true;
    const auto interval = interval_after(line, "time:");
    if (interval && estimate_of(*interval)) return true;
  }
  return false;
}

void read_cargo_bench(std::string_view text, junit::ReportBuilder& builder) {
  CargoReader(builder).run(text);
}

}  // namespace perftrend::formats
