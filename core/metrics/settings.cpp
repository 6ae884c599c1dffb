#include "core/metrics/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "core/metrics/build_values.h"
#include "core/metrics/facts.h"
#include "core/metrics/name_words.h"
#include "core/text/characters.h"
#include "core/text/numbers.h"

namespace perftrend::metrics {

namespace {

using text::is_digit;
using text::is_hex;
using text::is_letter;

/// Facts whose value is a program, perhaps with its version.
bool names_a_program(std::string_view name) {
  static constexpr auto words = std::to_array<std::string_view>(
      {"engine", "backend", "backends", "server", "runtime", "framework", "library", "simulator", "browser", "database",
       "db", "interpreter", "platform", "provider", "driver", "tool", "client", "allocator", "implementation"});
  const NameWords of(fact_name(name));
  return !of.empty() && is_one_of(of.last(), words);
}

struct ProgramText {
  std::string_view program;
  std::string_view version;
};

/// "vllm 0.6.17", "llama.cpp (b4017)", "sglang==0.3.17+gabc", "vllm-0.6.3", "onnxruntime/1.18", "v8@12.4".
ProgramText split_version(std::string_view value) {
  constexpr std::string_view separators = " =/@:-_(,";
  for (std::size_t at = 1; at < value.size(); ++at) {
    if (separators.find(value[at]) == std::string_view::npos) continue;
    std::string_view version = text::trim(value.substr(at), " =/@:-_(),");
    for (const std::string_view word : {"version ", "build ", "release ", "ver. ", "rev "}) {
      if (version.starts_with(word)) version = text::trim(version.substr(word.size()), " :=()");
    }
    // "build 4017 (a1b2c3d)": what follows the version belongs to it.
    std::string_view first = version.substr(0, version.find_first_of(" ,("));
    const std::string_view word = text::trim(value.substr(at), " =/@:-_(),");
    const bool is_build =
        (word.starts_with("build ") || word.starts_with("rev ")) && !first.empty() && is_digit(first[0]);
    const bool may_be_name = value[at] == '-' || value[at] == '_' || value[at] == ':';  // "gpt-4.1", "cuda:0"
    if (!is_build && !(may_be_name ? is_release(first) : is_version(first))) continue;
    std::string_view program = text::trim(value.substr(0, at), " =/@:-_(,");
    for (const std::string_view end : {" version", " build", " release"}) {
      if (program.ends_with(end)) program.remove_suffix(end.size());
    }
    if (version.find('(') != std::string_view::npos)
      version = value.substr(static_cast<std::size_t>(version.data() - value.data()));
    return program.empty() ? ProgramText{value, {}} : ProgramText{program, version};
  }
  return {value, {}};
}

/// Folders of CI systems, whose next part is a number or a random name.
constexpr auto ci_folders = std::to_array<std::string_view>(
    {"build",     "builds",   "job",       "jobs",      "run",        "runs",     "pipeline", "pipelines", "workflow",
     "workflows", "artifact", "artifacts", "workspace", "workspaces", "attempt",  "attempts", "ci",        "slot",
     "executor",  "nightly",  "scratch",   "sandbox",   "session",    "sessions", "task",     "tasks"});

/// Options whose number counts builds: "-DBUILD=17", "--build-id 4711".
constexpr auto build_options = std::to_array<std::string_view>(
    {"build", "build_number", "build_num", "build_no", "build_id", "buildid", "buildnumber", "job_id", "run_id",
     "run_number", "pipeline_id", "build_timestamp", "pid"});

/// Words before a number that counts builds: "build-17", "job_4711", "durable-1a2b3c".
constexpr auto counted_folders = std::to_array<std::string_view>(
    {"build",        "job",       "run",      "pipeline", "workspace",   "ws",     "nightly", "attempt",   "ci",
     "slot",         "agent",     "executor", "durable",  "session",     "task",   "sandbox", "tmp",       "temp",
     "build_number", "build_num", "build_id", "buildid",  "buildnumber", "run_id", "job_id",  "run_number"});

bool all(std::string_view text, bool (*is)(char)) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is);
}

std::string lower_of(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return lower;
}

/// "build-17" and "durable-1a2b3c": the length of what is before the number; 0 for anything else.
std::size_t bytes_before_count(std::string_view part) {
  constexpr std::size_t hash_bytes_min = 6;
  for (std::size_t end = part.size(); end-- > 1;) {
    const bool is_separator = part[end] == '-' || part[end] == '_' || part[end] == '.';
    if (!is_separator && !(is_digit(part[end]) && is_letter(part[end - 1]))) continue;
    const std::string_view number = part.substr(is_separator ? end + 1 : end);
    const bool is_count = all(number, is_digit) || (number.size() >= hash_bytes_min && all(number, is_hex));
    const std::string word = lower_of(part.substr(0, end));
    const std::string_view last = std::string_view(word).substr(word.find_last_of("-.") + 1);
    if (is_count && is_one_of(last, counted_folders)) return part.size() - number.size();
  }
  return 0;
}

