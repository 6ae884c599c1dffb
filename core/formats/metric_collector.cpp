#include "core/formats/metric_collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/metrics/units.h"
#include "core/text/trim.h"

namespace perftrend::formats {
namespace {

constexpr std::size_t examples_max = 5;
constexpr std::size_t example_bytes_max = 60;

}  // namespace

void MetricCollector::add(junit::BuiltCase& to, std::string name, std::string numbers, std::string_view unit,
                          std::optional<Better> better) {
  if (numbers.empty()) return;
  unit = text::trim(unit);
  if (!unit.empty() && !metrics::known_unit(unit)) note("units that are not known, values stored as written", unit);
  add_as_is(to, std::move(name), std::move(numbers), unit, better);
}

void MetricCollector::add_as_is(junit::BuiltCase& to, std::string name, std::string numbers, std::string_view unit,
                                std::optional<Better> better) {
  if (numbers.empty()) return;
  if (!unit.empty()) to.properties.emplace_back(name + ".unit", unit);
  if (better) to.properties.emplace_back(name + ".better", *better == Better::higher ? "higher" : "lower");
  to.properties.emplace_back(std::move(name), std::move(numbers));
}

void MetricCollector::note(std::string_view what, std::string_view example) {
  auto at = notes_.find(what);
  if (at == notes_.end()) at = notes_.emplace(what, Note{}).first;
  Note& note = at->second;
  auto text = text::shortened(example, example_bytes_max);
  if (std::find(note.examples.begin(), note.examples.end(), text) != note.examples.end()) return;
  if (note.examples.size() == examples_max) {
    note.has_more = true;
  } else {
    note.examples.push_back(std::move(text));
  }
}

void MetricCollector::write_warnings(junit::ReportBuilder& builder) const {
  for (const auto& [what, note] : notes_) {
    std::string warning = what + ": " + fmt::format("{}", fmt::join(note.examples, ", "));
    if (note.has_more) warning += " and others";
    builder.add_warning(std::move(warning));
  }
}

void SampleLists::append(std::string_view name, std::string_view numbers) {
  if (numbers.empty()) return;
  auto at = by_name_.find(name);
  if (at == by_name_.end()) {
    at = by_name_.emplace(name, lists_.size()).first;
    lists_.push_back({std::string(name), ""});
  }
  append_sample(lists_[at->second].numbers, numbers);
}

void SampleLists::clear() {
  lists_.clear();
  by_name_.clear();
}

void append_sample(std::string& samples, std::string_view number) {
  if (number.empty()) return;
  if (!samples.empty()) samples += ' ';
  samples += number;
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.find_last_of("/\\") + 1);
}

}  // namespace perftrend::formats
