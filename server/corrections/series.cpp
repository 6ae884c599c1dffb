#include "server/corrections/series.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "server/clock.h"
#include "server/points/points.h"
#include "server/store/audit.h"
#include "server/store/corrections.h"
#include "server/store/lanes.h"
#include "server/store/metric_statements.h"
#include "server/store/names.h"
#include "server/store/restarts.h"
#include "server/store/run_parts.h"
#include "server/store/run_rows.h"
#include "server/store/runs.h"
#include "server/store/series.h"
#include "server/store/statements.h"
#include "server/triage/run_verdict.h"
#include "server/triage/shifts_of_runs.h"

namespace perftrend::corrections {
namespace {

constexpr std::size_t unit_bytes_max = 32;

tl::unexpected<CorrectionRefusal> refuse(CorrectionRefusal::Kind kind, std::string cause) {
  return tl::unexpected(CorrectionRefusal{kind, std::move(cause)});
}

std::string text_of(const store::SeriesKey& series) {
  return fmt::format("{} of {}", series.metric, series.key.name);
}

/// A series and the factor by which its values are multiplied.
struct Conversion {
  store::SeriesKey series;
  double factor = 1;
};

/// nullopt where the unit cannot be converted.
std::optional<double> factor_of(const store::SeriesKey& series, const SeriesChange& change) {
  if (!change.unit) return 1;
  if (change.values_were) return store::conversion_factor(*change.values_were, *change.unit);
  if (series.unit.empty()) return 1;
  return store::conversion_factor(series.unit, *change.unit);
}

std::string cannot_convert(const store::SeriesKey& series, const SeriesChange& change) {
  if (change.values_were)
    return fmt::format("values in '{}' cannot be converted to '{}'", *change.values_were, *change.unit);
  return fmt::format(
      "{} is in '{}', which cannot be converted to '{}'. If the stored values were in another unit than stated, say "
      "which with values_were",
      text_of(series), series.unit, *change.unit);
}

std::vector<store::SeriesKey> list_concerned(db::Connection& connection, const ProjectRef& project, Id series,
                                             bool whole_metric) {
  const auto first = store::find_series(connection, project.id, series);
  if (!first) return {};
  if (!whole_metric) return {*first};
  std::vector<store::SeriesKey> concerned;
  for (auto& each : store::list_series_keys(connection, project.id, 0, 0, INT32_MAX)) {
    if (each.key.metric == first->metric) concerned.push_back(std::move(each.key));
  }
  return concerned;
}

void audit(db::Connection& connection, const ProjectRef& project, const Person& person, std::string_view subject, Id id,
           std::string_view action, const std::string& before, const std::string& after, std::string note) {
  if (!person.note.empty()) note += (note.empty() ? "" : ": ") + person.note;
  store::add_audit(connection, {0, project.id, now_us(), person.name, std::string(subject), id, std::string(action),
                                before, after, note, ""});
}

void apply(db::Connection& connection, const Site& site, const ProjectRef& project, const Conversion& conversion,
           const SeriesChange& change, const Person& person) {
  const auto& series = conversion.series;
  auto statement = store::find_statement(connection, series.id);
  const std::string unit = change.unit.value_or(series.unit);
  if (conversion.factor != 1) {
    points::rescale(connection, series.id, conversion.factor);
    store::rescale_records(connection, series.id, conversion.factor);
  }
  if (change.unit) statement.unit_by = StatedBy::person;
  if (change.better) {
    statement.better = *change.better;
    statement.better_by = StatedBy::person;
  }
  statement.unit = unit;
  store::set_statement(connection, series.id, statement);
  points::bump_revision(connection, project.id);
  const auto describe = [](std::string_view of_unit, Better better) {
    return fmt::format("'{}', {} is better", of_unit, store::direction_text(better));
  };
  audit(connection, project, person, "series", series.id, "changed", describe(series.unit, series.better),
        describe(unit, statement.better),
        conversion.factor == 1 ? "" : fmt::format("values multiplied by {}", conversion.factor));
  triage::judge_series_again(connection, site.policies, project.id, project.name, series.id, now_us());
}

/// Calls `work(connection, part)` for parts of `series`, each in a transaction of its own.
template <typename Work>
void in_transactions(const Site& site, std::span<const Id> series, const Work& work) {
  while (!series.empty()) {
    const auto chunk = series.first(std::min(series.size(), series_in_a_transaction));
    series = series.subspan(chunk.size());
    site.database.write([&](db::Connection& connection) { work(connection, chunk); });
  }
}

/// Where a baseline restarts.
struct RestartPlace {
  std::optional<store::Run> run;
  std::vector<Id> series;  ///< of the run, or the one that is meant
};

RestartPlace find_place(const Site& site, const ProjectRef& project, Id run, Id series) {
  RestartPlace place;
  site.database.read([&](db::Connection& connection) {
    place.run = store::find_run(connection, project.id, run);
    if (!place.run) return;
    for (const Id part : store::list_part_ids(connection, run)) {
      const auto of_part = points::list_series_of_run(connection, part);
      place.series.insert(place.series.end(), of_part.begin(), of_part.end());
    }
    std::sort(place.series.begin(), place.series.end());
    if (series == 0) return;
    const bool has_it = std::binary_search(place.series.begin(), place.series.end(), series);
    place.series = has_it ? std::vector<Id>{series} : std::vector<Id>();
  });
  return place;
}

template <typename Save>
Result<SeriesChanged> change_restart(const Site& site, const ProjectRef& project, Id run, Id series,
                                     const Person& person, std::string_view action, const Save& save) {
  const auto place = find_place(site, project, run, series);
  if (!place.run)
    return refuse(CorrectionRefusal::Kind::not_found, fmt::format("run {} in project {}", run, project.name));
  if (place.series.empty())
    return refuse(CorrectionRefusal::Kind::not_found, fmt::format("point of run {} in series {}", run, series));
  site.database.write([&](db::Connection& connection) {
    save(connection, place.run->id);
    points::bump_revision(connection, project.id);
    audit(connection, project, person, series == 0 ? "run" : "series", series == 0 ? run : series, action, "", "",
          series == 0 ? "" : fmt::format("at run {}", run));
  });
  in_transactions(site, place.series, [&](db::Connection& connection, std::span<const Id> part) {
    triage::judge_series_again(connection, site.policies, project.id, project.name, part, now_us());
  });
  triage::restore_common_shifts(site.database, site.policies, project.id, project.name);
  return SeriesChanged{static_cast<std::int64_t>(place.series.size()), 0};
}

}  // namespace

Result<SeriesChanged> change_series(const Site& site, const ProjectRef& project, Id series, const SeriesChange& change,
                                    const Person& person) {
  if (change.unit && change.unit->size() > unit_bytes_max)
    return refuse(CorrectionRefusal::Kind::bad_request, fmt::format("a unit has at most {} bytes", unit_bytes_max));
  if (change.values_were && !change.unit)
    return refuse(CorrectionRefusal::Kind::bad_request, "values_were is given together with the unit");
  std::vector<Conversion> conversions;
  std::optional<std::string> fault;
  site.database.read([&](db::Connection& connection) {
    for (auto& each : list_concerned(connection, project, series, change.whole_metric)) {
      const auto factor = factor_of(each, change);
      if (!factor && !fault) fault = cannot_convert(each, change);
      conversions.push_back({std::move(each), factor.value_or(1)});
    }
  });
  if (conversions.empty())
    return refuse(CorrectionRefusal::Kind::not_found, fmt::format("series {} in project {}", series, project.name));
  if (fault) return refuse(CorrectionRefusal::Kind::bad_request, std::move(*fault));
  if (change.whole_metric) {
    const store::MetricStatement statement = {conversions.front().series.metric, change.unit, change.better};
    site.database.write([&](db::Connection& connection) {
      store::set_metric_statement(connection, project.id, statement, person.name, now_us());
      points::bump_revision(connection, project.id);
    });
  }
  SeriesChanged changed;
  for (const auto& planned : conversions) {
    site.database.write([&](db::Connection& connection) {
      // An upload may have changed the unit since.
      auto now = store::find_series(connection, project.id, planned.series.id);
      if (!now) return;
      const auto factor = factor_of(*now, change);
      if (!factor) return;
      if (*factor != 1) changed.points += store::count_series_points(connection, now->id);
      ++changed.series;
      apply(connection, site, project, {std::move(*now), *factor}, change, person);
    });
  }
  triage::restore_common_shifts(site.database, site.policies, project.id, project.name);
  return changed;
}

Result<SeriesChanged> delete_series(const Site& site, const ProjectRef& project, Id series, const Person& person) {
  SeriesChanged deleted;
  site.database.write([&](db::Connection& connection) {
    const auto found = store::find_series(connection, project.id, series);
    if (!found) return;
    deleted = {1, store::count_series_points(connection, series)};
    points::clear_series(connection, series);
    store::delete_series(connection, series);
    store::recount_lane(connection, project.id, found->testbed, found->branch);
    audit(connection, project, person, "series", series, "deleted", "", "",
          fmt::format("{} on {}, {}: {} points", text_of(*found), found->testbed, found->branch, deleted.points));
  });
  if (deleted.series == 0)
    return refuse(CorrectionRefusal::Kind::not_found, fmt::format("series {} in project {}", series, project.name));
  return deleted;
}

Result<SeriesChanged> restart_baseline(const Site& site, const ProjectRef& project, Id run, Id series,
                                       const Person& person) {
  return change_restart(
      site, project, run, series, person, "baseline restarted", [&](db::Connection& connection, Id first_part) {
        store::add_restart(connection, project.id, first_part, series, person.note, person.name, now_us());
      });
}

Result<SeriesChanged> take_restart_back(const Site& site, const ProjectRef& project, Id run, Id series,
                                        const Person& person) {
  return change_restart(
      site, project, run, series, person, "restart taken back",
      [&](db::Connection& connection, Id first_part) { store::remove_restart(connection, first_part, series); });
}

}  // namespace perftrend::corrections
