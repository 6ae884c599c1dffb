#pragma once
// Helper of the readers of formats: adds metrics to cases, and collects what a reader did not understand, so that a
// report of a thousand cases gives one warning of each kind.

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/junit/report_builder.h"
#include "core/model.h"

namespace perftrend::formats {

/// Not thread-safe. write_warnings() is called once, after the last case.
class MetricCollector {
 public:
  /// Adds a metric. `numbers` are samples separated by blanks; "" adds nothing. `unit` is as the producer writes it,
  /// "" when the name or the numbers contain it. A unit that is not known is stored as written and noted.
  void add(junit::BuiltCase& to, std::string name, std::string numbers, std::string_view unit,
           std::optional<Better> better = std::nullopt);

  /// As add(), for a unit that is not known but is the documented one of the format ("allocs/op"): no note.
  static void add_as_is(junit::BuiltCase& to, std::string name, std::string numbers, std::string_view unit,
                        std::optional<Better> better = std::nullopt);

  /// Notes an example of something that was not understood: "what: example, example and others".
  void note(std::string_view what, std::string_view example);

  void write_warnings(junit::ReportBuilder& builder) const;

 private:
  struct Note {
    std::vector<std::string> examples;
    bool has_more = false;
  };
  std::map<std::string, Note, std::less<>> notes_;
};

/// Samples of several metrics, in order of first occurrence.
class SampleLists {
 public:
  struct List {
    std::string name;
    std::string numbers;  ///< separated by blanks
  };

  /// Appends a number, or several; "" does nothing. Logarithmic in the metrics.
  void append(std::string_view name, std::string_view numbers);
  void clear();

  std::vector<List>& lists() { return lists_; }
  [[nodiscard]] bool empty() const { return lists_.empty(); }

 private:
  std::vector<List> lists_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

/// One text per repetition, as samples of a metric: appends `number` after a blank.
void append_sample(std::string& samples, std::string_view number);

/// The part after the last '/' or '\'.
std::string_view base_name(std::string_view path);

}  // namespace perftrend::formats
