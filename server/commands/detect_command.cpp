#include "server/commands/detect_command.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/detect/change_points.h"
#include "core/detect/levels.h"
#include "core/files/read_file.h"
#include "core/text/trim.h"

namespace perftrend {

namespace {

struct CsvSeries {
  std::vector<double> values;
  std::vector<std::size_t> rows;  ///< 0-based row of each value; rows without a value are counted
  std::size_t row_count = 0;
  std::string error;  ///< empty: the file was read to its end
};

std::string_view trimmed(std::string_view text) {
  return text::trim(text, " \t\r\"");
}

/// The cell of `column` (0-based); the last one for npos.
std::optional<std::string_view> cell(std::string_view line, std::size_t column) {
  if (column == std::string_view::npos) {
    const std::size_t comma = line.rfind(',');
    return trimmed(comma == std::string_view::npos ? line : line.substr(comma + 1));
  }
  for (; column > 0; --column) {
    const std::size_t comma = line.find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    line.remove_prefix(comma + 1);
  }
  return trimmed(line.substr(0, line.find(',')));
}

std::size_t value_column(std::string_view header) {
  for (std::size_t column = 0;; ++column) {
    const std::optional<std::string_view> name = cell(header, column);
    if (!name) return std::string_view::npos;
    if (*name == "value") return column;
  }
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// The words with which tools write that a measurement is missing.
bool is_missing(std::string_view text) {
  constexpr std::array<std::string_view, 4> words{"", "nan", "na", "null"};
  std::string lower(text.substr(0, 5));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(words.begin(), words.end(), lower) != words.end();
}

CsvSeries parse_csv(std::string_view text) {
  CsvSeries series;
  std::size_t column = std::string_view::npos;
  for (std::size_t line_number = 1; !text.empty(); ++line_number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (trimmed(line).empty()) continue;
    const std::optional<std::string_view> entry = cell(line, column);
    const std::optional<double> value = entry ? number(*entry) : std::nullopt;
    if (line_number == 1 && (!value || value_column(line) != std::string_view::npos)) {
      column = value_column(line);
      continue;
    }
    if (entry && is_missing(*entry)) {
      ++series.row_count;
      continue;
    }
    if (!value) {
      series.error = "line " + std::to_string(line_number) + ": no finite number in the value column";
      return series;
    }
    if (series.values.size() == detect_points_max) {
      series.error = "the series has more than " + std::to_string(detect_points_max) + " points";
      return series;
    }
    series.values.push_back(*value);
    series.rows.push_back(series.row_count++);
  }
  return series;
}

std::string answer(const CsvSeries& series) {
  const std::vector<std::size_t> change_points = detect::find_change_points(series.values);
  nlohmann::ordered_json line;
  line["change_points"] = nlohmann::ordered_json::array();
  for (const std::size_t at : change_points)
    line["change_points"].push_back(series.rows[at]);
  line["levels"] = detect::levels_between(series.values, change_points);
  line["points"] = series.values.size();
  line["missing"] = series.row_count - series.values.size();
  return line.dump();
}

}  // namespace

int run_detect(const DetectOptions& options, std::ostream& answers, std::ostream& errors) {
  std::vector<std::string> paths = options.files;
  if (!options.list.empty()) {
    const std::optional<std::string> list = files::read_file(options.list);
    if (!list) {
      errors << "perftrend-server detect: cannot read the list " << options.list << '\n';
      return 2;
    }
    std::string_view rest = *list;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      std::string_view path = rest.substr(0, end);
      if (!path.empty() && path.back() == '\r') path.remove_suffix(1);
      if (!path.empty()) paths.emplace_back(path);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  for (const std::string& path : paths) {
    const std::optional<std::string> text = files::read_file(path);
    if (!text) {
      errors << "perftrend-server detect: cannot read " << path << '\n';
      return 2;
    }
    const CsvSeries series = parse_csv(*text);
    if (!series.error.empty()) {
      errors << "perftrend-server detect: " << path << ": " << series.error << '\n';
      return 2;
    }
    answers << answer(series) << '\n';
  }
  answers.flush();
  return answers ? 0 : 2;
}

int run_detect(const DetectOptions& options) {
  return run_detect(options, std::cout, std::cerr);
}

}  // namespace perftrend
