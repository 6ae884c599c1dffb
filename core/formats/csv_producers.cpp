#include "core/formats/csv_producers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/formats/json_formats.h"
#include "core/formats/json_text.h"
#include "core/text/numbers.h"
#include "core/text/warnings.h"

namespace perftrend::formats {
namespace {

using nlohmann::json;

/// The fields of a table by the names of their columns. The first field that is not what it must be is the error.
class Fields {
 public:
  Fields(const junit::Text& text, const CsvTable& table) : text_(text), table_(table) {}

  [[nodiscard]] const CsvTable& table() const { return table_; }

  /// "" without such a column.
  [[nodiscard]] std::string text(const CsvRow& row, std::string_view column) const {
    const std::ptrdiff_t at = csv_column(table_.header, column);
    return at < 0 ? "" : row[static_cast<std::size_t>(at)].text;
  }

  /// null for an empty field and without such a column; the text of no_number for NaN.
  json number(const CsvRow& row, std::string_view column) {
    const std::ptrdiff_t at = csv_column(table_.header, column);
    return at < 0 ? json() : number(row[static_cast<std::size_t>(at)]);
  }

  json number(const CsvField& field) {
    if (field.text.empty()) return {};
    const auto value = text::parse_decimal(with_decimal_point(field.text, table_.delimiter));
    if (value) return *value;
    const std::string lower = csv_column_name(field);
    if (lower == "nan" || lower == "inf" || lower == "-inf" || lower == "\xEF\xBF\xBD") return no_number;
    refuse(fmt::format("'{}' is not a number", text::shortened(field.text, 40)), field.offset);
    return {};
  }

  void refuse(std::string cause, std::size_t offset) {
    if (error_) return;
    error_.emplace().cause = std::move(cause);
    junit::set_place(*error_, text_.utf8, offset, text_.mark_bytes);
  }

  [[nodiscard]] const std::optional<junit::ReadError>& error() const { return error_; }

