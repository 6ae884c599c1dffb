#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "core/formats/csv_producers.h"
#include "core/formats/csv_table.h"
#include "core/formats/metric_collector.h"
#include "core/formats/text_formats.h"
#include "core/metrics/direction.h"
#include "core/metrics/facts.h"
#include "core/metrics/units.h"
#include "core/metrics/values.h"
#include "core/text/trim.h"

namespace perftrend::formats {
namespace {

bool is_case_name(std::string_view column) {
  return column == "case" || column == "name" || column == "benchmark" || column == "test";
}

/// Names of cases too, in a table without one of the names above.
bool is_other_case_name(std::string_view column) {
  constexpr auto names =
      std::to_array<std::string_view>({"method", "testcase", "test case", "test_case", "case_name", "case name",
                                       "test name", "test_name", "benchmark name", "benchmark_name", "scenario"});
  return std::find(names.begin(), names.end(), column) != names.end();
}

bool has_column(const CsvRow& row, bool (*is)(std::string_view column)) {
  constexpr std::size_t name_bytes_max = 64;
  return std::any_of(row.begin(), row.end(), [&](const CsvField& field) {
    return field.text.size() <= name_bytes_max && is(csv_column_name(field));
  });
}

bool is_header(const CsvRow& row) {
  return is_csv_of_producer(row) || has_column(row, is_case_name) || has_column(row, is_other_case_name);
}

/// Name and unit of "latency [ms]" and "latency (ms)"; unit "" without brackets.
std::pair<std::string, std::string> split_unit(std::string_view column) {
  for (const auto& [open, close] : {std::pair('[', ']'), std::pair('(', ')')}) {
    const std::size_t at = column.rfind(open);
    if (!column.ends_with(close) || at == std::string_view::npos || at == 0) continue;
    return {std::string(text::trim(column.substr(0, at))), std::string(column.substr(at + 1, column.size() - at - 2))};
  }
  return {std::string(column), ""};
}

/// All rows of one metric of a case, as samples.
struct Metric {
  std::string name, numbers;
  std::string unit;  ///< one that is not known; known ones are written after each number
  std::optional<Better> better;
};

struct Case {
  CaseKey key;
  std::vector<Metric> metrics;  ///< in order of first occurrence
  std::map<std::string, std::size_t> by_name;
};

/// A table whose columns a person or a script named.
class CsvReader {
 public:
  CsvReader(const junit::Text& text, const CsvTable& table, junit::ReportBuilder& builder)
      : text_(text), table_(table), header_(table.header), builder_(builder) {}

  std::optional<junit::ReadError> run() {
    builder_.direction_advice("State it in a column 'better', or in a policy");
    read_header();
    if (!error_) is_long_ ? read_long() : read_wide();
    if (error_) return std::move(error_);
    for (Case& one : cases_)
      add_case(one);
    metrics_.write_warnings(builder_);
    return std::nullopt;
  }

 private:
  void refuse(std::string cause, std::size_t offset) {
    if (error_) return;
    error_.emplace().cause = std::move(cause);
    junit::set_place(*error_, text_.utf8, offset, text_.mark_bytes);
  }

  void read_header() {
    const bool has_name = has_column(header_, is_case_name);
    for (std::size_t i = 0; i < header_.size(); ++i) {
      const std::string lower = csv_column_name(header_[i]);
      std::optional<std::size_t>* role = nullptr;
      if (has_name ? is_case_name(lower) : is_other_case_name(lower)) role = &case_;
      if (lower == "suite") role = &suite_;
      if (lower == "classname" || lower == "class") role = &class_;
      if (lower == "metric" || lower == "measure") role = &metric_;
      if (lower == "value") role = &value_;
      if (lower == "unit" || lower == "units") role = &unit_;
      if (lower == "better") role = &better_;
      is_named_.push_back(role != nullptr);
      if (role == nullptr) continue;
      if (role->has_value()) refuse(fmt::format("two columns are the {}", lower), header_[i].offset);
      *role = i;
    }
    is_long_ = metric_ && value_;
    if (is_long_) return;
    for (const auto& column : {metric_, value_}) {
      if (column) is_named_[*column] = false;
    }
  }

