#pragma once
// Metrics and warnings in the output of tools (<system-out> and <system-err>).

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/model.h"
#include "core/text/arena.h"

namespace perftrend::metrics {

/// Pattern of whole lines that contain a metric (see MetricRules::lines).
class LinePattern {
 public:
  /// `strict` is for the built-in pattern: label and metric must look like names, and the number must have a unit.
  explicit LinePattern(std::string_view pattern, bool strict = false);

  /// False when {metric} or {value} is missing, or two placeholders touch so that their border is unknown.
  bool is_usable() const { return usable_; }

  /// True when the line matches. `out` is then the name (with the suffix of the unit and "[label]") and the value with
  /// its unit, borrowed from the line or from `arena`.
  bool match(std::string_view line, text::Arena<char>& arena, CaseProperty& out) const;

 private:
  enum class Piece { literal, label, metric, value, unit, any };
  struct Part {
    Piece piece = Piece::literal;
    std::string text;  ///< of a literal
  };

  bool match_number(std::string_view& rest, std::string_view& value) const;
  bool make(std::string_view label, std::string_view metric, std::string_view value, std::string_view unit,
            text::Arena<char>& arena, CaseProperty& out) const;

  std::vector<Part> parts_;
  bool strict_;
  bool usable_ = false;
};

/// "{label}: {metric} = {value}{unit}", strict.
const LinePattern& default_line_pattern();

/// Result of search_output. After clear() it can be used again without new allocations; texts in `arena` stay.
struct OutputFound {
  explicit OutputFound(text::Arena<char>& names) : arena(names) {}

  text::Arena<char>& arena;
  std::vector<CaseProperty> metrics;       ///< as properties of the case, companions included; borrowed
                                           ///< from the output or from `arena`
  std::vector<std::string_view> warnings;  ///< from "PERF-WARNING:" to the end of its line; views into the output
  std::size_t metrics_max = std::numeric_limits<std::size_t>::max();
  bool is_over = false;  ///< there are more metrics than metrics_max; those beyond are not here

  void add(CaseProperty metric_value) {
    is_over = is_over || metrics.size() >= metrics_max;
    if (!is_over) metrics.push_back(std::move(metric_value));
  }
  void add(std::string_view name, std::string_view value) {
    add({text::BorrowedText::borrow(name), text::BorrowedText::borrow(value)});
  }
  void clear() {
    metrics.clear();
    warnings.clear();
  }
};

/// Searches for `[[PROPERTY|name=value]]`, `<measurement>`, `<CTestMeasurement>`, `<DartMeasurement>`, lines of the
/// given patterns, llama.cpp's lines about its times, and PERF-WARNING lines. Searches for metrics only when
/// `metrics_too`. Lines longer than line_bytes_max contain none.
void search_output(std::string_view output, const std::vector<LinePattern>& patterns, bool metrics_too,
                   std::size_t line_bytes_max, OutputFound& found);

}  // namespace perftrend::metrics
