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

#include "core/metrics/coordinates.h"
#include "core/metrics/metric_names.h"
#include "core/metrics/output.h"
#include "core/metrics/series.h"
#include "core/metrics/units.h"
#include "core/metrics/values.h"
#include "core/stats/median.h"
#include "core/text/arena.h"
#include "core/text/numbers.h"
#include "core/text/warnings.h"
#include "core/time/timestamps.h"

namespace perftrend::metrics {

namespace {

/// Of a unit nobody knows; a longer one is no unit and is left out.
constexpr std::size_t unit_bytes_max = 32;

constexpr std::string_view duration_metric = "duration_ms";

/// What texts and samples of measures are lent by.
struct MetricTexts {
  std::vector<std::shared_ptr<const void>> documents;  ///< the lenders of the report's cases
  text::Arena<char> names;
  text::Arena<double> samples;
};

/// What of a statement does not go into its Measure.
struct Statement {
  std::uint32_t label_bytes = 0;  ///< at the end of the name; what stands before is the case's own
  bool is_better_stated = false;  ///< by a companion
  bool is_contradictory = false;  ///< gives no point, nor does its series
};

constexpr std::size_t statement_bytes = sizeof(Statement) + sizeof(Measure) + sizeof(std::uint64_t);

std::string_view label_of(const Measure& measure, const Statement& statement) {
  return measure.key.name.view().substr(measure.key.name.size() - statement.label_bytes);
}

/// Most rows of samples are a handful.
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

/// `scratch` is room that is kept from one measure to the next.
void summarise(Measure& measure, std::vector<double>& scratch) {
  if (measure.samples.size() == 1) {
    measure.value = measure.min = measure.samples[0];
    return;
  }
  scratch.assign(measure.samples.begin(), measure.samples.end());
  sort_few(scratch);
  measure.value = stats::median_of_sorted(scratch);
  measure.min = scratch[0];
  measure.mad = stats::mad_of_sorted(scratch, measure.value);
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

Companions companions_of(const std::vector<CaseProperty>& properties) {
  Companions companions;
  for (const CaseProperty& property : properties) {
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
    std::uint64_t hash = 0;
  };

  const Entry& look_up(std::string_view metric, const NameFilter& filter) {
    if (metric.empty()) return nameless_;
    const auto mix = static_cast<unsigned char>(metric.front()) + static_cast<unsigned char>(metric.back()) * 5U;
    Entry& entry = entries_[(mix + metric.size() * 7) % entries_.size()];
    if (entry.metric != metric) entry = {metric, filter.is_taken(metric), unit_of_suffix(metric), hash_text(metric)};
    return entry;
  }

 private:
  std::array<Entry, 64> entries_;
  Entry nameless_;
};

/// The runner repeats a scenario until its medians are known well enough: how long that took says nothing of how fast
/// anything is, and its measures stand beside it.
bool is_of_the_runner(const Report& report) {
  return std::any_of(report.properties.begin(), report.properties.end(),
                     [](const Property& property) { return property.name == "perftrend.schema"; });
}

class Extractor {
 public:
  Extractor(const Report& report, const MetricRules& rules)
      : report_(report),
        rules_(rules),
        filter_(rules.take, rules.leave),
        warnings_(rules.limits.warnings_max, rules.limits.warning_bytes_max),
        duration_taken_(filter_.is_taken(duration_metric) && !is_of_the_runner(report)) {
    found_.measures_max = rules.limits.measures_bytes_max / sizeof(Measure);
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
    check_quarantine(report_.properties);
    try {
      search_suite_output();
      reserve();
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
  /// Arena for what most reports come to; never more than the limit allows.
  void reserve() {
    const std::size_t stated = report_.cases.size() * 2 + static_cast<std::size_t>(report_.counts.properties);
    const std::size_t most = rules_.limits.measures_bytes_max / statement_bytes;
    hashes_.reserve(std::min(stated, most));
    statements_.reserve(std::min(stated, most));
    measures_.reserve(std::min(stated, most));
  }

  /// Output of suites belongs to no case: its warnings count, measures in it are nobody's.
  void search_suite_output() {
    search_output(report_.output, patterns_, false, rules_.limits.line_bytes_max, found_);
    for (const std::string_view warning : found_.warnings)
      warnings_.add(warning);
  }

  /// Such a case would stay in quarantine without an end, and nobody would know.
  template <typename AnyProperty>
  void check_quarantine(const std::vector<AnyProperty>& properties) {
    for (const auto& property : properties) {
      const std::string_view name = property.name;
      if (name != "perftrend.quarantine.expiry" || times::parse_expiry_us(property.value)) continue;
      warnings_.add(fmt::format("{} is '{}', which is no day (2027-03-31): the quarantine has no expiry", name,
                                std::string_view(property.value)));
    }
  }

  void read_case(const ReportCase& one) {
    check_quarantine(one.properties);
    const bool measured = one.status == CaseStatus::passed && !one.key.name.empty();
    const std::size_t begin = measures_.size();
    if (measured) {
      if (one.owner && (owner_->documents.empty() || owner_->documents.back() != one.owner)) {
        owner_->documents.push_back(one.owner);
      }
      names_.start(one);
      read_properties(one, one.properties);
      if (!one.attributes.empty()) read_weaker(one, one.attributes, begin);
    }
    if (!one.output.empty()) {
      found_.clear();
      search_output(one.output, patterns_, measured, rules_.limits.line_bytes_max, found_);
      for (const std::string_view warning : found_.warnings) {
        warnings_.full() ? warnings_.add("") : warnings_.add(fmt::format("{}: {}", one.key.name.view(), warning));
      }
      if (found_.is_over) throw OverLimit{"measures_bytes_max"};
      if (one.output.is_owned()) own_found();
      if (!found_.measures.empty()) read_weaker(one, found_.measures, begin);
    }
    // A time of exactly 0 is below the producer's resolution.
    if (measured && duration_taken_ && one.time_seconds && *one.time_seconds > 0) read_duration(one, begin);
  }

  /// What was found in output that is its case's own is lent by nobody who stays.
  void own_found() {
    for (CaseProperty& property : found_.measures)
      property.name = text::BorrowedText(property.name.view());
  }

  void read_duration(const ReportCase& one, std::size_t begin) {
    const double ms = *one.time_seconds * 1e3;
    if (!std::isfinite(ms)) return;
    for (std::size_t i = begin; i < measures_.size(); ++i) {
      if (statements_[i].label_bytes == 0 && measures_[i].metric == duration_metric) return;
    }
    Measure& measure = add(one, {}, duration_metric, duration_hash_);
    measure.unit = text::BorrowedText::borrow("ms");
    set_samples(measure, {&ms, 1});
    spend();
  }

  /// Statements that yield to those already read of the same case (from `begin` on).
  void read_weaker(const ReportCase& one, const std::vector<CaseProperty>& properties, std::size_t begin) {
    const std::size_t weaker = measures_.size();
    read_properties(one, properties);
    if (begin == weaker || weaker == measures_.size()) return;
    std::set<std::pair<std::string_view, std::string_view>> stated;
    for (std::size_t i = begin; i < weaker; ++i)
      stated.emplace(measures_[i].metric, label_of(measures_[i], statements_[i]));
    std::size_t kept = weaker;
    for (std::size_t i = weaker; i < measures_.size(); ++i) {
      const std::string_view metric = measures_[i].metric;
      const std::string_view label = label_of(measures_[i], statements_[i]);
      // "prefill = 10.12ms" in output is the property "prefill" that has its unit elsewhere.
      if (stated.contains({metric, label}) ||
          stated.contains({metric.substr(0, metric.size() - unit_suffix_bytes(metric)), label})) {
        continue;
      }
      hashes_[kept] = hashes_[i];
      statements_[kept] = statements_[i];
      measures_[kept++] = std::move(measures_[i]);
    }
    hashes_.resize(kept);
    statements_.resize(kept);
    measures_.resize(kept);
  }

  void read_properties(const ReportCase& one, const std::vector<CaseProperty>& properties) {
    if (properties.empty()) return;
    const Companions companions = companions_of(properties);
    for (const CaseProperty& property : properties) {
      const std::string_view name = property.name;
      if (!name.ends_with(".unit") && !name.ends_with(".better")) read_property(one, property, companions);
    }
  }

  void read_property(const ReportCase& one, const CaseProperty& property, const Companions& companions) {
    MetricName name = split_label(property.name);
    if (property.name.is_owned()) name.metric = text::copy_into(owner_->names, name.metric);
    const NameCache::Entry& known = metrics_.look_up(name.metric, filter_);
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
      warn(one, property.name, fmt::format("is not a finite number: '{}'", text::shortened(property.value, 40)));
      return;
    }
    if (values.kind == ValueKind::ambiguous) {
      warn(one, property.name,
           fmt::format("could be a list or a number with a comma: '{}'", text::shortened(property.value, 40)));
      return;
    }
    const Companion stated = companion_of(companions, property.name, name.metric);
    read_unit(add(one, name.label, name.metric, known.hash), values, stated.unit, known.suffix);
    if (stated.better == "higher" || stated.better == "lower") {
      measures_.back().better = stated.better == "higher" ? Better::higher : Better::lower;
      statements_.back().is_better_stated = true;
    } else if (!stated.better.empty()) {
      warn_point(one.key.name, property.name,
                 fmt::format(".better is neither lower nor higher: '{}'", text::shortened(stated.better, 40)));
    }
    spend();
  }

  /// A measure of this case and its statement, both last in their rows.
  Measure& add(const ReportCase& one, std::string_view label, std::string_view metric, std::uint64_t metric_hash) {
    Measure& measure = measures_.emplace_back();
    measure.owner = owner_;
    measure.key.suite = one.key.suite.share();
    measure.key.classname = one.key.classname.share();
    const std::string_view name = names_.name(label);
    measure.key.name = label.empty() ? one.key.name.share() : text::BorrowedText::borrow(name);
    measure.metric = text::BorrowedText::borrow(metric);
    hashes_.push_back(names_.hash(metric_hash));
    statements_.emplace_back().label_bytes = static_cast<std::uint32_t>(label.size());
    return measure;
  }

  /// Those of the labelled name, else those of the metric.
  static Companion companion_of(const Companions& companions, std::string_view full, std::string_view metric) {
    Companion found;
    if (companions.empty()) return found;
    for (const std::string_view name : {full, metric}) {
      const auto at = companions.find(name);
      if (at == companions.end()) continue;
      if (found.unit.empty()) found.unit = at->second.unit;
      if (found.better.empty()) found.better = at->second.better;
    }
    return found;
  }

  /// Decides the series' unit (of the name, else of the family) and converts the samples to it.
  void read_unit(Measure& measure, Values& values, std::string_view stated_text, const std::optional<Unit>& suffix) {
    stated_text = text::trim(stated_text);
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
    Statement& statement = statements_.back();
    statement.is_contradictory =
        values.kind == ValueKind::mixed_units || differ(values.unit, stated) || differ(source, suffix);
    if (source && !statement.is_contradictory) {
      const Unit target = suffix ? *suffix : family_unit(*source);
      measure.unit = text::BorrowedText::borrow(
          target.family == UnitFamily::other ? text::copy_into(owner_->names, target.name) : target.name);
      const bool is_rate = target.family == UnitFamily::rate || target.family == UnitFamily::size_rate;
      measure.better = is_rate ? Better::higher : Better::lower;
      if (source->factor != target.factor) {
        for (double& number : values.numbers)
          number = number * source->factor / target.factor;
      }
    }
    const auto finite = [](double number) { return std::isfinite(number); };
    if (!std::all_of(values.numbers.begin(), values.numbers.end(), finite)) statement.is_contradictory = true;
    if (!statement.is_contradictory) set_samples(measure, values.numbers);
  }

  void set_samples(Measure& measure, std::span<const double> numbers) {
    const std::span<double> kept = owner_->samples.take(numbers.size());
    std::copy(numbers.begin(), numbers.end(), kept.begin());
    measure.samples = text::Borrowed<double>::borrow(kept);
    summarise(measure, scratch_);
  }

  void warn(const ReportCase& one, std::string_view what, std::string_view why) {
    warn_point(one.key.name, what, fmt::format("{}; no point", why));
  }

  void warn_point(std::string_view case_name, std::string_view what, std::string_view why) {
    warnings_.full()
        ? warnings_.add("")
        : warnings_.add(fmt::format("{}: {} {}", text::shortened(case_name, 200), text::shortened(what, 120), why));
  }

  /// For the last measure.
  void spend() {
    const Measure& measure = measures_.back();
    const CaseName& key = measure.key;
    measures_bytes_ += statement_bytes + key.suite.size() + key.classname.size() + key.name.size() +
                       2 * measure.metric.size() + 3 * sizeof(double) * measure.samples.size();
    if (measures_bytes_ > rules_.limits.measures_bytes_max) throw OverLimit{"measures_bytes_max"};
  }

  /// What is said of one series becomes one measure, in order of first occurrence.
  std::vector<Measure> group() {
    const SeriesLinks links = link_series(measures_, hashes_);
    std::size_t kept = 0;
    for (const std::uint32_t i : links.first) {
      if (!unite(i, links.next)) continue;
      if (kept != i) measures_[kept] = std::move(measures_[i]);  // what stood there is united with another already
      ++kept;
    }
    measures_.resize(kept);
    return std::move(measures_);
  }

  /// All that is said of the series whose first statement this is; false when it gives no point.
  bool unite(std::uint32_t first, const std::vector<std::uint32_t>& next) {
    if (next[first] == no_link && !statements_[first].is_contradictory) return true;  // nearly always, and in no cache
    Measure& head = measures_[first];
    std::optional<Better> better;
    std::size_t samples = 0;
    for (std::uint32_t i = first; i != no_link; i = next[i]) {
      if (statements_[i].is_contradictory || measures_[i].unit != head.unit) {
        const std::string_view label = label_of(head, statements_[first]);
        warn_point(head.key.name.view().substr(0, head.key.name.size() - label.size()),
                   std::string(head.metric).append(label), "has contradictory units; no point");
        return false;
      }
      if (!better && statements_[i].is_better_stated) better = measures_[i].better;
      samples += measures_[i].samples.size();
    }
    if (better) head.better = *better;
    const std::span<double> all = owner_->samples.take(samples);
    auto at = all.begin();
    for (std::uint32_t i = first; i != no_link; i = next[i])
      at = std::copy(measures_[i].samples.begin(), measures_[i].samples.end(), at);
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
  std::vector<std::uint64_t> hashes_;  ///< of the statements' series; fewer than 2^32 by measures_bytes_max
  std::vector<Statement> statements_;  ///< as many
  std::vector<Measure> measures_;      ///< as many: what each statement alone comes to
  Values values_;
  std::vector<double> scratch_;
  std::size_t measures_bytes_ = 0;
};

}  // namespace

Measured extract_metrics(const Report& report, const MetricRules& rules) {
  return Extractor(report, rules).run();
}

}  // namespace perftrend::metrics