  /// The case of this row, new or of an earlier row.
  Case& case_of(const CsvRow& row) {
    CaseKey key;
    key.name = row[*case_].text;
    if (suite_) key.suite = row[*suite_].text;
    if (class_) key.classname = row[*class_].text;
    if (key.name.empty()) refuse("this row has no name of a case", row[*case_].offset);
    const auto [at, is_new] = by_key_.try_emplace(key, cases_.size());
    if (is_new) cases_.push_back({std::move(key), {}, {}});
    return cases_[at->second];
  }

  void add_case(Case& one) {
    junit::BuiltCase built;
    built.suite = std::move(one.key.suite);
    built.classname = std::move(one.key.classname);
    built.name = std::move(one.key.name);
    if (one.metrics.empty()) metrics_.note("cases without a value", built.name);
    for (Metric& metric : one.metrics)
      metrics_.add(built, std::move(metric.name), std::move(metric.numbers), metric.unit, metric.better);
    builder_.add_case(std::move(built));
  }

  /// The number of a field as text, with its unit.
  std::optional<std::string> number_of(const std::string& written) {
    std::string text = with_decimal_point(written, table_.delimiter);
    metrics::parse_values(text, 2, parsed_);
    const bool is_one = parsed_.kind == metrics::ValueKind::numbers && parsed_.numbers.size() == 1;
    if (!is_one && parsed_.kind != metrics::ValueKind::not_finite) return std::nullopt;
    return text;
  }

  std::optional<Better> better_of(const CsvRow& row) {
    if (!better_ || row[*better_].text.empty()) return std::nullopt;
    const std::string written = csv_column_name(row[*better_]);
    if (written != "lower" && written != "higher") {
      refuse(fmt::format("better is neither lower nor higher: '{}'", text::shortened(written, 40)),
             row[*better_].offset);
    }
    return written == "higher" ? Better::higher : Better::lower;
  }

  void read_long() {
    for (std::size_t i = 0; i < header_.size(); ++i) {
      if (!is_named_[i]) metrics_.note("columns that are not read", header_[i].text);
    }
    for (const CsvRow& row : table_.rows) {
      Case& to = case_of(row);
      const std::string& metric = row[*metric_].text;
      if (metric.empty()) refuse("this row has no metric", row[*metric_].offset);
      add_value(to, metric, row[*value_], unit_ ? row[*unit_].text : "", better_of(row));
      if (error_) return;
    }
  }

  void add_value(Case& to, const std::string& name, const CsvField& field, std::string_view unit,
                 std::optional<Better> better) {
    if (field.text.empty()) return metrics_.note("cases with an empty value, no point", to.key.name);
    auto number = number_of(field.text);
    if (!number) return refuse(fmt::format("'{}' is not a number", text::shortened(field.text, 40)), field.offset);
    const bool is_known = metrics::known_unit(unit).has_value();
    if (is_known && !parsed_.unit) *number += unit;
    const std::string other(is_known ? "" : unit);
    const auto [at, is_new] = to.by_name.try_emplace(name, to.metrics.size());
    if (is_new) to.metrics.push_back({name, "", other, better});
    Metric& metric = to.metrics[at->second];
    if (metric.unit != other)
      return refuse(fmt::format("'{}' of this case had another unit above", name), field.offset);
    if (better && !metric.better) metric.better = better;
    append_sample(metric.numbers, *number);
  }

  /// A column of numbers in the wide form.
  struct Column {
    std::string name, unit;     ///< name "" for a column that is not read
    bool has_row_unit = false;  ///< its unit is in the column of units
  };