/// A part of a path or of options.
struct Part {
  std::string_view text;
  std::string_view before;  ///< the part before it
  char separator = 0;       ///< between the two
};

/// The part without its number; the part itself where it is stable.
std::string stable_part(Part part) {
  constexpr std::size_t long_number = 5;
  constexpr std::size_t hash_bytes_min = 6;
  std::string before = lower_of(part.before);
  if (part.separator != '/' && part.separator != '\\') {
    before.erase(0, std::min(before.find_first_not_of('-'), before.size()));
    if (before.starts_with("dbuild")) before.erase(0, 1);  // "-DBUILD=17"
    std::replace(before.begin(), before.end(), '-', '_');
    if (all(part.text, is_digit) && is_one_of(std::string_view(before), build_options)) return "<number>";
  } else {
    const bool is_random = before == "tmp" || before == "temp" || before == "_temp" || before == "_work";
    const bool in_ci_folder = is_random || is_one_of(std::string_view(before), ci_folders);
    if (is_random && (all(part.text, is_digit) || bytes_before_count(part.text) > 0)) return "<temp>";
    if (all(part.text, is_digit) && (in_ci_folder || part.text.size() >= long_number)) return "<number>";
    const bool is_of_ci = before == "_temp" || before == "_work";
    const bool is_hash =
        all(part.text, is_hex) && (is_of_ci || std::any_of(part.text.begin(), part.text.end(), is_digit));
    if (is_hash && is_random) return "<temp>";
    if (is_hash && in_ci_folder && part.text.size() >= hash_bytes_min) return "<number>";
    if (const std::size_t at = part.text.rfind('@'); at != std::string_view::npos && at > 0) {
      const std::string_view after = part.text.substr(at + 1);
      if (after == "tmp" || all(after, is_digit)) part.text = part.text.substr(0, at);  // Jenkins' second workspace
    }
  }
  const std::size_t kept = bytes_before_count(part.text);
  return kept == 0 ? std::string(part.text) : fmt::format("{}<number>", part.text.substr(0, kept));
}

/// Paths and options without the numbers of a build.
std::string stable_parts(std::string_view value) {
  constexpr std::string_view separators = "/\\=, ";
  if (value.find_first_of("/\\=") == std::string_view::npos) return std::string(value);
  std::string stable;
  Part part;
  for (std::size_t at = 0; at <= value.size();) {
    const std::size_t end = std::min(value.find_first_of(separators, at), value.size());
    part.text = value.substr(at, end - at);
    stable += stable_part(part);
    if (end < value.size()) stable += value[end];
    part = {{}, part.text, end < value.size() ? value[end] : '\0'};
    at = end + 1;
  }
  return stable;
}

/// "8.0" as "8".
std::string_view without_zero_decimals(std::string_view value) {
  const std::size_t point = value.find('.');
  if (point == 0 || point == std::string_view::npos || !all(value.substr(0, point), is_digit)) return value;
  const std::string_view decimals = value.substr(point + 1);
  return !decimals.empty() && decimals.find_first_not_of('0') == std::string_view::npos ? value.substr(0, point)
                                                                                        : value;
}

}  // namespace

StableSetting stable_setting(std::string_view name, std::string_view value, const std::vector<NamePattern>& patterns) {
  StableSetting setting;
  value = text::trim(value);
  if (names_a_program(name)) {
    const ProgramText split = split_version(value);
    if (!split.version.empty()) {
      setting.version_name = fmt::format("{}_version", fact_name(name));
      setting.version = split.version;
      value = split.program;
    }
  } else {
    value = without_zero_decimals(value);
  }
  const auto stable = stable_name(value, patterns, NameParts::certain);
  setting.value = stable_parts(stable ? std::string_view(*stable) : value);
  return setting;
}

void stabilise_settings(Coordinates& run, const std::vector<NamePattern>& patterns) {
  const auto by_name = [](const Property& a, const Property& b) { return a.name < b.name; };
  for (Property& fact : run.configuration) {
    StableSetting setting = stable_setting(fact.name, fact.value, patterns);
    fact.value = std::move(setting.value);
    if (setting.version.empty()) continue;
    Property version = {std::move(setting.version_name), std::move(setting.version)};
    const auto at = std::lower_bound(run.subject.begin(), run.subject.end(), version, by_name);
    if (at == run.subject.end() || at->name != version.name) run.subject.insert(at, std::move(version));
  }
}

}  // namespace perftrend::metrics
