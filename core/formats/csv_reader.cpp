#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/formats/metric_collector.h"
#include "core/formats/text_formats.h"
#include "core/metrics/units.h"
#include "core/metrics/values.h"
#include "core/text/trim.h"

namespace perftrend::formats {
namespace {

constexpr std::string_view delimiters = ",;\t";

std::string lower_case(std::string_view text) {
  std::string lower(text::trim(text));
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return lower;
}

bool is_case_column(std::string_view lower) {
  return lower == "case" || lower == "name" || lower == "benchmark" || lower == "test";
}

/// The delimiter that occurs most often in the first line; ',' when none does.
char delimiter_of(std::string_view head) {
  const auto count = [&](char c) { return std::count(head.begin(), head.end(), c); };
  return *std::max_element(delimiters.begin(), delimiters.end(), [&](char a, char b) { return count(a) < count(b); });
}

std::string_view first_line(std::string_view text) {
  std::string_view line;
  Lines(text).next(line);
  return line;
}

/// One field of RFC 4180: quoted or not, with doubled quotes joined.
struct Field {
  std::string text;
  std::size_t offset = 0;
};
using Row = std::vector<Field>;

/// Cuts rows off a text.
class Rows {
 public:
  Rows(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {}

  /// False at the end, and when a quoted field does not end: bad_offset() is then its start.
  bool next(Row& row) {
    row.clear();
    if (at_ >= text_.size()) return false;
    for (;;) {
      Field& field = row.emplace_back();
      field.offset = at_;
      if (!(at_ < text_.size() && text_[at_] == '"' ? read_quoted(field) : read_plain(field))) return false;
      if (at_ < text_.size() && text_[at_] == delimiter_) {
        ++at_;
        continue;
      }
      if (at_ < text_.size() && text_[at_] == '\r') ++at_;
      if (at_ < text_.size() && text_[at_] == '\n') ++at_;
      return true;
    }
  }

  [[nodiscard]] std::optional<std::size_t> bad_offset() const { return bad_; }

 private:
  bool read_plain(Field& field) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != delimiter_ && text_[at_] != '\n' && text_[at_] != '\r')
      ++at_;
    field.text = text::trim(text_.substr(begin, at_ - begin));
    return true;
  }

  bool read_quoted(Field& field) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '"') {
        field.text += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        field.text += text_[at_++];
      } else {
        ++at_;
        const bool ends = at_ == text_.size() || text_[at_] == delimiter_ || text_[at_] == '\n' || text_[at_] == '\r';
        if (!ends) bad_ = at_;
        return ends;
      }
    }
    bad_ = field.offset;
    return false;
  }

  std::string_view text_;
  char delimiter_;
  std::size_t at_ = 0;
  std::optional<std::size_t> bad_;
};

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

class CsvReader {
 public:
  CsvReader(const junit::Text& text, const junit::ReadLimits& limits)
      : text_(text), limits_(limits), builder_(limits), delimiter_(delimiter_of(first_line(text.utf8))) {}

  tl::expected<Report, junit::ReadError> run() {
    Rows rows(text_.utf8, delimiter_);
    Row row;
    if (rows.next(row)) read_header(row);
    std::vector<Row> all;
    std::size_t bytes = 0;
    while (!error_ && rows.next(row)) {
      if (row.size() == 1 && row[0].text.empty()) continue;
      for (const Field& field : row)
        bytes += sizeof(Field) + field.text.size();
      if (bytes > limits_.tree_bytes_max) {
        refuse(fmt::format("its fields take more than {} bytes", limits_.tree_bytes_max), row[0].offset);
        error_->over_limit = true;
        error_->limit = "tree_bytes_max";
        break;
      }
      if (row.size() != header_.size()) {
        refuse(fmt::format("this row has {} fields, the header has {}", row.size(), header_.size()), row[0].offset);
      } else {
        all.push_back(std::move(row));
      }
    }
    if (rows.bad_offset()) refuse("a quoted field does not end, or text follows its end", *rows.bad_offset());
    if (!error_) is_long_ ? read_long(all) : read_wide(all);
    if (error_) return tl::unexpected(std::move(*error_));
    for (Case& one : cases_)
      add_case(one);
    metrics_.write_warnings(builder_);
    return builder_.finish();
  }

 private:
  void refuse(std::string cause, std::size_t offset) {
    if (error_) return;
    error_.emplace().cause = std::move(cause);
    junit::set_place(*error_, text_.utf8, offset, text_.mark_bytes);
  }

