#include "server/intake/place_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "core/junit/vocabulary.h"
#include "core/metrics/ci_variables.h"
#include "core/metrics/coordinates.h"
#include "core/text/commit.h"
#include "core/text/utf8.h"
#include "core/time/rfc3339.h"
#include "core/time/timestamps.h"

namespace perftrend::intake {
namespace {

constexpr std::size_t project_name_bytes_max = 100;
constexpr std::size_t coordinate_bytes_max = 500;  // a branch's or a testbed's name; a key of the database
constexpr std::size_t ci_url_bytes_max = 2000;     // what browsers still open
constexpr std::size_t idempotency_key_bytes_max = 200;

Refusal bad_parameter(std::string cause) {
  return {Refusal::Kind::bad_parameter, std::move(cause), 0, 0, ""};
}

/// A duration in its largest whole unit: "60 days".
std::string duration_text(std::int64_t us) {
  constexpr std::int64_t minute_us = 60'000'000;
  for (const auto& [unit_us, name] : {std::pair(24 * 60 * minute_us, "days"), std::pair(60 * minute_us, "hours")}) {
    if (us >= 2 * unit_us) return fmt::format("{} {}", us / unit_us, name);
  }
  return fmt::format("{} minutes", us / minute_us);
}

/// Names a property that looks like a statement to perftrend and is not one: "perftrend.brunch", "Perftrend.branch".
void warn_of_unknown_properties(const Report& report, std::vector<std::string>& warnings) {
  constexpr std::size_t named_max = 5;
  namespace known = junit::property_name;
  std::set<std::string_view> unknown;
  for (const auto& property : report.properties) {
    const std::string_view name = property.name;
    const bool is_statement =
        std::equal(known::prefix.begin(), known::prefix.end(), name.begin(),
                   name.begin() + std::min(name.size(), known::prefix.size()),
                   [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
    if (is_statement && std::find(known::all.begin(), known::all.end(), name) == known::all.end()) unknown.insert(name);
  }
  std::size_t named = 0;
  for (const auto name : unknown) {
    if (named++ == named_max) break;
    warnings.push_back(fmt::format("the property '{}' was ignored, because it does not exist; the properties are {}",
                                   name, fmt::join(known::all, ", ")));
  }
}

}  // namespace

bool is_project_name(std::string_view name) {
  const auto letter_or_digit = [](unsigned char c) { return c < 0x80 && std::isalnum(c) != 0; };
  return !name.empty() && name.size() <= project_name_bytes_max &&
         letter_or_digit(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(),
                     [&](unsigned char c) { return letter_or_digit(c) || c == '.' || c == '_' || c == '-'; });
}

std::optional<Refusal> check_parameters(const Upload& upload) {
  if (!is_project_name(upload.project)) {
    return bad_parameter("a project's name is 1 to 100 of A-Z a-z 0-9 . _ - and begins with a letter or a digit");
  }
  for (const auto& [name, text, bytes_max] :
       {std::tuple("branch", std::string_view(upload.branch), coordinate_bytes_max),
        std::tuple("commit", std::string_view(upload.commit), coordinate_bytes_max),
        std::tuple("testbed", std::string_view(upload.testbed), coordinate_bytes_max),
        std::tuple("run_key", std::string_view(upload.run_key), coordinate_bytes_max),
        std::tuple("shard", std::string_view(upload.shard), coordinate_bytes_max),
        std::tuple("base_branch", std::string_view(upload.base_branch), coordinate_bytes_max),
        std::tuple("base_commit", std::string_view(upload.base_commit), coordinate_bytes_max),
        std::tuple("ci_url", std::string_view(upload.ci_url), ci_url_bytes_max),
        std::tuple("Idempotency-Key", std::string_view(upload.idempotency_key), idempotency_key_bytes_max)}) {
    if (text.size() > bytes_max) return bad_parameter(fmt::format("{} is longer than {} bytes", name, bytes_max));
    const bool printable =
        std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    if (!text::is_utf8(text)) {
      return bad_parameter(fmt::format("{} is not UTF-8", name));
    }
    if (!printable) return bad_parameter(fmt::format("{} has control characters", name));
  }
  if (!upload.ci_url.empty() && !upload.ci_url.starts_with("https://") && !upload.ci_url.starts_with("http://")) {
    return bad_parameter("ci_url must begin with https:// or http://");
  }
  if (!upload.purpose.empty() && !metrics::parse_purpose(upload.purpose)) {
    return bad_parameter("purpose is trend (the default), confirm, bisect or calibration");
  }
  if (!upload.parts.empty() && !metrics::parse_parts(upload.parts)) {
    return bad_parameter(fmt::format("parts is the number of uploads of the run, 1 to {}", metrics::parts_max));
  }
  return std::nullopt;
}

tl::expected<Coordinates, Refusal> place(const Upload& upload, const Report& report, Coordinates stated,
                                         std::vector<std::string>& warnings) {
  const auto take = [](const std::string& from, std::string& to) {
    if (!from.empty()) to = from;
  };
  warn_of_unknown_properties(report, warnings);
  if (!upload.branch.empty()) {
    const std::string branch = metrics::plain_branch(upload.branch);
    if (branch.empty()) {
      warnings.push_back(fmt::format(
          "the branch '{}' is a detached checkout; the run is filed under {}: state the branch, for example from the "
          "variables of the CI",
          upload.branch, stated.branch.empty() ? "main" : stated.branch));
    }
    take(branch, stated.branch);
  }
  take(upload.commit, stated.commit);
  take(upload.testbed, stated.testbed);
  take(upload.ci_url, stated.ci_url);
  take(upload.run_key, stated.run_key);
  take(upload.shard, stated.shard);
  take(metrics::plain_branch(upload.base_branch), stated.base_branch);
  take(upload.base_commit, stated.base_commit);
  for (auto* const commit : {&stated.commit, &stated.base_commit})
    *commit = text::plain_commit(*commit);
  if (!upload.purpose.empty()) stated.purpose = metrics::parse_purpose(upload.purpose).value();
  if (!upload.parts.empty()) stated.parts_expected = metrics::parse_parts(upload.parts).value();
  if (stated.branch.empty()) stated.branch = "main";
  if (stated.testbed.empty()) stated.testbed = "default";
  if (stated.base_branch == stated.branch) stated.base_branch.clear();
  if (!stated.ci_url.starts_with("http")) stated.ci_url.clear();
  for (const auto& [name, text, to] : {std::tuple("started_at", &upload.started_at, &stated.started_us),
                                       std::tuple("commit_time", &upload.commit_time, &stated.commit_us)}) {
    if (text->empty()) continue;
    *to = times::parse_time_us(*text);
    if (!*to) {
      return tl::unexpected(bad_parameter(fmt::format(
          "{} is not a time: give RFC 3339 (2026-11-23T02:00:00Z) or seconds since 1970, of a year from 1990 to 2199",
          name)));
    }
  }
  if (!stated.started_us) stated.started_us = report.started_us;
  for (auto* parts : {&stated.environment, &stated.configuration, &stated.subject})
    std::sort(parts->begin(), parts->end(), [](const Property& a, const Property& b) { return a.name < b.name; });
  return stated;
}

void label_cases(Report& report, std::vector<MetricValue>& metrics, std::string_view shard) {
  if (shard.empty()) return;
  const auto label = [&](CaseName& key) {
    key.name = text::BorrowedText(fmt::format("{}[{}]", key.name.view(), shard));
  };
  for (auto& each : report.cases)
    label(each.key);
  for (auto& metric : metrics)
    label(metric.key);
}

bool clamp_times(Coordinates& where, std::int64_t received_us, std::vector<std::string>& warnings) {
  if (!where.started_us) where.started_us = received_us;
  bool is_ahead = false;
  for (const auto& [name, time] :
       {std::pair("start of the run", &where.started_us), std::pair("commit time", &where.commit_us)}) {
    if (!*time || **time <= received_us + clock_tolerance_us) continue;
    warnings.push_back(fmt::format(
        "the {}, {}, is {} ahead of the server's clock; the time of arrival is used instead. Check the clock of the "
        "machine, and the zone of a timestamp: without one it is taken as UTC",
        name, times::to_rfc3339(**time), duration_text(**time - received_us)));
    *time = received_us;
    is_ahead = true;
  }
  return is_ahead;
}

}  // namespace perftrend::intake
