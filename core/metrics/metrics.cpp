#include "core/metrics/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "core/junit/vocabulary.h"
#include "core/metrics/build_values.h"
#include "core/metrics/case_facts.h"
#include "core/metrics/case_names.h"
#include "core/metrics/companions.h"
#include "core/metrics/coordinates.h"
#include "core/metrics/direction.h"
#include "core/metrics/facts.h"
#include "core/metrics/metric_names.h"
#include "core/metrics/output.h"
#include "core/metrics/repeated_warnings.h"
#include "core/metrics/series.h"
#include "core/metrics/settings.h"
#include "core/metrics/units.h"
#include "core/metrics/unmeasured.h"
#include "core/metrics/value_faults.h"
#include "core/metrics/value_parts.h"
#include "core/metrics/value_units.h"
#include "core/metrics/values.h"
#include "core/stats/median.h"
#include "core/text/arena.h"
#include "core/text/glob.h"
#include "core/text/numbers.h"
#include "core/text/warnings.h"
#include "core/time/timestamps.h"

namespace perftrend::metrics {

namespace {

constexpr std::string_view duration_metric = "duration_ms";

/// Owner of the texts and samples that metrics borrow.
struct MetricTexts {
  std::vector<std::shared_ptr<const void>> documents;  ///< owners of the texts of the cases
  text::Arena<char> names;
  text::Arena<double> samples;
};

/// What is known of one occurrence of a metric in addition to its MetricValue.
struct Occurrence {
  std::uint32_t label_bytes = 0;  ///< at the end of the name; the rest is the name of the case
  bool is_contradictory = false;  ///< neither it nor its series gives a point
};

constexpr std::size_t occurrence_bytes = sizeof(Occurrence) + sizeof(MetricValue) + sizeof(std::uint64_t);

std::string_view label_of(const MetricValue& metric_value, const Occurrence& occurrence) {
  return metric_value.key.name.view().substr(metric_value.key.name.size() - occurrence.label_bytes);
}

/// Sorts a row of samples; most rows are short.
void sort_few(std::span<double> values) {
  constexpr std::size_t few_max = 16;
  if (values.size() > few_max) return std::sort(values.begin(), values.end());
  for (std::size_t i = 1; i < values.size(); ++i) {
    const double value = values[i];
    std::size_t at = i;
    for (; at > 0 && value < values[at - 1]; --at)
      values[at] = values[at - 1];
    values[at] = value;
  }
}

/// `scratch` is reused from one metric to the next.
void summarise(MetricValue& metric_value, std::vector<double>& scratch) {
  if (metric_value.samples.size() == 1) {
    metric_value.value = metric_value.min = metric_value.samples[0];
    return;
  }
  scratch.assign(metric_value.samples.begin(), metric_value.samples.end());
  sort_few(scratch);
  metric_value.value = stats::median_of_sorted(scratch);
  metric_value.min = scratch[0];
  metric_value.mad = stats::mad_of_sorted(scratch, metric_value.value);
}

/// The report exceeds a limit, so nothing of it may be stored.
struct OverLimit {
  const char* limit;
};

/// Caches facts about names of metrics, because the same few names occur in thousands of cases. Each name has one slot;
/// another name in that slot replaces it.
class NameCache {
 public:
  struct Entry {
    std::string_view metric;
    NameFilter::Choice choice = NameFilter::Choice::by_name;
    SortedName sorted;
    std::optional<NameUnit> suffix;
    NameDirection direction = NameDirection::unknown;
    std::uint64_t hash = 0;
  };

  const Entry& look_up(std::string_view metric, const NameFilter& filter) {
    if (metric.empty()) return nameless_;
    const auto mix = static_cast<unsigned char>(metric.front()) + static_cast<unsigned char>(metric.back()) * 5U;
    Entry& entry = entries_[(mix + metric.size() * 7) % entries_.size()];
    if (entry.metric != metric) {
      entry = {
          metric,           filter.choose(metric), sort_name(metric), find_name_unit(metric), direction_of_name(metric),
          hash_text(metric)};
    }
    return entry;
  }

