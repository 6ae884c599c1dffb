#include "server/ingest/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "server/ingest/coordinates.h"
#include "server/ingest/metric_names.h"
#include "server/ingest/output.h"
#include "server/ingest/units.h"
#include "server/ingest/values.h"
#include "server/ingest/warnings.h"

namespace perftrend::ingest {

namespace {

constexpr std::string_view duration_metric = "duration_ms";

/// One statement of one case about one series.
struct Reading {
  const ReportCase* of = nullptr;
  std::string label;   ///< with brackets, or ""
  std::string metric;  ///< without label
  std::string unit;
  std::optional<Better> better;  ///< stated by a companion
  bool is_rate = false;
  bool is_contradictory = false;  ///< gives no point, nor does its series
  double sample = 0;              ///< the first
  std::vector<double> more;       ///< the other samples
};

std::string name_of(const Reading& reading) {
  return reading.of->key.name + reading.label;
}

std::uint64_t hash_of(const Reading& reading) {
  const std::hash<std::string_view> hash;
  std::uint64_t mixed = hash(reading.of->key.suite);
  const auto mix = [&](std::string_view part) {
    mixed = (mixed ^ (hash(part) + 0x9E3779B97F4A7C15U)) * 0xFF51AFD7ED558CCDU;
    mixed ^= mixed >> 32U;
  };
  mix(reading.of->key.classname);
  reading.label.empty() ? mix(reading.of->key.name) : mix(name_of(reading));
  mix(reading.metric);
  return mixed;
}

/// Order of series; 0 means the same series.
int compare(const Reading& a, const Reading& b) {
  if (const int c = a.metric.compare(b.metric); c != 0) return c;
  if (const int c = a.of->key.suite.compare(b.of->key.suite); c != 0) return c;
  if (const int c = a.of->key.classname.compare(b.of->key.classname); c != 0) return c;
  if (a.label == b.label) return a.of->key.name.compare(b.of->key.name);
  return name_of(a).compare(name_of(b));
}

double median_of(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  const double below = *std::max_element(values.begin(), middle);
  return below + (*middle - below) / 2;
}

void summarise(Measure& measure) {
  if (measure.samples.size() == 1) {
    measure.value = measure.min = measure.samples[0];
    return;
  }
  std::vector<double> values = measure.samples;
  measure.value = median_of(values);
  measure.min = *std::min_element(values.begin(), values.end());
  for (double& value : values)
    value = std::abs(value - measure.value);
  measure.mad = median_of(values);
}

/// The report exceeds a limit: no part of it may be kept.
struct OverLimit {
  const char* limit;
};

/// `NAME.unit` and `NAME.better` of one case's properties, by full name.
struct Companion {
  std::string_view unit;
  std::string_view better;
};
using Companions = std::map<std::string_view, Companion>;

Companions companions_of(const std::vector<Property>& properties) {
  Companions companions;
  for (const Property& property : properties) {
    const std::string_view name = property.name;
    if (name.ends_with(".unit")) companions[name.substr(0, name.size() - 5)].unit = property.value;
    if (name.ends_with(".better")) companions[name.substr(0, name.size() - 7)].better = property.value;
  }
  return companions;
}

class Extractor {
 public:
  Extractor(const Report& report, const MetricRules& rules)
      : report_(report),
        rules_(rules),
        filter_(rules.take, rules.leave),
        warnings_(rules.limits.warnings_max, rules.limits.warning_bytes_max),
        duration_taken_(filter_.is_taken(duration_metric)) {
    for (const std::string& warning : report.warnings)
      warnings_.add(warning);
    for (const std::string& line : rules.lines) {
      patterns_.emplace_back(line);
      if (patterns_.back().is_usable()) continue;
      patterns_.pop_back();
      warnings_.add(
          fmt::format("the line pattern '{}' is not usable: it needs {{metric}} and {{value}}, and text "
                      "between placeholders",
                      line));
    }
  }

  Measured run() {
    Measured measured;
    measured.coordinates = read_coordinates(report_, rules_.limits.coordinate_bytes_max, warnings_);
    try {
      search_suite_output();
      readings_.reserve(report_.cases.size());
      for (const ReportCase& one : report_.cases)
        read_case(one);
      measured.measures = group();
    } catch (const OverLimit& over) {
      measured.over_limit = over.limit;
      warnings_.add(fmt::format("the measures of the report exceed the limit {}", over.limit));
    }
    measured.warnings = warnings_.release();
    return measured;
  }

 private:
  /// Output of suites belongs to no case: its warnings count, measures in it are nobody's.
  void search_suite_output() {
    OutputFound found;
    search_output(report_.output, patterns_, false, rules_.limits.line_bytes_max, found);
    for (const std::string_view warning : found.warnings)
      warnings_.add(warning);
  }