  void read_header(const Row& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string lower = lower_case(row[i].text);
      std::optional<std::size_t>* role = nullptr;
      if (is_case_column(lower)) role = &case_;
      if (lower == "suite") role = &suite_;
      if (lower == "classname" || lower == "class") role = &class_;
      if (lower == "metric" || lower == "measure") role = &metric_;
      if (lower == "value") role = &value_;
      if (lower == "unit") role = &unit_;
      if (lower == "better") role = &better_;
      header_.push_back(row[i].text);
      is_named_.push_back(role != nullptr);
      if (role == nullptr) continue;
      if (role->has_value()) refuse(fmt::format("two columns are the {}", lower), row[i].offset);
      *role = i;
    }
    is_long_ = metric_ && value_;
    if (!is_long_) {
      for (const auto& column : {metric_, value_, unit_, better_}) {
        if (column) is_named_[*column] = false;
      }
    }
  }

  /// The case of this row, new or of an earlier row.
  Case& case_of(const Row& row) {
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

  /// The number of a field as text, with its unit. With ';' between fields a comma is the decimal separator.
  std::optional<std::string> number_of(std::string text) {
    if (delimiter_ == ';' && text.find('.') == std::string::npos && std::count(text.begin(), text.end(), ',') == 1) {
      std::replace(text.begin(), text.end(), ',', '.');
    }
    metrics::parse_values(text, 2, parsed_);
    const bool is_one = parsed_.kind == metrics::ValueKind::numbers && parsed_.numbers.size() == 1;
    if (!is_one && parsed_.kind != metrics::ValueKind::not_finite) return std::nullopt;
    return text;
  }

  void read_long(const std::vector<Row>& rows) {
    for (std::size_t i = 0; i < header_.size(); ++i) {
      if (!is_named_[i]) metrics_.note("columns that are not read", header_[i]);
    }
    for (const Row& row : rows) {
      Case& to = case_of(row);
      const std::string& metric = row[*metric_].text;
      if (metric.empty()) refuse("this row has no metric", row[*metric_].offset);
      std::optional<Better> better;
      if (better_ && !row[*better_].text.empty()) {
        const std::string written = lower_case(row[*better_].text);
        if (written != "lower" && written != "higher") {
          refuse(fmt::format("better is neither lower nor higher: '{}'", text::shortened(written, 40)),
                 row[*better_].offset);
        }
        better = written == "higher" ? Better::higher : Better::lower;
      }
      add_value(to, metric, row[*value_], unit_ ? row[*unit_].text : "", better);
      if (error_) return;
    }
  }

  void add_value(Case& to, const std::string& name, const Field& field, std::string_view unit,
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

  /// A column is a metric if some field in it is a number; then every field must be one, or empty.
  void read_wide(const std::vector<Row>& rows) {
    std::vector<std::pair<std::string, std::string>> columns(header_.size());
    for (std::size_t i = 0; i < header_.size(); ++i) {
      if (is_named_[i]) continue;
      const auto is_number = [&](const Row& row) { return number_of(row[i].text).has_value(); };
      if (std::any_of(rows.begin(), rows.end(), is_number)) {
        columns[i] = split_unit(header_[i]);
      } else if (!rows.empty()) {
        metrics_.note("columns without a number, not read", header_[i]);
      }
    }
    for (const Row& row : rows) {
      Case& to = case_of(row);
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (columns[i].first.empty() || row[i].text.empty()) continue;
        add_value(to, columns[i].first, row[i], columns[i].second, std::nullopt);
      }
      if (error_) return;
    }
  }

  const junit::Text& text_;
  const junit::ReadLimits& limits_;
  junit::ReportBuilder builder_;
  MetricCollector metrics_;
  char delimiter_;
  std::vector<std::string> header_;
  std::vector<bool> is_named_;  ///< columns that are not metrics
  std::optional<std::size_t> case_, suite_, class_, metric_, value_, unit_, better_;
  bool is_long_ = false;  ///< one value per row
  metrics::ParsedValues parsed_;
  std::vector<Case> cases_;  ///< in order of first occurrence
  std::map<CaseKey, std::size_t> by_key_;
  std::optional<junit::ReadError> error_;
};

}  // namespace

bool is_csv(std::string_view text) {
  const std::string_view head = first_line(text);
  const char delimiter = delimiter_of(head);
  if (head.find(delimiter) == std::string_view::npos) return false;
  Row row;
  if (!Rows(head, delimiter).next(row)) return false;
  return std::any_of(row.begin(), row.end(), [](const Field& field) { return is_case_column(lower_case(field.text)); });
}

tl::expected<Report, junit::ReadError> read_csv(const junit::Text& text, const junit::ReadLimits& limits) {
  return CsvReader(text, limits).run();
}

}  // namespace perftrend::formats
