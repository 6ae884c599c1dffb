#include "server/ingest/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <deque>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "server/ingest/coordinates.h"
#include "server/ingest/metric_names.h"
#include "server/ingest/numbers.h"
#include "server/ingest/output.h"
#include "server/ingest/units.h"
#include "server/ingest/values.h"
#include "server/ingest/warnings.h"

namespace perftrend::ingest {

namespace {

/// Of a unit nobody knows; a longer one is no unit and is left out.
constexpr std::size_t unit_bytes_max = 32;

/// Longer runs of taken places than this do not happen by chance in a table that is half full at most.
constexpr std::size_t probes_max = 64;

constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

constexpr std::string_view duration_metric = "duration_ms";

/// One statement of one case about one series. Small, for there are as many as points; the views are of the report, of
/// found output or static.
struct Reading {
  const ReportCase* of = nullptr;
  std::string_view label;   ///< with brackets, or ""
  std::string_view metric;  ///< without label
  std::string_view unit;
  std::size_t samples_begin = 0;  ///< of the extractor's samples
  std::uint32_t samples = 0;
  std::optional<Better> better;  ///< stated by a companion
  bool is_rate = false;
  bool is_contradictory = false;  ///< gives no point, nor does its series
};

std::string name_of(const Reading& reading) {
  return std::string(reading.of->key.name).append(reading.label);
}

/// FNV-1a: of a whole the same as of its parts one after the other, so that a labelled case hashes as the case that is
/// named so.
std::uint64_t continue_hash(std::uint64_t hash, std::string_view text) {
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return hash;
}

/// Eight bytes at a time; for texts that are always whole.
std::uint64_t hash_whole(std::string_view text) {
  constexpr std::uint64_t factor = 0xFF51AFD7ED558CCDU;
  std::uint64_t hash = text.size() * 0x9E3779B97F4A7C15U;
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= sizeof hash; at += sizeof hash, left -= sizeof hash) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    hash = (hash ^ word) * factor;
    hash ^= hash >> 32U;
  }
  std::uint64_t word = 0;
  for (; left > 0; ++at, --left)
    word = (word << 8U) | static_cast<unsigned char>(*at);
  hash = (hash ^ word) * factor;
  return hash ^ (hash >> 32U);
}

/// Hashes of readings; what belongs to the case is computed once for all its readings. No defence against names made
/// to collide: link_by_hash notices those.
class SeriesHash {
 public:
  std::uint64_t operator()(const Reading& reading) {
    if (reading.of != of_) {
      of_ = reading.of;
      surroundings_ = hash_whole(of_->key.suite) * 3 + hash_whole(of_->key.classname);
      name_ = continue_hash(0xCBF29CE484222325U, of_->key.name);
    }
    std::uint64_t mixed = surroundings_ ^ continue_hash(name_, reading.label);
    mixed = (mixed ^ (mixed >> 31U)) * 0xC4CEB9FE1A85EC53U ^ hash_whole(reading.metric);
    return (mixed ^ (mixed >> 33U)) * 0xFF51AFD7ED558CCDU >> 7U;
  }

 private:
  const ReportCase* of_ = nullptr;
  std::uint64_t surroundings_ = 0;
  std::uint64_t name_ = 0;
};

/// Order of series; 0 means the same series.
int compare(const Reading& a, const Reading& b) {
  if (const int c = a.metric.compare(b.metric); c != 0) return c;
  if (const int c = a.of->key.suite.compare(b.of->key.suite); c != 0) return c;
  if (const int c = a.of->key.classname.compare(b.of->key.classname); c != 0) return c;
  if (a.label == b.label) return a.of->key.name.compare(b.of->key.name);
  return name_of(a).compare(name_of(b));
}

/// Sorts `values`.
double median_of(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return values[middle - 1] + (values[middle] - values[middle - 1]) / 2;
}

