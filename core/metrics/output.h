#pragma once
// What tools print about themselves: measures and warnings found in <system-out> and <system-err>.

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/model.h"
#include "core/text/arena.h"

namespace perftrend::metrics {

/// A shape of whole lines that state a measure (MetricRules::lines says how it is written).
class LinePattern {
 public:
  /// `strict` is for patterns nobody chose: label and metric must look like names, the number must have a unit.
  explicit LinePattern(std::string_view pattern, bool strict = false);

  /// False when {metric} or {value} is missing or two placeholders touch so that nothing tells them apart.
  bool is_usable() const { return usable_; }

  /// True when the line has the shape; `out` is then name (with the unit's suffix and "[label]") and value with unit,
  /// lent by the line or by `arena`.
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

/// May be used again after clear(): its vectors keep their room. What is lent by `arena` stays.
struct OutputFound {
  explicit OutputFound(text::Arena<char>& names) : arena(names) {}

  text::Arena<char>& arena;
  std::vector<CaseProperty> measures;      ///< as if the case had stated them as properties, companions included; lent
                                           ///< by the output or by `arena`
  std::vector<std::string_view> warnings;  ///< from "PERF-WARNING:" to the end of its line; views into the output
  std::size_t measures_max = std::numeric_limits<std::size_t>::max();
  bool is_over = false;  ///< there are more measures than measures_max; those beyond are not here

  void add(CaseProperty measure) {
    is_over = is_over || measures.size() >= measures_max;
    if (!is_over) measures.push_back(std::move(measure));
  }
  void add(std::string_view name, std::string_view value) {
    add({text::BorrowedText::borrow(name), text::BorrowedText::borrow(value)});
  }
  void clear() {
    measures.clear();
    warnings.clear();
  }
};

/// Looks for `[[PROPERTY|name=value]]`, `<measurement>`, `<CTestMeasurement>`, `<DartMeasurement>`, lines of the given
/// patterns and PERF-WARNING lines. Measures are looked for only when asked; lines longer than line_bytes_max hold
/// none.
void search_output(std::string_view output, const std::vector<LinePattern>& patterns, bool measures_too,
                   std::size_t line_bytes_max, OutputFound& found);

}  // namespace perftrend::metrics
