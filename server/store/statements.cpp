#include "server/store/statements.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/metrics/units.h"

namespace perftrend::store {
namespace {

std::string name_of(const MetricValue& value) {
  return fmt::format("{} of {}", value.metric.view(), value.key.name.view());
}

/// Also the names under which units are stored (mb_per_s), which are written as suffixes.
std::optional<metrics::Unit> find_unit(std::string_view name) {
  if (auto unit = metrics::known_unit(name)) return unit;
  return metrics::unit_of_suffix(fmt::format("value_{}", name));
}

void add(std::string& warning, std::string more) {
  warning += (warning.empty() ? "" : "; ") + more;
}

void agree_on_unit(const MetricValue& value, Agreement& agreement) {
  auto& series = agreement.series;
  const std::string_view unit = value.unit.view();
  agreement.factor = 1;
  if (unit == series.unit) {
    series.unit_by = std::max(series.unit_by, value.unit_by);
  } else if (series.unit.empty()) {
    // The stored numbers are in the unit as it is written: 0.1 is 0.1 s, not 0.1 ms.
    const std::string_view written = value.written_unit.view();
    const auto factor = written.empty() ? std::nullopt : conversion_factor(unit, written);
    series.unit = factor ? written : unit;
    agreement.factor = factor.value_or(1);
    series.unit_by = value.unit_by;
    add(agreement.warning, fmt::format("{} had no unit so far; its values are in '{}' from now on, the stored ones too",
                                       name_of(value), series.unit));
  } else if (unit.empty()) {
    add(agreement.warning,
        fmt::format("{} has no unit here; it is taken to be in '{}' as before", name_of(value), series.unit));
  } else {
    agreement.factor = conversion_factor(unit, series.unit);
    if (!agreement.factor) {
      add(agreement.warning,
          fmt::format("{} is in '{}' here but in '{}' so far: no point. If the first unit was wrong, exclude or "
                      "delete its run, or set the unit of the series; perftrend-server reprocess then takes the values "
                      "of earlier reports",
                      name_of(value), unit, series.unit));
    }
  }
}

void agree_on_direction(const MetricValue& value, Agreement& agreement) {
  auto& series = agreement.series;
  if (value.better_by == StatedBy::inferred) {
    // A unit that was stated just now says more about the direction than a name without one.
    const bool unit_is_new = series.unit_by != StatedBy::inferred && series.unit == value.unit.view();
    if (series.better_by == StatedBy::inferred && unit_is_new) series.better = value.better;
    return;
  }
  if (series.better == value.better) {
    series.better_by = std::max(series.better_by, value.better_by);
  } else if (series.better_by < value.better_by) {
    series.better = value.better;
    series.better_by = value.better_by;
  } else {
    add(agreement.warning, fmt::format("{} says {} is better here, but {} was stated before and holds. If that was "
                                       "wrong, set the direction of the series",
                                       name_of(value), direction_text(value.better), direction_text(series.better)));
  }
}

}  // namespace

Agreement agree(const MetricValue& value, const SeriesStatement& series) {
  Agreement agreement;
  agreement.series = series;
  agree_on_unit(value, agreement);
  if (agreement.factor) agree_on_direction(value, agreement);
  return agreement;
}

std::optional<double> conversion_factor(std::string_view from, std::string_view to) {
  if (from == to) return 1;
  const auto source = find_unit(from);
  const auto target = find_unit(to);
  if (!source || !target || source->family != target->family || source->family == metrics::UnitFamily::other)
    return std::nullopt;
  return source->factor / target->factor;
}

std::string_view direction_text(Better better) {
  return better == Better::lower ? "lower" : "higher";
}

}  // namespace perftrend::store
