#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/formats/json_formats.h"
#include "core/formats/json_text.h"
#include "core/text/warnings.h"

namespace perftrend::formats {
namespace {

using nlohmann::json;

bool is_result(const json& value) {
  return value.is_object() && value.contains("command") && value["command"].is_string();
}

/// The first of the members that holds numbers.
void add_metric(const json& result, std::initializer_list<const char*> members, std::string_view unit,
                const char* metric, junit::BuiltCase& built) {
  for (const char* member : members) {
    const auto found = result.find(member);
    if (found == result.end()) continue;
    auto text = numbers_as_text(*found, unit);
    if (text.empty()) continue;
    built.properties.emplace_back(metric, std::move(text));
    return;
  }
}

/// " threads=4": distinguishes results that have one name for all values of a parameter.
std::string parameters_of(const json& result) {
  std::string text;
  const auto found = result.find("parameters");
  if (found == result.end() || !found->is_object()) return text;
  for (const auto& [name, value] : found->items()) {
    if (!value.is_structured())
      text += fmt::format(" {}={}", name, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text;
}

bool has_failed_runs(const json& result) {
  const auto codes = result.find("exit_codes");
  if (codes == result.end() || !codes->is_array()) return false;
  return std::any_of(codes->begin(), codes->end(), [](const json& code) { return code != 0; });
}

}  // namespace

bool is_hyperfine(const JsonValues& values) {
  if (values.size() != 1 || !has_array(values.front(), "results")) return false;
  const json& results = values.front()["results"];
  return results.empty() || std::any_of(results.begin(), results.end(), is_result);
}

void read_hyperfine(const JsonInput& input, junit::ReportBuilder& builder) {
  const auto& results = input.values.front()["results"];
  std::map<std::string, int> uses;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!is_result(results[i])) return builder.refuse(fmt::format("results[{}] has no command", i));
    ++uses[results[i]["command"].get<std::string>()];
  }
  for (const auto& result : results) {
    junit::BuiltCase built;
    built.suite = "hyperfine";
    built.name = result["command"].get<std::string>();
    if (uses[built.name] > 1) built.name += parameters_of(result);
    add_metric(result, {"times", "median", "mean"}, "s", "duration_ms", built);
    add_metric(result, {"user"}, "s", "user_ms", built);
    add_metric(result, {"system"}, "s", "system_ms", built);
    add_metric(result, {"memory_usage_byte"}, "bytes", "memory_bytes", built);
    // Only with --ignore-failure is there a report at all: these times were wanted.
    if (has_failed_runs(result))
      builder.add_warning(text::shortened(built.name, 200) + ": some runs did not exit with 0");
    builder.add_case(std::move(built));
  }
}

}  // namespace perftrend::formats