/// `scratch` is room that is kept from one measure to the next.
void summarise(Measure& measure, std::vector<double>& scratch) {
  if (measure.samples.size() == 1) {
    measure.value = measure.min = measure.samples[0];
    return;
  }
  scratch.assign(measure.samples.begin(), measure.samples.end());
  measure.value = median_of(scratch);
  measure.min = scratch[0];
  for (double& value : scratch)
    value = std::abs(value - measure.value);
  measure.mad = median_of(scratch);
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

/// Says of a metric's name what it says every time: the same few names stand in thousands of cases. Each name has one
/// place; another name there is simply looked at again.
class NameCache {
 public:
  struct Entry {
    std::string_view metric;
    bool is_taken = false;
    std::optional<Unit> suffix;
  };

  const Entry& look_up(std::string_view metric, const NameFilter& filter) {
    if (metric.empty()) return nameless_;
    const auto mix = static_cast<unsigned char>(metric.front()) + static_cast<unsigned char>(metric.back()) * 5U;
    Entry& entry = entries_[(mix + metric.size() * 7) % entries_.size()];
    if (entry.metric != metric) entry = {metric, filter.is_taken(metric), unit_of_suffix(metric)};
    return entry;
  }

 private:
  std::array<Entry, 64> entries_;
  Entry nameless_;
};

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
      samples_.reserve(report_.cases.size());
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
      found.measures_max = rules_.limits.measures_bytes_max / sizeof(Measure);
      search_output(one.output, patterns_, measured, rules_.limits.line_bytes_max, found);
      for (const std::string_view warning : found.warnings) {
        warnings_.full() ? warnings_.add("") : warnings_.add(fmt::format("{}: {}", one.key.name, warning));
      }
      if (found.is_over) throw OverLimit{"measures_bytes_max"};
      if (!found.measures.empty()) {
        found_.push_back(std::move(found.measures));
        read_weaker(one, found_.back(), begin);
      }
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
    add_samples(reading, {&ms, 1});
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
    const NameCache::Entry known = names_.look_up(name.metric, filter_);
    if (!known.is_taken) return;
    Values& values = values_;
    parse_values(property.value, rules_.limits.samples_max, values);
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
    read_unit(reading, values, stated.unit, known.suffix);
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
  void read_unit(Reading& reading, Values& values, std::string_view stated_text, const std::optional<Unit>& suffix) {
    stated_text = trim(stated_text);
    if (stated_text.size() > unit_bytes_max) stated_text = {};
    std::optional<Unit> stated;
    if (!stated_text.empty()) stated = known_unit(stated_text);
    if (!stated && !stated_text.empty()) {
      stated = Unit{stated_text, UnitFamily::other, 1};
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
    add_samples(reading, values.numbers);
    const auto finite = [](double number) { return std::isfinite(number); };
    if (!std::all_of(values.numbers.begin(), values.numbers.end(), finite)) reading.is_contradictory = true;
  }

  void add_samples(Reading& reading, std::span<const double> numbers) {
    reading.samples_begin = samples_.size();
    reading.samples = static_cast<std::uint32_t>(numbers.size());
    samples_.insert(samples_.end(), numbers.begin(), numbers.end());
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
                       2 * (reading.label.size() + reading.metric.size()) + 3 * sizeof(double) * reading.samples;
    if (measures_bytes_ > rules_.limits.measures_bytes_max) throw OverLimit{"measures_bytes_max"};
  }

  /// Readings of one series become one measure, in order of first occurrence.
  std::vector<Measure> group() {
    // next[i]: the reading of the same series behind reading i, or none; first: those that none stands before.
    std::vector<std::uint32_t> next(readings_.size(), none);
    std::vector<std::uint32_t> first;
    if (!link_by_hash(next, first)) link_by_name(next, first);
    std::vector<Measure> measures;
    measures.reserve(first.size());
    for (const std::uint32_t i : first)
      add_series(i, next, measures);
    return measures;
  }

  /// False when names collide more than chance allows: they were made to, and are better sorted.
  bool link_by_hash(std::vector<std::uint32_t>& next, std::vector<std::uint32_t>& first) const {
    struct Slot {
      std::uint64_t hash = 0;
      std::uint32_t last = none;  ///< last reading of the series so far
    };
    std::vector<Slot> slots(std::bit_ceil(readings_.size() * 2 + 1));
    std::vector<std::uint64_t> hashes(readings_.size());
    std::transform(readings_.begin(), readings_.end(), hashes.begin(), SeriesHash());
    first.reserve(readings_.size());
    for (std::uint32_t i = 0; i < readings_.size(); ++i) {
      constexpr std::size_t ahead = 8;  // the table is larger than a near cache
      if (i + ahead < hashes.size()) __builtin_prefetch(&slots[hashes[i + ahead] & (slots.size() - 1)], 1);
      const std::uint64_t here = hashes[i];
      std::size_t probes = 0;
      std::size_t at = here & (slots.size() - 1);
      while (slots[at].last != none && slots[at].hash != here) {
        if (++probes > probes_max) return false;
        at = (at + 1) & (slots.size() - 1);
      }
      if (slots[at].last == none) {
        first.push_back(i);
      } else {
        if (compare(readings_[slots[at].last], readings_[i]) != 0) return false;
        next[slots[at].last] = i;
      }
      slots[at] = {here, i};
    }
    return true;
  }

  void link_by_name(std::vector<std::uint32_t>& next, std::vector<std::uint32_t>& first) const {
    std::fill(next.begin(), next.end(), none);
    first.clear();
    std::vector<std::uint32_t> order(readings_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      const int c = compare(readings_[a], readings_[b]);
      return c != 0 ? c < 0 : a < b;
    });
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (i > 0 && compare(readings_[order[i - 1]], readings_[order[i]]) == 0) {
        next[order[i - 1]] = order[i];
      } else {
        first.push_back(order[i]);
      }
    }
    std::sort(first.begin(), first.end());
  }

  void add_series(std::uint32_t first, const std::vector<std::uint32_t>& next, std::vector<Measure>& measures) {
    const Reading& head = readings_[first];
    std::optional<Better> better;
    std::size_t samples = 0;
    for (std::uint32_t i = first; i != none; i = next[i]) {
      if (readings_[i].is_contradictory || readings_[i].unit != head.unit) {
        warn(*head.of, std::string(head.metric).append(head.label), "has contradictory units");
        return;
      }
      if (!better) better = readings_[i].better;
      samples += readings_[i].samples;
    }
    Measure& measure = measures.emplace_back();
    measure.key.suite = std::string(head.of->key.suite);  // one exact allocation, not a growth
    measure.key.classname = std::string(head.of->key.classname);
    measure.key.name.reserve(head.of->key.name.size() + head.label.size());
    measure.key.name.append(head.of->key.name).append(head.label);
    measure.better = better.value_or(head.is_rate ? Better::higher : Better::lower);
    measure.samples.reserve(samples);
    for (std::uint32_t i = first; i != none; i = next[i]) {
      const auto begin = samples_.begin() + static_cast<std::ptrdiff_t>(readings_[i].samples_begin);
      measure.samples.insert(measure.samples.end(), begin, begin + readings_[i].samples);
    }
    measure.metric = head.metric;
    measure.unit = head.unit;
    summarise(measure, scratch_);
  }

  const Report& report_;
  const MetricRules& rules_;
  NameFilter filter_;
  Warnings warnings_;
  bool duration_taken_;
  std::vector<LinePattern> patterns_;
  std::vector<Reading> readings_;  ///< fewer than 2^32 by measures_bytes_max
  Values values_;
  std::vector<double> scratch_;
  NameCache names_;
  std::vector<double> samples_;              ///< of all readings
  std::deque<std::vector<Property>> found_;  ///< in output; readings view into it
  std::size_t measures_bytes_ = 0;
};

}  // namespace

Measured extract_metrics(const Report& report, const MetricRules& rules) {
  return Extractor(report, rules).run();
}

}  // namespace perftrend::ingest