 private:
  const junit::Text& text_;
  const CsvTable& table_;
  std::optional<junit::ReadError> error_;
};

/// Name of a row of Google Benchmark: "BM_a/8_mean" is the mean of BM_a/8 where a row BM_a/8_stddev exists too.
struct RowName {
  std::string run_name, aggregate;
};

RowName split_aggregate(const std::string& name, const std::set<std::string, std::less<>>& aggregated) {
  for (const std::string_view suffix : {"mean", "median", "stddev", "cv", "BigO", "RMS"}) {
    if (name.size() < suffix.size() + 2 || !name.ends_with(suffix) || name[name.size() - suffix.size() - 1] != '_')
      continue;
    const std::string base = name.substr(0, name.size() - suffix.size() - 1);
    const bool is_complexity = suffix == "BigO" || suffix == "RMS";
    if (is_complexity || aggregated.contains(base)) return {base, std::string(suffix)};
  }
  return {name, ""};
}

json google_benchmark_of(Fields& fields) {
  constexpr auto described = std::to_array<std::string_view>(
      {"name", "iterations", "real_time", "cpu_time", "time_unit", "label", "error_occurred", "error_message"});
  constexpr std::string_view deviation = "_stddev";
  std::set<std::string, std::less<>> aggregated;
  for (const CsvRow& row : fields.table().rows) {
    const std::string name = fields.text(row, "name");
    if (name.ends_with(deviation)) aggregated.insert(name.substr(0, name.size() - deviation.size()));
  }
  json document = {{"context", json::object()}, {"benchmarks", json::array()}};
  for (const CsvRow& row : fields.table().rows) {
    const RowName name = split_aggregate(fields.text(row, "name"), aggregated);
    json entry = {{"name", name.run_name}, {"time_unit", fields.text(row, "time_unit")}};
    if (!name.aggregate.empty()) entry["aggregate_name"] = name.aggregate;
    if (fields.text(row, "error_occurred") == "true") {
      entry["error_occurred"] = true;
      entry["error_message"] = fields.text(row, "error_message");
    } else {
      for (const char* time : {"real_time", "cpu_time"})
        entry[time] = fields.number(row, time);
      for (std::size_t i = 0; i < row.size(); ++i) {
        const CsvField& column = fields.table().header[i];
        if (std::find(described.begin(), described.end(), csv_column_name(column)) == described.end())
          entry[column.text] = fields.number(row[i]);
      }
    }
    document["benchmarks"].push_back(std::move(entry));
  }
  return document;
}

/// "org.A.b:·gc.alloc.rate" is a secondary result of org.A.b; "org.A.b:b·p0.50" a percentile of it in mode sample.
void add_jmh_secondary(json& result, std::string_view label, const json& metric) {
  if (const std::size_t percent = label.find("p0."); percent != std::string_view::npos && result["mode"] == "sample") {
    const auto share = text::parse_decimal(label.substr(percent + 1));
    if (share) result["primaryMetric"]["scorePercentiles"][fmt::format("{:.1f}", *share * 100)] = metric["score"];
    return;
  }
  if (label.ends_with("p1.00") && result["mode"] == "sample") return;
  result["secondaryMetrics"][std::string(label)] = metric;
}

json jmh_of(Fields& fields) {
  constexpr std::string_view parameter = "param: ";
  json document = json::array();
  std::map<std::string, std::size_t> by_key;  // of the primary results
  for (const CsvRow& row : fields.table().rows) {
    const std::string full = fields.text(row, "benchmark");
    const std::size_t colon = full.find(':');
    json metric = {{"score", fields.number(row, "score")}, {"scoreUnit", fields.text(row, "unit")}};
    json result = {{"mode", fields.text(row, "mode")}, {"threads", fields.number(row, "threads")}};
    for (std::size_t i = 0; i < row.size(); ++i) {
      const CsvField& column = fields.table().header[i];
      if (csv_column_name(column).starts_with(parameter) && !row[i].text.empty())
        result["params"][column.text.substr(parameter.size())] = row[i].text;
    }
    result["benchmark"] = full.substr(0, colon);
    const auto [at, is_new] =
        by_key.try_emplace(result.dump(-1, ' ', false, json::error_handler_t::replace), document.size());
    if (is_new || colon == std::string::npos) {
      if (colon != std::string::npos) result["benchmark"] = full;  // its primary result is not in the table
      at->second = document.size();
      result["primaryMetric"] = std::move(metric);
      document.push_back(std::move(result));
    } else {
      add_jmh_secondary(document[at->second], std::string_view(full).substr(colon + 1), metric);
    }
  }
  return document;
}

json hyperfine_of(Fields& fields) {
  constexpr std::string_view parameter = "parameter_";
  json document = {{"results", json::array()}};
  for (const CsvRow& row : fields.table().rows) {
    json result = {{"command", fields.text(row, "command")}};
    for (const char* name : {"mean", "median", "user", "system"})
      result[name] = fields.number(row, name);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string& column = fields.table().header[i].text;
      if (column.starts_with(parameter)) result["parameters"][column.substr(parameter.size())] = row[i].text;
    }
    document["results"].push_back(std::move(result));
  }
  return document;
}

json pytest_benchmark_of(Fields& fields) {
  json document = {{"machine_info", json::object()}, {"benchmarks", json::array()}};
  for (const CsvRow& row : fields.table().rows) {
    const std::string full = fields.text(row, "name");
    const std::size_t parameters = std::min(full.find('['), full.size());
    const std::size_t colons = full.rfind("::", parameters);
    json stats = {{"median", fields.number(row, "median")}, {"mean", fields.number(row, "mean")}};
    document["benchmarks"].push_back({{"name", colons == std::string::npos ? full : full.substr(colons + 2)},
                                      {"fullname", full},
                                      {"stats", std::move(stats)}});
  }
  return document;
}

/// Every column of llama-bench is a member of its JSON; numbers are quoted too.
json llama_bench_of(Fields& fields) {
  constexpr auto texts = std::to_array<std::string_view>(
      {"build_commit", "cpu_info", "gpu_info", "backends", "model_filename", "model_type", "test_time", "devices"});
  json document = json::array();
  for (const CsvRow& row : fields.table().rows) {
    json test = json::object();
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string& column = fields.table().header[i].text;
      const bool is_text = std::find(texts.begin(), texts.end(), column) != texts.end();
      json number = is_text ? json() : json::parse(row[i].text, nullptr, false);
      test[column] = number.is_number() ? std::move(number) : json(row[i].text);
    }
    document.push_back(std::move(test));
  }
  return document;
}

struct Producer {
  std::array<std::string_view, 4> columns;  ///< by which this program is recognised
  json (*to_json)(Fields& fields);
  void (*read)(const JsonInput& input, junit::ReportBuilder& builder);
};

constexpr std::array<Producer, 5> producers = {{
    {{"name", "real_time", "cpu_time", "time_unit"}, google_benchmark_of, read_google_benchmark},
    {{"benchmark", "mode", "score", "unit"}, jmh_of, read_jmh},
    {{"command", "mean", "stddev", "median"}, hyperfine_of, read_hyperfine},
    {{"n_prompt", "n_gen", "avg_ns", "avg_ts"}, llama_bench_of, read_llama_bench},
    {{"name", "mean", "median", "rounds"}, pytest_benchmark_of, read_pytest_benchmark},
}};

const Producer* find_producer(const CsvRow& header) {
  const auto* found = std::find_if(producers.begin(), producers.end(), [&](const Producer& one) {
    return std::all_of(one.columns.begin(), one.columns.end(),
                       [&](std::string_view column) { return csv_column(header, column) >= 0; });
  });
  return found == producers.end() ? nullptr : found;
}

}  // namespace

bool is_csv_of_producer(const CsvRow& header) {
  return find_producer(header) != nullptr;
}

std::optional<junit::ReadError> read_csv_of_producer(const junit::Text& text, const CsvTable& table,
                                                     junit::ReportBuilder& builder) {
  if (table.rows.empty()) return std::nullopt;
  const Producer* producer = find_producer(table.header);
  Fields fields(text, table);
  const JsonValues values = {producer->to_json(fields)};
  if (fields.error()) return fields.error();
  producer->read({values, "", std::nullopt}, builder);
  return std::nullopt;
}

}  // namespace perftrend::formats