 private:
  std::array<Entry, 256> entries_;
  Entry nameless_;
};

/// The runner repeats a scenario until its medians are precise enough. The time that this took says nothing about
/// speed; the metrics are next to it.
bool is_of_the_runner(const Report& report) {
  return std::any_of(report.properties.begin(), report.properties.end(),
                     [](const Property& property) { return property.name == junit::property_name::schema; });
}

class Extractor {
 public:
  Extractor(const Report& report, const MetricRules& rules)
      : report_(report),
        rules_(rules),
        filter_(rules.take, rules.leave),
        warnings_(rules.limits.warnings_max, rules.limits.warning_bytes_max),
        duration_taken_(filter_.is_taken(duration_metric) && !is_of_the_runner(report)) {
    found_.metrics_max = rules.limits.metrics_bytes_max / sizeof(MetricValue);
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

  ExtractedMetrics run() {
    ExtractedMetrics extracted;
    extracted.coordinates = read_coordinates(report_, rules_.limits.coordinate_bytes_max, warnings_);
    stabilise_settings(extracted.coordinates, rules_.names);
    configuration_ = extracted.coordinates.configuration;
    check_quarantine(report_.properties);
    try {
      search_suite_output();
      reserve();
      for (const ReportCase& one : report_.cases)
        read_case(one);
      extracted.metrics = group();
      repeated_.flush(warnings_);
      warn_of_assumed_directions(extracted.metrics);
    } catch (const OverLimit& over) {
      extracted.over_limit = over.limit;
      warnings_.add(fmt::format("the metrics of the report exceed the limit {}", over.limit));
    }
    take_subject(extracted.coordinates.subject);
    extracted.case_facts = facts_.release();
    extracted.warnings = warnings_.release();
    return extracted;
  }

 private:
  /// Adds what the cases say about the build that was measured, where the run does not say it.
  void take_subject(std::vector<Property>& subject) {
    const auto by_name = [](const Property& a, const Property& b) { return a.name < b.name; };
    const std::size_t stated = subject.size();
    for (Property& fact : facts_.common_subject()) {
      const auto end = subject.begin() + static_cast<std::ptrdiff_t>(stated);
      if (!std::binary_search(subject.begin(), end, fact, by_name)) subject.push_back(std::move(fact));
    }
    std::sort(subject.begin(), subject.end(), by_name);
  }

  /// Reserves memory for what most reports need; never more than the limit allows.
  void reserve() {
    const std::size_t stated = report_.cases.size() * 2 + static_cast<std::size_t>(report_.counts.properties);
    const std::size_t most = rules_.limits.metrics_bytes_max / occurrence_bytes;
    hashes_.reserve(std::min(stated, most));
    occurrences_.reserve(std::min(stated, most));
    values_.reserve(std::min(stated, most));
  }

  /// Output of suites belongs to no case: its warnings count, its metrics do not.
  void search_suite_output() {
    search_output(report_.output, patterns_, false, rules_.limits.line_bytes_max, found_);
    for (const std::string_view warning : found_.warnings)
      warnings_.add(warning);
  }

  /// Without this warning such a case would stay in quarantine unnoticed.
  template <typename AnyProperty>
  void check_quarantine(const std::vector<AnyProperty>& properties) {
    for (const auto& property : properties) {
      const std::string_view name = property.name;
      if (name != junit::property_name::quarantine_expiry || times::parse_expiry_us(property.value)) continue;
      warnings_.add(fmt::format("{} is '{}', which is not a day (2027-03-31): the quarantine has no expiry", name,
                                std::string_view(property.value)));
    }
  }

  void read_case(const ReportCase& one) {
    check_quarantine(one.properties);
    stable_labels_.clear();
    const bool extracted = one.status == CaseStatus::passed && !one.key.name.empty();
    const std::size_t begin = values_.size();
    if (extracted) {
      if (one.owner && (owner_->documents.empty() || owner_->documents.back() != one.owner)) {
        owner_->documents.push_back(one.owner);
      }
      names_.start(one);
      read_properties(one, one.properties);
      if (!one.attributes.empty()) read_weaker(one, one.attributes, begin);
    }
    if (!one.output.empty()) {
      found_.clear();
      search_output(one.output, patterns_, extracted, rules_.limits.line_bytes_max, found_);
      for (const std::string_view warning : found_.warnings) {
        warnings_.full() ? warnings_.add("") : warnings_.add(fmt::format("{}: {}", one.key.name.view(), warning));
      }
      if (found_.is_over) throw OverLimit{"metrics_bytes_max"};
      if (one.output.is_owned()) own_found();
      if (!found_.metrics.empty()) read_weaker(one, found_.metrics, begin);
    }
    // A time of exactly 0 is below the producer's resolution.
    if (extracted && duration_taken_ && one.time_seconds && *one.time_seconds > 0) read_duration(one, begin);
    if (const std::uint32_t facts = facts_.end_case(); facts != 0) {
      for (std::size_t i = begin; i < values_.size(); ++i) {
        values_[i].facts = facts;
        hashes_[i] = hash_with(hashes_[i], facts_.configuration_of(facts));
      }
      if (spent_bytes_ + facts_.bytes() > rules_.limits.metrics_bytes_max) throw OverLimit{"metrics_bytes_max"};
    }
  }

  /// Copies texts that only the output of the case owned.
  void own_found() {
    for (CaseProperty& property : found_.metrics)
      property.name = text::BorrowedText(property.name.view());
  }

  void read_duration(const ReportCase& one, std::size_t begin) {
    const double ms = *one.time_seconds * 1e3;
    if (!std::isfinite(ms)) return;
    for (std::size_t i = begin; i < values_.size(); ++i) {
      if (occurrences_[i].label_bytes == 0 && values_[i].metric == duration_metric) return;
    }
    MetricValue& metric_value = add(one, {}, duration_metric, duration_hash_);
    metric_value.unit = text::BorrowedText::borrow("ms");
    metric_value.unit_by = StatedBy::report;
    set_samples(metric_value, {&ms, 1});
    spend();
  }

  /// Occurrences that yield to those already read of the same case (from `begin` on).
  void read_weaker(const ReportCase& one, const std::vector<CaseProperty>& properties, std::size_t begin) {
    const std::size_t weaker = values_.size();
    read_properties(one, properties);
    if (begin == weaker || weaker == values_.size()) return;
    std::set<std::pair<std::string_view, std::string_view>> stated;
    for (std::size_t i = begin; i < weaker; ++i)
      stated.emplace(values_[i].metric, label_of(values_[i], occurrences_[i]));
    std::size_t kept = weaker;
    for (std::size_t i = weaker; i < values_.size(); ++i) {
      const std::string_view metric = values_[i].metric;
      const std::string_view label = label_of(values_[i], occurrences_[i]);
      // "prefill = 10.12ms" in output is the property "prefill" that has its unit elsewhere.
      if (stated.contains({metric, label}) ||
          stated.contains({metric.substr(0, metric.size() - unit_suffix_bytes(metric)), label})) {
        continue;
      }
      hashes_[kept] = hashes_[i];
      occurrences_[kept] = occurrences_[i];
      values_[kept++] = std::move(values_[i]);
    }
    hashes_.resize(kept);
    occurrences_.resize(kept);
    values_.resize(kept);
  }

  void read_properties(const ReportCase& one, const std::vector<CaseProperty>& properties) {
    if (properties.empty()) return;
    const Companions companions = companions_of(properties);
    for (const CaseProperty& property : properties) {
      if (!is_companion(property.name)) read_property(one, property, companions);
    }
  }

  void read_property(const ReportCase& one, const CaseProperty& property, const Companions& companions) {
    MetricName name = split_label(property.name);
    if (!name.label.empty()) name.label = stable_label(property.name, name);
    if (property.name.is_owned()) name.metric = text::copy_into(owner_->names, name.metric);
    const NameCache::Entry& known = metrics_.look_up(name.metric, filter_);
    if (known.choice == NameFilter::Choice::left) {
      if (known.sorted.kind != FactKind::metric && !known.sorted.only_as_text) add_fact(known.sorted.kind, property);
      return;
    }
    const Companion stated = find_companion(companions, property.name, name.metric);
    const bool is_stated_metric =
        known.choice == NameFilter::Choice::taken || !stated.unit.empty() || !stated.better.empty();
    const FactKind kind = is_stated_metric ? FactKind::metric : kind_of_value(known.sorted, property.value);
    if (kind != FactKind::metric) return add_fact(kind, property);
    parse_values(property.value, rules_.limits.samples_max, parsed_);
    const bool is_composed = parsed_.kind == ValueKind::text || parsed_.kind == ValueKind::unreadable;
    const auto parts = is_composed ? split_value(name.metric, property.value) : std::vector<ValuePart>();
    if (parts.empty()) return read_value(one, property, {name, &known, stated});
    for (const ValuePart& part : parts) {
      const MetricName part_name = {text::copy_into(owner_->names, part.metric), name.label};
      parse_values(part.value, rules_.limits.samples_max, parsed_);
      read_value(one, property, {part_name, &metrics_.look_up(part_name.metric, filter_), stated});
    }
  }

  /// What a value is read as.
  struct Reading {
    MetricName name;
    const NameCache::Entry* known = nullptr;
    Companion stated;
  };

  /// Adds the value in `parsed_` as an occurrence of a metric.
  void read_value(const ReportCase& one, const CaseProperty& property, const Reading& as) {
    ParsedValues& values = parsed_;
    const auto& [name, known, stated] = as;
    if (is_silent_text(name.metric, values)) return;
    if (values.kind == ValueKind::too_many) throw OverLimit{"samples_max"};
    const std::size_t name_max = rules_.limits.metric_bytes_max;
    if (name.metric.size() > name_max || name.label.size() > name_max) {
      warn(one, property.name, fmt::format("is longer than {} bytes", name_max));
      return;
    }
    if (const auto fault = find_value_fault(name.metric, values, property.value)) {
      repeated_.add(property.name, *fault + "; no point", one.key.name);
      return;
    }
    const ValueUnits units = choose_units(name.metric, values, stated.unit, known->suffix);
    warn_of_unit(one, property, units);
    const auto unit = units.source ? units.source : known->suffix ? std::optional(known->suffix->unit) : std::nullopt;
    if (const std::string_view why = drop_unmeasured(name.metric, unit, values.numbers); !why.empty()) {
      repeated_.add(property.name, why, one.key.name);
      if (values.numbers.empty()) return;
    }
    read_unit(add(one, name.label, name.metric, known->hash), values, units);
    read_direction(one, property, stated.better, known->direction, units.target);
    spend();
  }

  /// The label without the parts that change with every run, unless another label of the case became the same.
  std::string_view stable_label(std::string_view full, const MetricName& name) {
    const auto stable = stable_name(name.label, rules_.names, NameParts::certain);
    if (!stable) return name.label;
    const auto [at, is_new] = stable_labels_.try_emplace(std::string(name.metric) + *stable, full);
    return is_new || at->second == full ? text::copy_into(owner_->names, *stable) : name.label;
  }

  /// Whether a value of a name of this kind is a fact or, with a unit or as an amount, a metric.
  FactKind kind_of_value(const SortedName& sorted, std::string_view value) {
    if (sorted.kind == FactKind::metric) return sorted.kind;
    if (sorted.value_may_be_build) return is_build_value(value) ? FactKind::subject : sorted.kind;
    if (is_measured_setting(sorted, value)) return FactKind::metric;
    if (!sorted.unit_makes_metric && !sorted.only_as_text) return sorted.kind;
    parse_values(value, rules_.limits.samples_max, parsed_);
    const bool is_text = parsed_.kind == ValueKind::text || parsed_.kind == ValueKind::unreadable;
    if (sorted.only_as_text) return is_text && !value.empty() ? sorted.kind : FactKind::metric;
    const bool has_unit = parsed_.unit && !parsed_.is_bare_b && parsed_.unit->family != UnitFamily::other;
    return has_unit ? FactKind::metric : sorted.kind;  // "8 threads"
  }

  /// Whether the run has this configuration already.
  bool is_of_run(std::string_view name, std::string_view value) const {
    return std::any_of(configuration_.begin(), configuration_.end(),
                       [&](const Property& fact) { return fact.name == name && fact.value == value; });
  }

  void add_fact(FactKind kind, const CaseProperty& property) {
    if (kind != FactKind::configuration) return facts_.add(kind, property.name, property.value);
    const StableSetting setting = stable_setting(property.name, property.value, rules_.names);
    const std::string_view name = fact_name(property.name);
    if (!is_of_run(name, setting.value)) facts_.add(kind, name, setting.value);
    if (!setting.version.empty()) facts_.add(FactKind::subject, setting.version_name, setting.version);
  }

  /// Adds an occurrence of a metric of this case; its parts are the last in their vectors.
  MetricValue& add(const ReportCase& one, std::string_view label, std::string_view metric, std::uint64_t metric_hash) {
    MetricValue& metric_value = values_.emplace_back();
    metric_value.owner = owner_;
    metric_value.key.suite = one.key.suite.share();
    metric_value.key.classname = one.key.classname.share();
    const std::string_view name = names_.name(label);
    metric_value.key.name = label.empty() ? one.key.name.share() : text::BorrowedText::borrow(name);
    metric_value.metric = text::BorrowedText::borrow(metric);
    hashes_.push_back(names_.hash(metric_hash));
    occurrences_.emplace_back().label_bytes = static_cast<std::uint32_t>(label.size());
    return metric_value;
  }

  void warn_of_unit(const ReportCase& one, const CaseProperty& property, const ValueUnits& units) {
    if (units.remark == ValueUnits::Remark::none) return;
    std::string why = "has the unit 'B', bytes or billions: it is stored as written; state NAME.unit";
    if (units.remark == ValueUnits::Remark::unknown)
      why = fmt::format("has the unit '{}', which is not known: it is stored as written", units.source->name);
    if (units.remark == ValueUnits::Remark::doubtful_prefix)
      why = fmt::format(
          "has a unit whose first letter was read as a multiplier: '{}'; if it is not, write the unit in "
          "lower case",
          text::shortened(property.value, 40));
    repeated_.add(property.name, why, one.key.name);
  }

  /// Converts the samples to the unit of the series.
  void read_unit(MetricValue& metric_value, ParsedValues& values, const ValueUnits& units) {
    Occurrence& occurrence = occurrences_.back();
    occurrence.is_contradictory = units.is_contradictory;
    if (units.target) {
      const Unit& target = *units.target;
      metric_value.unit = text::BorrowedText::borrow(target.family == UnitFamily::other
                                                         ? text::copy_into(owner_->names, canonical_unit(target.name))
                                                         : target.name);
      metric_value.unit_by = StatedBy::report;
      if (units.source->name != target.name && target.family != UnitFamily::other)
        metric_value.written_unit = text::BorrowedText::borrow(units.source->name);
      if (units.source->factor != target.factor) {
        for (double& number : values.numbers)
          number = number * units.source->factor / target.factor;
      }
    }
    const auto finite = [](double number) { return std::isfinite(number); };
    if (!std::all_of(values.numbers.begin(), values.numbers.end(), finite)) occurrence.is_contradictory = true;
    if (!occurrence.is_contradictory) set_samples(metric_value, values.numbers);
  }

  /// Sets the direction of the last metric.
  void read_direction(const ReportCase& one, const CaseProperty& property, std::string_view stated, NameDirection name,
                      const std::optional<Unit>& unit) {
    MetricValue& metric_value = values_.back();
    if (stated == "higher" || stated == "lower") {
      metric_value.better = stated == "higher" ? Better::higher : Better::lower;
      metric_value.better_by = StatedBy::report;
      return;
    }
    const Direction found = direction_of(name, unit);
    metric_value.better = found.better;
    metric_value.better_assumed = found.is_assumed;
    if (stated.empty()) return;
    warn_point(one.key.name, property.name,
               fmt::format(".better is neither lower nor higher: '{}'", text::shortened(stated, 40)));
  }

  /// One warning per report and direction. The runner's own counts of tokens are not speeds.
  void warn_of_assumed_directions(const std::vector<MetricValue>& metrics) {
    if (is_of_the_runner(report_)) return;
    std::map<Better, std::set<std::string_view>> names;
    for (const MetricValue& metric_value : metrics) {
      if (!metric_value.better_assumed) continue;
      const auto matches = [&](const std::string& glob) { return text::matches_glob(glob, metric_value.metric); };
      if (std::none_of(rules_.directed.begin(), rules_.directed.end(), matches))
        names[metric_value.better].insert(metric_value.metric);
    }
    const std::string usual = "State NAME.better, or the direction in a policy";
    for (const auto& [better, of_direction] : names) {
      warnings_.add(fmt::format("direction not known: {}; {} is taken as better. {}", list_some(of_direction),
                                better == Better::lower ? "lower" : "higher",
                                report_.direction_advice.empty() ? usual : report_.direction_advice));
    }
  }

  static std::string list_some(const std::set<std::string_view>& names) {
    constexpr std::size_t named_max = 5;
    std::string list;
    std::size_t named = 0;
    for (const std::string_view name : names) {
      if (named++ == named_max) break;
      list += fmt::format("{}{}", list.empty() ? "" : ", ", text::shortened(name, 60));
    }
    if (names.size() > named_max) list += fmt::format(" and {} more", names.size() - named_max);
    return list;
  }

  void set_samples(MetricValue& metric_value, std::span<const double> numbers) {
    const std::span<double> kept = owner_->samples.take(numbers.size());
    std::copy(numbers.begin(), numbers.end(), kept.begin());
    metric_value.samples = text::Borrowed<double>::borrow(kept);
    summarise(metric_value, scratch_);
  }

  void warn(const ReportCase& one, std::string_view what, std::string_view why) {
    warn_point(one.key.name, what, fmt::format("{}; no point", why));
  }

  void warn_point(std::string_view case_name, std::string_view what, std::string_view why) {
    warnings_.full()
        ? warnings_.add("")
        : warnings_.add(fmt::format("{}: {} {}", text::shortened(case_name, 200), text::shortened(what, 120), why));
  }

  /// Refers to the last metric.
  void spend() {
    const MetricValue& metric_value = values_.back();
    const CaseName& key = metric_value.key;
    spent_bytes_ += occurrence_bytes + key.suite.size() + key.classname.size() + key.name.size() +
                    2 * metric_value.metric.size() + 3 * sizeof(double) * metric_value.samples.size();
    if (spent_bytes_ > rules_.limits.metrics_bytes_max) throw OverLimit{"metrics_bytes_max"};
  }

  /// Joins the occurrences of each series into one metric, in order of first occurrence.
  std::vector<MetricValue> group() {
    const SeriesLinks links = link_series(values_, hashes_, facts_);
    std::size_t kept = 0;
    for (const std::uint32_t i : links.first) {
      if (!unite(i, links.next)) continue;
      if (kept != i) values_[kept] = std::move(values_[i]);  // the one at that place was joined already
      ++kept;
    }
    values_.resize(kept);
    return std::move(values_);
  }

  /// Joins all occurrences of the series that starts with `first`; false when it has no point.
  bool unite(std::uint32_t first, const std::vector<std::uint32_t>& next) {
    if (next[first] == no_link && !occurrences_[first].is_contradictory)
      return true;  // nearly always; its memory is not cached
    MetricValue& head = values_[first];
    std::optional<Better> better;
    std::size_t samples = 0;
    for (std::uint32_t i = first; i != no_link; i = next[i]) {
      if (occurrences_[i].is_contradictory || values_[i].unit != head.unit) {
        const std::string_view label = label_of(head, occurrences_[first]);
        warn_point(head.key.name.view().substr(0, head.key.name.size() - label.size()),
                   std::string(head.metric).append(label), "has contradictory units; no point");
        return false;
      }
      if (!better && values_[i].better_by == StatedBy::report) better = values_[i].better;
      samples += values_[i].samples.size();
    }
    if (better) {
      head.better = *better;
      head.better_by = StatedBy::report;
      head.better_assumed = false;
    }
    const std::span<double> all = owner_->samples.take(samples);
    auto at = all.begin();
    for (std::uint32_t i = first; i != no_link; i = next[i])
      at = std::copy(values_[i].samples.begin(), values_[i].samples.end(), at);
    head.samples = text::Borrowed<double>::borrow(all);
    summarise(head, scratch_);
    return true;
  }

  const Report& report_;
  const MetricRules& rules_;
  NameFilter filter_;
  text::Warnings warnings_;
  bool duration_taken_;
  std::vector<LinePattern> patterns_;
  std::shared_ptr<MetricTexts> owner_ = std::make_shared<MetricTexts>();
  SeriesNames names_{owner_->names};
  OutputFound found_{owner_->names};
  NameCache metrics_;
  std::uint64_t duration_hash_ = hash_text(duration_metric);
  std::vector<std::uint64_t> hashes_;    ///< of the series of each occurrence; metrics_bytes_max keeps them below 2^32
  std::vector<Occurrence> occurrences_;  ///< as many
  std::vector<MetricValue> values_;      ///< as many: the value of each occurrence alone
  CaseFacts facts_;
  std::vector<Property> configuration_;  ///< of the run
  RepeatedWarnings repeated_;
  std::map<std::string, std::string> stable_labels_;  ///< of one case: metric and stable label, and its full name
  ParsedValues parsed_;
  std::vector<double> scratch_;
  std::size_t spent_bytes_ = 0;
};

}  // namespace

ExtractedMetrics extract_metrics(const Report& report, const MetricRules& rules) {
  return Extractor(report, rules).run();
}

}  // namespace perftrend::metrics
