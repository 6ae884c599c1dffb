#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/formats/json_formats.h"
#include "core/formats/json_text.h"
#include "core/formats/metric_collector.h"

namespace perftrend::formats {
namespace {

using nlohmann::json;

constexpr std::string_view suite = "k6";

/// "http_req_duration{scenario:a}" without its tags.
std::string_view untagged(std::string_view metric) {
  return metric.substr(0, metric.find('{'));
}

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

/// Only handleSummary() says what a metric contains. These are times in every version of k6.
bool is_built_in_time(std::string_view name) {
  return name.ends_with("_duration") || name.starts_with("http_req_") || name.starts_with("ws_connecting") ||
         name.starts_with("ws_session") || name.starts_with("ws_ping") || name.starts_with("browser_web_vital_");
}

bool is_failure(std::string_view name) {
  return contains_any(name, {"fail", "error", "drop", "timeout", "reject"});
}

/// "p(95)" becomes "p95".
std::string name_of_statistic(std::string_view written) {
  std::string name(written);
  if (name.starts_with("p(") && name.ends_with(')')) name = "p" + name.substr(2, name.size() - 3);
  return name;
}

class SummaryReader {
 public:
  explicit SummaryReader(junit::ReportBuilder& builder) : builder_(builder) {}

  void run(const json& document) {
    for (const auto& [name, metric] : document["metrics"].items()) {
      if (!metric.is_object()) return builder_.refuse(fmt::format("metrics['{}'] is not an object", name));
      read_metric(name, metric);
      if (const auto* thresholds = member_of(metric, "thresholds")) read_thresholds(name, *thresholds);
    }
    if (const auto* root = member_of(document, "root_group")) read_group(*root);
    metrics_.write_warnings(builder_);
  }

 private:
  /// `values` holds the statistics in what handleSummary() gets; --summary-export writes them next to thresholds.
  void read_metric(const std::string& name, const json& metric) {
    const json& values = has_object(metric, "values") ? metric["values"] : metric;
    junit::BuiltCase built;
    built.suite = suite;
    built.name = name;
    const std::string type = text_of(metric, "type");
    if (type == "rate" || values.contains("passes")) {
      read_rate(values, built);
    } else if (type == "counter" || (values.contains("count") && values.contains("rate"))) {
      read_counter(metric, values, built);
    } else if (type == "gauge" || values.contains("value")) {
      // The number of virtual users is set by the script.
      if (untagged(name) == "vus" || untagged(name) == "vus_max") return;
      add(metric, "value", number_of(values, "value"), built);
    } else if (type == "trend" || values.contains("avg") || values.contains("med")) {
      read_trend(metric, values, built);
    } else {
      return metrics_.note("metrics of a type that is not known", name);
    }
    builder_.add_case(std::move(built));
  }

  void read_rate(const json& values, junit::BuiltCase& built) {
    const auto part = number_of(values, values.contains("rate") ? "rate" : "value");
    if (!part) return;
    const bool failure = is_failure(built.name);
    const bool success = contains_any(built.name, {"check", "success", "ok", "pass", "hit"});
    if (!failure && !success) {
      metrics_.note("rates whose direction is not known from the name, lower is taken as better", built.name);
    }
    metrics_.add(built, "rate_percent", fmt::format("{}", *part * 100), "",
                 success && !failure ? Better::higher : Better::lower);
  }

  /// The count depends on how long the test ran, the rate does not.
  void read_counter(const json& metric, const json& values, junit::BuiltCase& built) {
    const auto rate = number_of(values, "rate");
    if (!rate) return;
    const bool is_data = text_of(metric, "contains") == "data" || untagged(built.name).starts_with("data_");
    const auto better = is_failure(built.name) ? Better::lower : Better::higher;
    metrics_.add(built, "rate", fmt::format("{}", *rate), is_data ? "bytes/s" : "1/s", better);
  }

  void read_trend(const json& metric, const json& values, junit::BuiltCase& built) {
    for (const auto& [written, value] : values.items()) {
      if (written == "count" || written == "thresholds" || value.is_structured()) continue;
      add(metric, name_of_statistic(written), number_of(values, written), built);
    }
  }

  void add(const json& metric, std::string statistic, std::optional<double> value, junit::BuiltCase& built) {
    if (!value) return;
    const std::string contains = text_of(metric, "contains");
    const bool is_time = contains == "time" || (contains.empty() && is_built_in_time(untagged(built.name)));
    // Web vitals are times, except the layout shift, which is a score.
    const bool is_score = contains.empty() && untagged(built.name).ends_with("_cls");
    if (contains.empty() && (!is_time || is_score)) {
      metrics_.note("metrics whose unit --summary-export does not contain (handleSummary does)", built.name);
    }
    if (is_time && !is_score) statistic += "_ms";
    if (contains == "data") statistic += "_bytes";
    metrics_.add(built, std::move(statistic), fmt::format("{}", *value), "");
  }

  /// A threshold is a case of its own: when it fails, the values of its metric are still judged.
  void read_thresholds(const std::string& metric, const json& thresholds) {
    if (!thresholds.is_object()) return;
    for (const auto& [expression, result] : thresholds.items()) {
      // --summary-export writes whether it was crossed, handleSummary() gets whether it was met.
      const auto* ok = member_of(result, "ok");
      const bool known = result.is_boolean() || (ok != nullptr && ok->is_boolean());
      if (!known) {
        metrics_.note("thresholds without a result", metric + " " + expression);
        continue;
      }
      const bool met = result.is_boolean() ? !result.get<bool>() : ok->get<bool>();
      junit::BuiltCase built;
      built.suite = suite;
      built.classname = "thresholds";
      built.name = metric + " " + expression;
      if (!met) fail(built, "the threshold was crossed");
      builder_.add_case(std::move(built));
    }
  }

  /// Recursion is as deep as the document, which has a limit.
  void read_group(const json& group) {
    for (const char* member : {"checks", "groups"}) {
      const auto* list = member_of(group, member);
      if (list == nullptr || !list->is_structured()) continue;
      // An object by name in --summary-export, an array in what handleSummary() gets.
      for (const json& one : *list)
        std::string_view(member) == "groups" ? read_group(one) : read_check(one);
    }
  }

  void read_check(const json& check) {
    const auto passes = number_of(check, "passes");
    const auto fails = number_of(check, "fails");
    junit::BuiltCase built;
    built.suite = suite;
    built.classname = "checks";
    // "::group::check"
    built.name = text_of(check, "path");
    if (built.name.starts_with("::")) built.name.erase(0, 2);
    if (built.name.empty()) built.name = text_of(check, "name");
    if (built.name.empty() || !passes || !fails) return metrics_.note("checks without a name or a result", built.name);
    if (*fails > 0) fail(built, fmt::format("{} of {} failed", *fails, *passes + *fails));
    builder_.add_case(std::move(built));
  }

  static void fail(junit::BuiltCase& built, std::string message) {
    built.status = CaseStatus::failed;
    built.message = std::move(message);
  }

  junit::ReportBuilder& builder_;
  MetricCollector metrics_;
};

}  // namespace

bool is_k6_summary(const JsonValues& values) {
  return values.size() == 1 && has_object(values.front(), "metrics") &&
         (has_object(values.front(), "root_group") || has_object(values.front(), "state"));
}

void read_k6_summary(const JsonInput& input, junit::ReportBuilder& builder) {
  SummaryReader(builder).run(input.values.front());
}

}  // namespace perftrend::formats
