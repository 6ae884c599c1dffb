#include "core/metrics/coordinates.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "core/junit/vocabulary.h"
#include "core/metrics/ci_variables.h"
#include "core/metrics/facts.h"
#include "core/text/numbers.h"
#include "core/time/timestamps.h"

namespace perftrend::metrics {

namespace {

constexpr std::string_view surefire_prefix = "env.";

/// In the order of Purpose.
constexpr std::array<std::string_view, 4> purpose_names = {"trend", "confirm", "bisect", "calibration"};

class Statements {
 public:
  Statements(const std::vector<Property>& properties, std::size_t bytes_max, text::Warnings& warnings)
      : properties_(properties), bytes_max_(bytes_max), warnings_(warnings) {
    for (const Property& property : properties) {
      std::string_view name = property.name;
      if (name.starts_with(surefire_prefix)) name.remove_prefix(surefire_prefix.size());
      if (!text::trim(property.value).empty()) variables_.try_emplace(name, &property);
    }
  }

  std::string find_own(std::string_view own) {
    const Property* first = nullptr;
    for (const Property& property : properties_) {
      if (property.name != own || text::trim(property.value).empty()) continue;
      if (first == nullptr) first = &property;
      if (text::trim(first->value) == text::trim(property.value)) continue;
      warnings_.add(fmt::format("{} is stated as '{}' and as '{}'; the first is taken", own,
                                text::shortened(first->value, 60), text::shortened(property.value, 60)));
      break;
    }
    return first == nullptr ? "" : fitting(*first);
  }

  std::string find_variable(std::string_view name) {
    const auto found = variables_.find(name);
    return found == variables_.end() ? "" : fitting(*found->second);
  }

  std::optional<std::int64_t> time_of(std::string_view own, const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto us = times::parse_time_us(text);
    if (!us)
      warnings_.add(fmt::format("{} '{}' is not a plausible time; it is ignored", own, text::shortened(text, 60)));
    return us;
  }

 private:
  std::string fitting(const Property& property) {
    const std::string_view value = text::trim(property.value);
    if (value.size() <= bytes_max_) return std::string(value);
    warnings_.add(fmt::format("{} is longer than {} bytes; it is ignored", property.name, bytes_max_));
    return "";
  }

  const std::vector<Property>& properties_;
  std::map<std::string_view, const Property*> variables_;  ///< the first of each name; a report may have many
  std::size_t bytes_max_;
  text::Warnings& warnings_;
};

/// Only web addresses: it becomes a link on a page.
std::string web_address(std::string url, text::Warnings& warnings) {
  if (url.empty() || url.starts_with("https://") || url.starts_with("http://")) return url;
  warnings.add(fmt::format("the CI address '{}' is not http or https; it is ignored", text::shortened(url, 60)));
  return "";
}

/// All reasons of all suites, each once.
std::string suspect_reasons(const std::vector<Property>& properties, std::size_t bytes_max) {
  std::vector<std::string_view> seen;
  std::string reasons;
  for (const Property& property : properties) {
    const std::string_view value = text::trim(property.value);
    if (property.name != junit::property_name::suspect || value.empty()) continue;
    if (std::find(seen.begin(), seen.end(), value) != seen.end()) continue;
    if (reasons.size() > bytes_max) break;
    seen.push_back(value);
    if (!reasons.empty()) reasons += "; ";
    reasons += value;
  }
  return text::shortened(reasons, bytes_max);
}

int parts_of(const std::string& text, text::Warnings& warnings) {
  if (text.empty()) return 0;
  const auto parts = parse_parts(text);
  if (!parts)
    warnings.add(fmt::format("perftrend.parts '{}' is not a number from 1 to {}; it is ignored",
                             text::shortened(text, 60), parts_max));
  return parts.value_or(0);
}

Purpose purpose_of(const std::string& text, text::Warnings& warnings) {
  const auto purpose = parse_purpose(text);
  if (!purpose && !text.empty())
    warnings.add(fmt::format("perftrend.purpose '{}' is not one of {}; the run counts as trend",
                             text::shortened(text, 60), fmt::join(purpose_names, ", ")));
  return purpose.value_or(Purpose::trend);
}

}  // namespace

std::string_view purpose_name(Purpose purpose) {
  return purpose_names[static_cast<std::size_t>(purpose)];
}

std::optional<Purpose> parse_purpose(std::string_view name) {
  const auto found = std::find(purpose_names.begin(), purpose_names.end(), name);
  if (found == purpose_names.end()) return std::nullopt;
  return static_cast<Purpose>(found - purpose_names.begin());
}

std::optional<int> parse_parts(std::string_view text) {
  int parts = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parts);
  if (error != std::errc() || end != text.data() + text.size() || parts < 1 || parts > parts_max) return std::nullopt;
  return parts;
}

Coordinates read_coordinates(const Report& report, std::size_t coordinate_bytes_max, text::Warnings& warnings) {
  Coordinates coordinates;
  Statements statements(report.properties, coordinate_bytes_max, warnings);
  auto ci = read_ci_variables([&](std::string_view name) { return statements.find_variable(name); });
  const auto own_or = [&](std::string_view name, std::string& of_ci) {
    std::string own = statements.find_own(name);
    return own.empty() ? std::move(of_ci) : own;
  };
  coordinates.branch = plain_branch(own_or(junit::property_name::branch, ci.branch));
  coordinates.commit = own_or(junit::property_name::commit, ci.commit);
  coordinates.base_branch = plain_branch(own_or(junit::property_name::base_branch, ci.base_branch));
  coordinates.base_commit = own_or(junit::property_name::base_commit, ci.base_commit);
  coordinates.default_branch = plain_branch(ci.default_branch);
  coordinates.testbed = statements.find_own(junit::property_name::testbed);
  coordinates.run_key = own_or(junit::property_name::run_key, ci.run_key);
  coordinates.shard = statements.find_own(junit::property_name::shard);
  coordinates.parts_expected = parts_of(statements.find_own(junit::property_name::parts), warnings);
  coordinates.purpose = purpose_of(statements.find_own(junit::property_name::purpose), warnings);
  coordinates.ci_url = web_address(own_or(junit::property_name::ci_url, ci.ci_url), warnings);
  // Not from variables of the CI, which every job has: all runs of an unchanged commit would get the same time.
  coordinates.commit_us =
      statements.time_of(junit::property_name::commit_time, statements.find_own(junit::property_name::commit_time));
  coordinates.started_us =
      statements.time_of(junit::property_name::started_at, statements.find_own(junit::property_name::started_at));
  if (!coordinates.started_us) coordinates.started_us = report.started_us;
  coordinates.suspect = suspect_reasons(report.properties, coordinate_bytes_max);
  sort_run_facts(report.properties, coordinates, warnings);
  return coordinates;
}

}  // namespace perftrend::metrics