  void read_case(const ReportCase& one) {
    const bool measured = one.status == CaseStatus::passed && !one.key.name.empty();
    const std::size_t begin = readings_.size();
    if (measured) {
      read_properties(one, one.properties);
      if (!one.attributes.empty()) read_weaker(one, one.attributes, begin);
    }
    if (!one.output.empty()) {
      OutputFound found;
      search_output(one.output, patterns_, measured, rules_.limits.line_bytes_max, found);
      for (const std::string_view warning : found.warnings) {
        warnings_.full() ? warnings_.add("") : warnings_.add(fmt::format("{}: {}", one.key.name, warning));
      }
      if (!found.measures.empty()) read_weaker(one, found.measures, begin);
    }
    // A time of exactly 0 is below the producer's resolution.
    if (measured && duration_taken_ && one.time_seconds && *one.time_seconds > 0) read_duration(one, begin);
  }

  void read_duration(const ReportCase& one, std::size_t begin) {
    const double ms = *one.time_seconds * 1e3;
    const auto stated = [](const Reading& r) { return r.label.empty() && r.metric == duration_metric; };
    if (!std::isfinite(ms) ||
        std::any_of(readings_.begin() + static_cast<std::ptrdiff_t>(begin), readings_.end(), stated)) {
      return;
    }
    Reading& reading = readings_.emplace_back();
    reading.of = &one;
    reading.metric = duration_metric;
    reading.unit = "ms";
    reading.sample = ms;
    spend(reading);
  }

  /// Statements that yield to those already read of the same case (from `begin` on).
  void read_weaker(const ReportCase& one, const std::vector<Property>& properties, std::size_t begin) {
    const std::size_t weaker = readings_.size();
    read_properties(one, properties);
    if (begin == weaker || weaker == readings_.size()) return;
    std::set<std::pair<std::string_view, std::string_view>> stated;
    for (std::size_t i = begin; i < weaker; ++i) {
      stated.emplace(readings_[i].metric, readings_[i].label);
    }
    const auto is_stated = [&](const Reading& r) {
      const std::string_view metric = r.metric;
      // "prefill = 10.12ms" in output is the property "prefill" that has its unit elsewhere.
      return stated.contains({metric, r.label}) ||
             stated.contains({metric.substr(0, metric.size() - unit_suffix_bytes(metric)), r.label});
    };
    readings_.erase(std::remove_if(readings_.begin() + static_cast<std::ptrdiff_t>(weaker), readings_.end(), is_stated),
                    readings_.end());
  }

  void read_properties(const ReportCase& one, const std::vector<Property>& properties) {
    if (properties.empty()) return;
    const Companions companions = companions_of(properties);
    for (const Property& property : properties) {
      if (property.name.ends_with(".unit") || property.name.ends_with(".better")) continue;
      read_property(one, property, companions);
    }
  }

  void read_property(const ReportCase& one, const Property& property, const Companions& companions) {
    const MetricName name = split_label(property.name);
    if (!filter_.is_taken(name.metric)) return;
    Values values = parse_values(property.value, rules_.limits.samples_max);
    if (values.kind == ValueKind::text) return;
    if (values.kind == ValueKind::too_many) throw OverLimit{"samples_max"};
    const std::size_t name_max = rules_.limits.metric_bytes_max;
    if (name.metric.size() > name_max || name.label.size() > name_max) {
      warn(one, property.name, fmt::format("is longer than {} bytes", name_max));
      return;
    }
    if (values.kind == ValueKind::not_finite) {
      warn(one, property.name, fmt::format("is not a finite number: '{}'", shortened(property.value, 40)));
      return;
    }
    if (values.kind == ValueKind::ambiguous) {
      warn(one, property.name,
           fmt::format("could be a list or a number with a comma: '{}'", shortened(property.value, 40)));
      return;
    }
    const Companion stated = companion_of(companions, property.name, name.metric);
    Reading& reading = readings_.emplace_back();
    reading.of = &one;
    reading.label = name.label;
    reading.metric = name.metric;
    read_unit(reading, values, stated.unit);
    if (stated.better == "higher" || stated.better == "lower") {
      reading.better = stated.better == "higher" ? Better::higher : Better::lower;
    } else if (!stated.better.empty()) {
      warn_point(one, property.name,
                 fmt::format(".better is neither lower nor higher: '{}'", shortened(stated.better, 40)));
    }
    spend(reading);
  }

  /// Those of the labelled name, else those of the metric.
  static Companion companion_of(const Companions& companions, std::string_view full, std::string_view metric) {
    Companion found;
    for (const std::string_view name : {full, metric}) {
      const auto at = companions.find(name);
      if (at == companions.end()) continue;
      if (found.unit.empty()) found.unit = at->second.unit;
      if (found.better.empty()) found.better = at->second.better;
    }
    return found;
  }

