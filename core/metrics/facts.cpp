#include "core/metrics/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

#include "core/junit/vocabulary.h"
#include "core/metrics/build_values.h"
#include "core/metrics/configuration_table.h"
#include "core/metrics/direction.h"
#include "core/metrics/fact_tables.h"
#include "core/metrics/fact_words.h"
#include "core/metrics/name_words.h"
#include "core/metrics/units.h"
#include "core/metrics/values.h"
#include "core/text/numbers.h"

namespace perftrend::metrics {

namespace {

using junit::property_name::configuration_prefix;
using junit::property_name::environment_prefix;
using junit::property_name::subject_prefix;

/// The longest row that matches a name.
struct Matched {
  const fact_tables::FactRow* row = nullptr;
  FactKind kind = FactKind::metric;
};

bool matches(const fact_tables::FactRow& row, std::string_view joined) {
  if (joined == row.name) return true;
  return row.match == fact_tables::Match::ending && joined.size() > row.name.size() && joined.ends_with(row.name) &&
         joined[joined.size() - row.name.size() - 1] == '_';
}

Matched find_row(std::string_view joined) {
  Matched best;
  const auto search = [&](std::span<const fact_tables::FactRow> rows, FactKind kind) {
    for (const fact_tables::FactRow& row : rows) {
      if ((best.row == nullptr || row.name.size() > best.row->name.size()) && matches(row, joined)) best = {&row, kind};
    }
  };
  search(fact_tables::metric_rows, FactKind::metric);
  search(fact_tables::ignored_rows, FactKind::ignored);
  search(fact_tables::configuration_rows, FactKind::configuration);
  search(fact_tables::subject_rows, FactKind::subject);
  search(fact_tables::package_rows, FactKind::subject);
  search(fact_tables::environment_rows, FactKind::environment);
  return best;
}

/// After "num" and "n": "preemptions", "gcs", "accepted", "failures".
bool counts_events(std::string_view word) {
  if (is_one_of(word, fact_tables::counted_results)) return true;
  if (is_one_of(word, fact_tables::counted_settings)) return false;
  if (direction_of_name(word) == NameDirection::bad) return true;
  return std::any_of(fact_tables::event_endings.begin(), fact_tables::event_endings.end(),
                     [&](std::string_view ending) { return word.size() > 2 && word.ends_with(ending); });
}

/// What a name without prefix is, its unit left aside.
SortedName sort_words(const NameWords& words) {
  if (words.empty()) return {};
  if (is_one_of(words.last(), fact_tables::identities)) {
    const bool is_build = words.joined().ends_with("build_id") || words.joined().ends_with("image_id") ||
                          words.joined().ends_with("model_id");
    if (!is_build) return {FactKind::ignored, false};
  }
  if (words.first() == "target" || words.first() == "configured") return {FactKind::configuration, false};
  const Matched found = find_row(words.joined());
  if (found.row == nullptr) {
    const bool is_limit =
        (words.first() == "max" || words.first() == "maximum") && is_one_of(words.last(), fact_tables::limited);
    const bool is_number = words.size() > 1 && (words.first() == "num" || words.first() == "n" ||
                                                words.first() == "nb" || words.joined().starts_with("number_of_"));
    if (words.size() > 1 && is_one_of(words.first(), fact_tables::switches)) return {FactKind::configuration, true};
    const bool is_setting = is_limit || (is_number && !counts_events(words.last()));
    if (!is_setting) return {};
    SortedName setting{FactKind::configuration, true};
    setting.is_whole_number = is_number;
    return setting;
  }
  SortedName sorted{found.kind, !found.row->with_unit_too, found.row->match == fact_tables::Match::words};
  sorted.is_whole_number =
      found.kind == FactKind::configuration && !sorted.only_as_text && !words.contains_any(fact_tables::real_settings);
  sorted.is_mean_length = sorted.is_whole_number && (words.last() == "len" || words.last() == "length");
  if (found.kind == FactKind::subject) {
    const bool is_one_word = found.row->name.find('_') == std::string_view::npos;  // "docker_image" is a build
    if (is_one_word && words.size() > 1 && is_one_of(words[words.size() - 2], fact_tables::machine_tools))
      sorted.kind = FactKind::environment;
    if (words.contains_any(fact_tables::document_words)) sorted.kind = FactKind::ignored;
  }
  return sorted;
}

bool has_prefix(std::string_view name, std::string_view prefix) {
  return name.size() > prefix.size() && name.starts_with(prefix);
}

bool is_foreign(std::string_view name) {
  return std::any_of(fact_tables::foreign_prefixes.begin(), fact_tables::foreign_prefixes.end(),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

/// A fact that was stated as part of the environment: the build of an engine is not, nor is how it was started.
SortedName sort_in_environment(std::string_view name) {
  const NameWords words(name);
  if (words.joined() == "release") return {FactKind::environment};  // of the kernel, as Python's platform names it
  SortedName sorted = sort_words(words);
  sorted.unit_makes_metric = sorted.only_as_text = false;
  if (sorted.kind == FactKind::subject || sorted.kind == FactKind::configuration) return sorted;
  if (!words.empty() && words.first() == "engine") return {FactKind::configuration};
  if (!words.empty() && is_one_of(words.last(), fact_tables::identities)) return {FactKind::ignored};
  const bool is_of_machine = sorted.kind == FactKind::environment || words.contains_any(fact_tables::machine_tools);
  sorted = {FactKind::environment};
  sorted.value_may_be_build = !is_of_machine;
  return sorted;
}

SortedName sort_bare(std::string_view name) {
  if (name.starts_with("java.") || name.starts_with("os.")) {  // system properties of Java
    constexpr std::array<std::string_view, 6> machine = {"os.name",      "os.version",      "os.arch",
                                                         "java.version", "java.vm.version", "java.vm.name"};
    return {is_one_of(name, machine) ? FactKind::environment : FactKind::ignored, false};
  }
  if (is_foreign(name)) return {FactKind::ignored, true};
  if (name == "M" || name == "N" || name == "K") return {FactKind::configuration, true};  // of a matrix
  const SortedName sorted = sort_words(NameWords(name));
  if (sorted.kind != FactKind::metric) return sorted;
  const std::size_t dot = name.find_first_of("./");
  if (dot == std::string_view::npos || dot == 0) return sorted;
  const NameWords before(name.substr(0, dot));
  return !before.empty() && is_one_of(before.last(), fact_tables::surroundings) ? SortedName{FactKind::ignored, true}
                                                                                : sorted;
}

}  // namespace

SortedName sort_name(std::string_view name) {
  if (has_prefix(name, environment_prefix)) return sort_in_environment(name.substr(environment_prefix.size()));
  if (has_prefix(name, configuration_prefix)) return {FactKind::configuration, false};
  if (has_prefix(name, subject_prefix)) return {FactKind::subject, false};
  const std::size_t suffix = unit_suffix_bytes(name);
  SortedName sorted = sort_bare(name);
  if (suffix == 0) return sorted;
  if (sorted.kind != FactKind::metric && !sorted.unit_makes_metric) return sorted;
  sorted = sort_bare(name.substr(0, name.size() - suffix));
  return sorted.unit_makes_metric ? SortedName{} : sorted;
}

namespace {

bool is_number(std::string_view value) {
  constexpr std::size_t samples_max = 1000;
  ParsedValues values;
  parse_values(value, samples_max, values);
  return values.kind != ValueKind::text && values.kind != ValueKind::unreadable;
}

void put_in_order(std::vector<Property>& facts, text::Warnings& warnings) {
  std::stable_sort(facts.begin(), facts.end(), [](const Property& a, const Property& b) { return a.name < b.name; });
  const auto same = [&](const Property& a, const Property& b) {
    if (a.name != b.name) return false;
    if (a.value != b.value) {
      warnings.add(fmt::format("{} is stated as '{}' and as '{}'; the first is used", a.name,
                               text::shortened(a.value, 60), text::shortened(b.value, 60)));
    }
    return true;
  };
  facts.erase(std::unique(facts.begin(), facts.end(), same), facts.end());
}

}  // namespace

bool is_measured_setting(const SortedName& sorted, std::string_view value) {
  return (sorted.is_whole_number && is_measured_amount(value)) || (sorted.is_mean_length && has_decimals(value));
}

FactKind classify_fact(std::string_view name, std::string_view value) {
  const SortedName sorted = sort_name(name);
  if (sorted.value_may_be_build && is_build_value(value)) return FactKind::subject;
  if (is_measured_setting(sorted, value)) return FactKind::metric;
  if (sorted.only_as_text && (value.empty() || is_number(value))) return FactKind::metric;
  return sorted.kind;
}

std::string_view fact_name(std::string_view name) {
  for (const std::string_view prefix : {environment_prefix, configuration_prefix, subject_prefix}) {
    if (has_prefix(name, prefix)) return name.substr(prefix.size());
  }
  return name;
}

void sort_run_facts(const std::vector<Property>& properties, Coordinates& coordinates, text::Warnings& warnings) {
  for (const Property& property : properties) {
    if (text::trim(property.value).empty()) continue;
    const auto put = [&](std::vector<Property>& facts) {
      facts.push_back({std::string(fact_name(property.name)), property.value});
    };
    switch (classify_fact(property.name, property.value)) {
      case FactKind::environment:
        put(coordinates.environment);
        break;
      case FactKind::configuration:
        put(coordinates.configuration);
        break;
      case FactKind::subject:
        put(coordinates.subject);
        break;
      case FactKind::metric:
      case FactKind::ignored:
        break;
    }
  }
  for (std::vector<Property>* facts : {&coordinates.environment, &coordinates.configuration, &coordinates.subject})
    put_in_order(*facts, warnings);
}

}  // namespace perftrend::metrics