  /// A column is a metric if some field in it is a number; then every field must be one, or empty. A column of units is
  /// for the metrics whose names state none.
  std::vector<Column> columns() {
    std::vector<Column> found(header_.size());
    for (std::size_t i = 0; i < header_.size(); ++i) {
      if (is_named_[i]) continue;
      const auto is_number = [&](const CsvRow& row) { return number_of(row[i].text).has_value(); };
      if (std::any_of(table_.rows.begin(), table_.rows.end(), is_number)) {
        std::tie(found[i].name, found[i].unit) = split_unit(header_[i].text);
        found[i].has_row_unit = unit_ && found[i].unit.empty() && !metrics::unit_of_suffix(found[i].name) &&
                                metrics::classify_fact(found[i].name) == metrics::FactKind::metric;
      } else if (!table_.rows.empty()) {
        metrics_.note("columns without a number, not read", header_[i].text);
      }
    }
    const auto uses_unit = [](const Column& column) { return column.has_row_unit; };
    if (unit_ && std::none_of(found.begin(), found.end(), uses_unit))
      metrics_.note("columns that are not read", header_[*unit_].text);
    return found;
  }

  void read_wide() {
    const std::vector<Column> all = columns();
    for (const CsvRow& row : table_.rows) {
      Case& to = case_of(row);
      const auto better = better_of(row);
      for (std::size_t i = 0; i < row.size(); ++i) {
        const Column& column = all[i];
        if (column.name.empty() || row[i].text.empty()) continue;
        add_value(to, column.name, row[i], column.has_row_unit ? row[*unit_].text : column.unit, better);
      }
      if (error_) return;
    }
  }

  const junit::Text& text_;
  const CsvTable& table_;
  const CsvRow& header_;
  junit::ReportBuilder& builder_;
  MetricCollector metrics_;
  std::vector<bool> is_named_;  ///< columns that are not metrics
  std::optional<std::size_t> case_, suite_, class_, metric_, value_, unit_, better_;
  bool is_long_ = false;  ///< one value per row
  metrics::ParsedValues parsed_;
  std::vector<Case> cases_;  ///< in order of first occurrence
  std::map<CaseKey, std::size_t> by_key_;
  std::optional<junit::ReadError> error_;
};

}  // namespace

bool is_csv_of_benchmarks(const junit::Text& text, const junit::ReadLimits& limits) {
  const auto table = read_csv_table(text, is_header, limits);
  if (!table) return true;  // a broken table is refused, not skipped
  const CsvRow& header = table->header;
  if (is_csv_of_producer(header) || csv_column(header, "unit") >= 0) return true;
  if (csv_column(header, "metric") >= 0 && csv_column(header, "value") >= 0) return true;
  return std::any_of(header.begin(), header.end(), [](const CsvField& column) {
    const auto [name, unit] = split_unit(column.text);
    if (!unit.empty() || metrics::unit_of_suffix(name)) return true;
    const bool is_measured = metrics::direction_of_name(name) != metrics::NameDirection::unknown;
    return is_measured && csv_column_name(column) != "age" && metrics::classify_fact(name) == metrics::FactKind::metric;
  });
}

bool is_csv(std::string_view text) {
  return has_csv_header(text, is_header);
}

tl::expected<Report, junit::ReadError> read_csv(const junit::Text& text, const junit::ReadLimits& limits) {
  const auto table = read_csv_table(text, is_header, limits);
  if (!table) return tl::unexpected(table.error());
  junit::ReportBuilder builder(limits);
  if (table->lines_before > 0) {
    builder.add_warning(fmt::format("{} lines of text before the table were ignored", table->lines_before));
  }
  auto error = is_csv_of_producer(table->header) ? read_csv_of_producer(text, *table, builder)
                                                 : CsvReader(text, *table, builder).run();
  if (error) return tl::unexpected(std::move(*error));
  return builder.finish();
}

}  // namespace perftrend::formats
