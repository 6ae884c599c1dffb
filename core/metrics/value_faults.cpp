#include "core/metrics/value_faults.h"

#include <fmt/format.h>

#include <array>

#include "core/metrics/name_words.h"
#include "core/metrics/value_units.h"
#include "core/text/trim.h"

namespace perftrend::metrics {

namespace {

/// Last words of names whose values are prose or commands, where a number with a unit is nothing unusual.
bool is_prose_name(std::string_view metric) {
  static constexpr auto words = std::to_array<std::string_view>(
      {"description", "desc",    "message", "msg",         "title",   "name",    "label", "comment", "note",
       "notes",       "summary", "reason",  "args",        "argv",    "command", "cmd",   "cmdline", "params",
       "owner",       "step",    "steps",   "tag",         "tags",    "text",    "doc",   "docs",    "help",
       "remark",      "story",   "feature", "requirement", "details", "detail",  "info",  "log",     "output",
       "stdout",      "stderr",  "type",    "category",    "author",  "link",    "class", "display", "parameters",
       "options",     "config",  "cpu",     "processor",   "gpu"});
  const NameWords name(metric);
  for (const std::string_view word : words) {
    if (!name.empty() && name.last() == word) return true;
  }
  return false;
}

}  // namespace

bool is_silent_text(std::string_view metric, const ParsedValues& values) {
  if (values.kind == ValueKind::text) return true;
  if (values.clock != ClockForm::none && is_time_of_day_name(metric)) return true;
  return values.kind == ValueKind::unreadable && is_prose_name(metric);
}

std::optional<std::string> find_value_fault(std::string_view metric, const ParsedValues& values,
                                            std::string_view text) {
  const std::string value = text::shortened(text, 40);
  if (values.kind == ValueKind::not_finite) return fmt::format("is not a finite number: '{}'", value);
  if (values.kind == ValueKind::ambiguous || values.kind == ValueKind::unreadable) {
    if (!values.advice.empty()) return fmt::format("{}: '{}'", values.advice, value);
    return fmt::format("has a number but is not a value with a unit: '{}'; write one number with its unit, 12.3 ms",
                       value);
  }
  if (values.kind != ValueKind::numbers) return std::nullopt;
  if (values.clock == ClockForm::two_parts)
    return fmt::format("could be minutes and seconds, or hours and minutes: write 90 s: '{}'", value);
  if (values.clock == ClockForm::full && !is_duration_name(metric))
    return fmt::format("could be a duration or a time of day: write 90.5 s: '{}'", value);
  return std::nullopt;
}

}  // namespace perftrend::metrics
