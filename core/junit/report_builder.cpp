#include "core/junit/report_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/junit/counts.h"
#include "core/time/timestamps.h"

namespace perftrend::junit {
namespace {

/// Replaces NUL and other control characters, as the reader of JUnit does: these texts are stored and shown.
void clean(std::string& text) {
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') c = '^';
  }
}

}  // namespace

void ReportBuilder::add_property(std::string name, std::string value) {
  if (is_refused()) return;
  clean(name);
  clean(value);
  ++report_.counts.properties;
  spend(sizeof(Property) + name.size() + value.size());
  report_.properties.push_back({std::move(name), std::move(value)});
}

void ReportBuilder::add_case(BuiltCase built) {
  if (is_refused()) return;
  if (report_.cases.size() >= limits_.cases_max) {
    exceed("cases_max", fmt::format("there are more than {} cases", limits_.cases_max));
    return;
  }
  std::size_t longest = std::max({built.suite.size(), built.classname.size(), built.name.size()});
  for (auto* text : {&built.suite, &built.classname, &built.name, &built.message, &built.output})
    clean(*text);
  std::size_t bytes = sizeof(ReportCase) + built.suite.size() + built.classname.size() + built.name.size();
  for (auto& [name, value] : built.properties) {
    clean(name);
    clean(value);
    longest = std::max(longest, name.size());
    bytes += sizeof(Property) + name.size() + value.size();
  }
  if (longest > limits_.case_name_bytes_max) {
    exceed("case_name_bytes_max",
           fmt::format("the name of a case or of a metric is longer than {} bytes", limits_.case_name_bytes_max));
    return;
  }
  spend(bytes + built.message.size() + built.output.size());
  count_case(built.status, built.time_seconds, report_.counts);
  report_.counts.properties += static_cast<std::int64_t>(built.properties.size());
  ReportCase& made = report_.cases.emplace_back();
  made.key = {built.suite, built.classname, built.name};
  made.status = built.status;
  made.message = built.message;
  made.output = built.output;
  made.time_seconds = built.time_seconds;
  made.properties.reserve(built.properties.size());
  for (const auto& [name, value] : built.properties)
    made.properties.push_back({name, value});
}

void ReportBuilder::add_warning(std::string warning) {
  if (!is_refused()) report_.warnings.push_back(std::move(warning));
}

void ReportBuilder::started_at(std::string_view text) {
  const auto us = times::parse_time_us(text);
  if (us) report_.started_us = std::min(report_.started_us.value_or(*us), *us);
}

void ReportBuilder::hostname(std::string_view name) {
  if (!report_.hostname.empty()) return;
  std::string cleaned(name);
  clean(cleaned);
  spend(cleaned.size());
  report_.hostname = std::move(cleaned);
}

void ReportBuilder::refuse(std::string cause) {
  if (is_refused()) return;
  refused_.emplace().cause = std::move(cause);
}

void ReportBuilder::exceed(std::string limit, std::string cause) {
  if (is_refused()) return;
  refuse(std::move(cause));
  refused_->over_limit = true;
  refused_->limit = std::move(limit);
}

void ReportBuilder::spend(std::size_t bytes) {
  spent_bytes_ += bytes;
  if (spent_bytes_ > limits_.report_bytes_max) {
    exceed("report_bytes_max", fmt::format("names and values together exceed {} bytes", limits_.report_bytes_max));
  }
}

tl::expected<Report, ReadError> ReportBuilder::finish() {
  if (refused_) return tl::unexpected(std::move(*refused_));
  if (report_.cases.empty()) report_.warnings.emplace_back("the document holds no test case");
  return std::move(report_);
}

}  // namespace perftrend::junit