  /// Decides the series' unit (of the name, else of the family) and converts the samples to it.
  void read_unit(Reading& reading, Values& values, std::string_view stated_text) {
    const std::optional<Unit> suffix = unit_of_suffix(reading.metric);
    std::optional<Unit> stated = known_unit(stated_text);
    if (!stated && !stated_text.empty()) {
      stated = Unit{shortened(stated_text, 32), UnitFamily::other, 1};
    }
    const std::optional<Unit> source = values.unit ? values.unit : stated ? stated : suffix;
    const auto differ = [](const std::optional<Unit>& a, const std::optional<Unit>& b) {
      return a && b && a->family != b->family;
    };
    reading.is_contradictory =
        values.kind == ValueKind::mixed_units || differ(values.unit, stated) || differ(source, suffix);
    if (source && !reading.is_contradictory) {
      const Unit target = suffix ? *suffix : family_unit(*source);
      reading.unit = target.name;
      reading.is_rate = target.family == UnitFamily::rate || target.family == UnitFamily::size_rate;
      if (source->factor != target.factor) {
        for (double& number : values.numbers)
          number = number * source->factor / target.factor;
      }
    }
    if (values.numbers.empty()) return;
    reading.sample = values.numbers[0];
    reading.more.assign(values.numbers.begin() + 1, values.numbers.end());
    const auto finite = [](double number) { return std::isfinite(number); };
    if (!std::all_of(values.numbers.begin(), values.numbers.end(), finite)) reading.is_contradictory = true;
  }

  void warn(const ReportCase& one, std::string_view what, std::string_view why) {
    warn_point(one, what, fmt::format("{}; no point", why));
  }

  void warn_point(const ReportCase& one, std::string_view what, std::string_view why) {
    warnings_.full() ? warnings_.add("")
                     : warnings_.add(fmt::format("{}: {} {}", shortened(one.key.name, 200), shortened(what, 120), why));
  }

  void spend(const Reading& reading) {
    const CaseKey& key = reading.of->key;
    measures_bytes_ += sizeof(Reading) + sizeof(Measure) + key.suite.size() + key.classname.size() + key.name.size() +
                       2 * (reading.label.size() + reading.metric.size()) + 3 * sizeof(double) * reading.more.size();
    if (measures_bytes_ > rules_.limits.measures_bytes_max) throw OverLimit{"measures_bytes_max"};
  }

  /// Readings of one series become one measure, in order of first occurrence. Sorted by hash and then by the names
  /// themselves, so that names made to collide cost no more than others.
  std::vector<Measure> group() {
    struct Entry {
      std::uint64_t hash;
      std::size_t index;
    };
    std::vector<Entry> entries(readings_.size());
    for (std::size_t i = 0; i < entries.size(); ++i)
      entries[i] = {hash_of(readings_[i]), i};
    std::sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
      if (a.hash != b.hash) return a.hash < b.hash;
      const int order = compare(readings_[a.index], readings_[b.index]);
      return order != 0 ? order < 0 : a.index < b.index;
    });
    // next[i]: the reading of the same series behind reading i; is_first[i]: whether none stands before it.
    std::vector<std::size_t> next(readings_.size(), readings_.size());
    std::vector<bool> is_first(readings_.size(), true);
    for (std::size_t i = 1; i < entries.size(); ++i) {
      const Entry& before = entries[i - 1];
      const Entry& here = entries[i];
      if (before.hash != here.hash || compare(readings_[before.index], readings_[here.index]) != 0) continue;
      next[before.index] = here.index;
      is_first[here.index] = false;
    }
    std::vector<Measure> measures;
    measures.reserve(readings_.size());
    for (std::size_t i = 0; i < readings_.size(); ++i) {
      if (is_first[i]) add_series(i, next, measures);
    }
    return measures;
  }

  void add_series(std::size_t first, const std::vector<std::size_t>& next, std::vector<Measure>& measures) {
    Reading& head = readings_[first];
    std::optional<Better> better;
    for (std::size_t i = first; i < readings_.size(); i = next[i]) {
      if (readings_[i].is_contradictory || readings_[i].unit != head.unit) {
        warn(*head.of, head.metric + head.label, "has contradictory units");
        return;
      }
      if (!better) better = readings_[i].better;
    }
    Measure& measure = measures.emplace_back();
    measure.key = head.of->key;
    if (!head.label.empty()) measure.key.name += head.label;
    measure.better = better.value_or(head.is_rate ? Better::higher : Better::lower);
    for (std::size_t i = first; i < readings_.size(); i = next[i]) {
      measure.samples.push_back(readings_[i].sample);
      measure.samples.insert(measure.samples.end(), readings_[i].more.begin(), readings_[i].more.end());
    }
    measure.metric = std::move(head.metric);
    measure.unit = std::move(head.unit);
    summarise(measure);
  }

  const Report& report_;
  const MetricRules& rules_;
  NameFilter filter_;
  Warnings warnings_;
  bool duration_taken_;
  std::vector<LinePattern> patterns_;
  std::vector<Reading> readings_;
  std::size_t measures_bytes_ = 0;
};

}  // namespace

Measured extract_metrics(const Report& report, const MetricRules& rules) {
  return Extractor(report, rules).run();
}

}  // namespace perftrend::ingest
