#include "server/intake/quarantine_requests.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/junit/vocabulary.h"
#include "core/text/trim.h"
#include "core/time/timestamps.h"

namespace perftrend::intake {
namespace {

/// The key of a request is filled in later.
template <typename AnyProperty>
std::optional<triage::QuarantineRequest> read_request(const std::vector<AnyProperty>& properties) {
  triage::QuarantineRequest request;
  for (const auto& property : properties) {
    const std::string_view name = property.name;
    if (name == junit::property_name::quarantine)
      request.reason = text::beginning(property.value, triage::quarantine_text_bytes_max);
    if (name == junit::property_name::quarantine_owner)
      request.owner = text::beginning(property.value, triage::quarantine_text_bytes_max);
    // One that cannot be read is a warning of the report (core/metrics).
    if (name == junit::property_name::quarantine_expiry) request.expires_us = times::parse_expiry_us(property.value);
  }
  if (request.reason.empty()) return std::nullopt;
  return request;
}

/// "performance[Prompt 0]" without its label.
std::string_view without_label(std::string_view name) {
  const auto bracket = name.ends_with(']') ? name.rfind('[') : std::string_view::npos;
  return name.substr(0, bracket);
}

}  // namespace

std::vector<CaseKey> measured_cases(const std::vector<MetricValue>& metrics) {
  std::set<CaseKey> keys;
  for (const auto& metric_value : metrics)
    keys.insert(metric_value.key);
  return {keys.begin(), keys.end()};
}

std::vector<triage::QuarantineRequest> find_quarantine_requests(const Report& report,
                                                                const std::vector<MetricValue>& metrics) {
  const auto of_report = read_request(report.properties);
  std::map<CaseKey, triage::QuarantineRequest> of_cases;
  for (const auto& each : report.cases) {
    if (auto request = read_request(each.properties)) of_cases.emplace(each.key, std::move(*request));
  }
  std::vector<triage::QuarantineRequest> requests;
  if (!of_report && of_cases.empty()) return requests;
  for (const auto& key : measured_cases(metrics)) {
    auto own = of_cases.find(key);
    if (own == of_cases.end()) own = of_cases.find({key.suite, key.classname, std::string(without_label(key.name))});
    if (own == of_cases.end() && !of_report) continue;
    requests.push_back(own != of_cases.end() ? own->second : *of_report);
    requests.back().key = key;
  }
  return requests;
}

}  // namespace perftrend::intake
