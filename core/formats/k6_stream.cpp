#include "core/formats/k6_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/formats/json_formats.h"
#include "core/formats/json_text.h"
#include "core/text/trim.h"
#include "core/time/timestamps.h"

namespace perftrend::formats {
namespace {

using nlohmann::json;

/// What is known of one metric. `values` are of a trend.
struct StreamedMetric {
  std::string type, contains;
  std::vector<double> values;
  double sum = 0;
  double last = 0;
  std::size_t count = 0;
};

struct StreamedCheck {
  std::size_t passes = 0, fails = 0;
};

/// As k6 computes it: between the two nearest values. `ascending` is not empty.
double percentile(const std::vector<double>& ascending, double share) {
  const double at = share * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(at));
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  return ascending[below] + (ascending[above] - ascending[below]) * (at - static_cast<double>(below));
}

class StreamReader {
 public:
  explicit StreamReader(junit::ReportBuilder& builder) : builder_(builder) {}

  void read(const json& line) {
    const std::string name = text_of(line, "metric");
    const auto* data = member_of(line, "data");
    if (name.empty() || data == nullptr) return;
    StreamedMetric& metric = metrics_[name];
    if (text_of(line, "type") == "Metric") {
      metric.type = text_of(*data, "type");
      metric.contains = text_of(*data, "contains");
      if (has_array(*data, "thresholds") && !(*data)["thresholds"].empty()) has_thresholds_ = true;
    } else if (text_of(line, "type") == "Point") {
      read_point(name, *data, metric);
    }
  }

  void finish() {
    if (first_us_) builder_.started_at(first_);
    const double seconds = first_us_ ? static_cast<double>(last_us_ - *first_us_) / 1e6 : 0;
    json document = {{"metrics", json::object()}, {"root_group", {{"checks", json::array()}}}};
    for (auto& [name, metric] : metrics_) {
      if (metric.count > 0) document["metrics"][name] = summary_of(metric, seconds);
    }
    for (const auto& [path, check] : checks_) {
      document["root_group"]["checks"].push_back({{"path", path}, {"passes", check.passes}, {"fails", check.fails}});
    }
    if (has_thresholds_)
      builder_.add_warning("k6's stream has no results of thresholds; its summary (--summary-export) has them");
    const JsonValues values = {std::move(document)};
    read_k6_summary({values, "", std::nullopt}, builder_);
  }

 private:
  void read_point(const std::string& name, const json& data, StreamedMetric& metric) {
    const auto value = number_of(data, "value");
    if (!value) return;
    ++metric.count;
    metric.sum += *value;
    metric.last = *value;
    if (metric.type == "trend") metric.values.push_back(*value);
    const std::string at = text_of(data, "time");
    if (const auto us = times::parse_time_us(at)) {
      if (!first_us_ || *us < *first_us_) {
        first_us_ = *us;
        first_ = at;
      }
      last_us_ = std::max(last_us_, *us);
    }
    const auto* tags = member_of(data, "tags");
    if (name != "checks" || tags == nullptr) return;
    StreamedCheck& check = checks_[text_of(*tags, "group") + "::" + text_of(*tags, "check")];
    ++(*value > 0 ? check.passes : check.fails);
  }

  /// As handleSummary() gets it.
  static json summary_of(StreamedMetric& metric, double seconds) {
    json values = json::object();
    const double mean = metric.sum / static_cast<double>(metric.count);
    if (metric.type == "trend") {
      std::sort(metric.values.begin(), metric.values.end());
      values = {{"avg", mean},
                {"min", metric.values.front()},
                {"med", percentile(metric.values, 0.5)},
                {"max", metric.values.back()},
                {"p(90)", percentile(metric.values, 0.9)},
                {"p(95)", percentile(metric.values, 0.95)}};
    } else if (metric.type == "rate") {
      values = {{"rate", mean}};
    } else if (metric.type == "counter") {
      values = {{"count", metric.sum}};
      if (seconds > 0) values["rate"] = metric.sum / seconds;
    } else {
      values = {{"value", metric.last}};
    }
    return {{"type", metric.type}, {"contains", metric.contains}, {"values", std::move(values)}};
  }

  junit::ReportBuilder& builder_;
  std::map<std::string, StreamedMetric> metrics_;
  std::map<std::string, StreamedCheck> checks_;
  std::string first_;  ///< time of the first point, as written
  std::optional<std::int64_t> first_us_;
  std::int64_t last_us_ = 0;
  bool has_thresholds_ = false;
};

}  // namespace

bool is_k6_stream(std::string_view bytes) {
  constexpr std::size_t line_bytes_max = 64 * 1024;
  std::string_view line = bytes.substr(0, std::min(bytes.find('\n'), line_bytes_max));
  line = text::trim(line);
  if (!line.starts_with('{') || line.find("\"metric\"") == std::string_view::npos) return false;
  const auto values = read_json(line, {});
  if (!values || values->size() != 1) return false;
  const std::string type = text_of(values->front(), "type");
  return (type == "Metric" || type == "Point") && has_object(values->front(), "data");
}

void read_k6_stream(std::string_view bytes, const junit::ReadLimits& limits, junit::ReportBuilder& builder) {
  StreamReader reader(builder);
  std::size_t number = 0;
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view line = text::trim(bytes.substr(0, end));
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    ++number;
    if (line.empty()) continue;
    const auto values = read_json(line, limits);
    if (!values) return builder.refuse(fmt::format("line {}: {}", number, values.error().cause));
    for (const json& value : *values)
      reader.read(value);
  }
  reader.finish();
}

}  // namespace perftrend::formats
