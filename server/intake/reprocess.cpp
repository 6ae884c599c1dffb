#include "server/intake/reprocess.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "server/clock.h"
#include "server/intake/documents.h"
#include "server/intake/place_run.h"
#include "server/intake/reprocess_compare.h"
#include "server/intake/stated_metrics.h"
#include "server/store/readings.h"
#include "server/store/run_rows.h"
#include "server/store/series.h"
#include "server/triage/environment_shifts.h"
#include "server/triage/run_verdict.h"

namespace perftrend::intake {
namespace {

constexpr int page_runs = 1000;
/// Series or runs of one transaction: a commit costs a write to the disk, a long transaction the memory of its pages.
constexpr std::size_t rows_of_a_transaction = 50;

std::vector<store::Document> read_documents(db::Connection& connection, Id run) {
  std::vector<store::Document> documents;
  const auto count = store::list_documents(connection, run).size();
  for (std::size_t i = 0; i < count; ++i) {
    if (auto document = store::find_document(connection, run, static_cast<std::int64_t>(i))) {
      documents.push_back(std::move(*document));
    }
  }
  return documents;
}

/// A stored document is not refused for its length: the server may have had a higher limit.
Options wide_enough(Options options, const std::vector<store::Document>& documents) {
  std::size_t bytes = options.limits.body_bytes_max;
  std::size_t stored = 0;
  for (const auto& document : documents)
    stored += document.body_bytes;
  bytes = std::max(bytes, stored);
  options.limits = junit::ReadLimits::for_body(bytes);
  options.unpack.unpacked_bytes_max = bytes;
  return options;
}

class Reprocess {
 public:
  Reprocess(db::Database& database, const triage::Policies& policies, const Options& options,
            const store::Project& project, bool apply)
      : database_(database), policies_(policies), options_(options), project_(project), apply_(apply) {}

  ReprocessSums run(const std::function<void(const ReprocessRun&)>& on_run) {
    database_.read([&](db::Connection& connection) {
      how_ = find_reading(connection, policies_, options_.rules.find(project_.name), project_.id, project_.name);
    });
    for (Id after = 0;;) {
      std::vector<Id> ids;
      database_.read(
          [&](db::Connection& connection) { ids = store::list_run_ids(connection, project_.id, after, page_runs); });
      for (const Id id : ids)
        on_run(read_run(id));
      if (ids.empty()) break;
      after = ids.back();
    }
    if (apply_) {
      finish();
      database_.write([&](db::Connection& connection) { store::recount_lanes(connection, project_.id); });
    }
    return sums_;
  }

 private:
  /// A metric whose series has another unit so far.
  struct Deferred {
    Id run = 0;
    std::int64_t at_us = 0;
    MetricValue metric_value;
    bool has_point = false;  ///< in the old unit
  };

  ReprocessRun read_run(Id id) {
    ReprocessRun result;
    Reading reading;
    ReprocessComparison comparison;
    std::vector<store::Document> documents;
    database_.read([&](db::Connection& connection) {
      result.run = store::find_run(connection, project_.id, id).value();
      documents = read_documents(connection, id);
    });
    ++sums_.runs;
    const bool is_redacted = std::any_of(documents.begin(), documents.end(),
                                         [](const store::Document& document) { return !document.redacted.empty(); });
    if (documents.empty() || is_redacted) {
      ++sums_.without_document;
      result.outcome = ReprocessRun::Outcome::without_document;
      return result;
    }
    if (!read(documents, reading, result)) return result;
    database_.read([&](db::Connection& connection) {
      align_reading(connection, project_.id, result.run, reading);
      comparison = compare_reading(connection, project_.id, result.run, reading);
    });
    result.lines = comparison.lines;
    count(comparison);
    if (!comparison.lines.empty()) {
      result.outcome = ReprocessRun::Outcome::changed;
      ++sums_.changed;
    }
    if (apply_) save(result.run, reading, comparison);
    return result;
  }

  /// False where it cannot be read, which `result` then says.
  bool read(const std::vector<store::Document>& documents, Reading& reading, ReprocessRun& result) {
    std::vector<formats::SentFile> files;
    try {
      for (const auto& document : documents)
        files.push_back({document.name, document.content_type, unpack(document)});
    } catch (const db::Unusable& error) {
      ++sums_.damaged;
      result.outcome = ReprocessRun::Outcome::damaged;
      result.lines = {error.what()};
      return false;
    }
    auto report = read_files(std::move(files), wide_enough(options_, documents), "", nullptr);
    if (report) {
      metrics::stabilise_names(*report, how_.rules.names, result.run.started_us);
      reading.measured = metrics::extract_metrics(*report, how_.rules);
      apply_statements(how_.stated, reading.measured.metrics, reading.measured.warnings);
      label_cases(*report, reading.measured.metrics, result.run.shard);
    }
    if (!report || !reading.measured.over_limit.empty()) {
      ++sums_.refused;
      result.outcome = ReprocessRun::Outcome::refused;
      result.lines = {report ? "over the limit " + reading.measured.over_limit : report.error().cause};
      return false;
    }
    reading.report = std::move(*report);
    return true;
  }

  void count(const ReprocessComparison& comparison) {
    sums_.points += comparison.points;
    for (const auto& change : comparison.changes) {
      using Kind = PointChange::Kind;
      if (change.kind == Kind::added) ++sums_.points_added;
      if (change.kind == Kind::gone) ++sums_.points_gone;
      if (change.kind == Kind::value || change.kind == Kind::unit) ++sums_.points_changed;
    }
  }

  /// Stores the new reading of one run. Points in another unit wait until all runs of their series are read.
  void save(const store::Run& run, const Reading& reading, const ReprocessComparison& comparison) {
    if (comparison.unfinished) lanes_.emplace(run.testbed, run.branch);
    defer(run, reading, comparison);
    if (comparison.lines.empty()) return;
    auto& warnings = warnings_[run.id];
    warnings = reading.measured.warnings;
    database_.write([&](db::Connection& connection) {
      for (const auto& change : comparison.changes)
        save_point(connection, run, reading, change);
      if (comparison.cases_differ) store::set_cases(connection, project_.id, run.id, reading.report.cases);
      store::set_reading(connection, project_.id, run.id, reading.report.counts, reading.measured.coordinates);
      store::set_warnings(connection, run.id, warnings_of(run.id, true));
      if (comparison.judged_otherwise) {
        for (const auto& point : store::list_run_points(connection, run.id))
          touched_.insert(point.series);
      }
    });
    unfinished_.push_back(run.id);
  }

  void defer(const store::Run& run, const Reading& reading, const ReprocessComparison& comparison) {
    for (const auto& change : comparison.changes) {
      if (change.kind != PointChange::Kind::unit && change.kind != PointChange::Kind::contradiction) continue;
      const auto& metric_value = reading.measured.metrics[change.metric];
      const bool has_point = change.kind == PointChange::Kind::unit;
      deferred_[change.series].push_back({run.id, run.at_us, metric_value, has_point});
      warnings_.try_emplace(run.id, reading.measured.warnings);
      if (!has_point)
        contradictions_[run.id][change.series] = store::unit_contradiction(metric_value, change.unit_before);
    }
  }

  void save_point(db::Connection& connection, const store::Run& run, const Reading& reading,
                  const PointChange& change) {
    using Kind = PointChange::Kind;
    if (change.kind == Kind::contradiction) return;
    if (change.kind == Kind::gone) {
      store::remove_point(connection, change.series, run.at_us, run.id);
      touched_.insert(change.series);
      return;
    }
    const auto& metric_value = reading.measured.metrics[change.metric];
    Id series = change.series;
    if (change.kind == Kind::added) {
      const Id case_id = store::upsert_case(connection, project_.id, metric_value.key);
      const Id configuration = store::upsert_facts(
          connection, store::FactsTable::configuration, project_.id,
          store::configuration_with(reading.measured.coordinates, reading.measured.case_facts, metric_value.facts));
      const auto row = store::upsert_series(connection, project_.id, case_id, metric_value,
                                            {run.testbed, run.branch, configuration, run.purpose});
      if (row.unit != metric_value.unit.view()) {  // an earlier run has just made the series, in another unit
        contradictions_[run.id][-static_cast<Id>(change.metric) - 1] =
            store::unit_contradiction(metric_value, row.unit);
        return;
      }
      series = row.id;
    }
    if (change.kind == Kind::direction)
      store::set_series_unit(connection, series, metric_value.unit, metric_value.better);
    if (change.kind == Kind::added || change.kind == Kind::value) {
      store::set_point(connection, series, run.at_us, run.id, metric_value);
    }
    touched_.insert(series);
  }

  [[nodiscard]] std::vector<std::string> warnings_of(Id run, bool unfinished) {
    auto warnings = warnings_[run];
    for (const auto& [series, warning] : contradictions_[run])
      warnings.push_back(warning);
    if (unfinished) warnings.emplace_back(reprocess_unfinished);
    return warnings;
  }

  void finish() {
    if (!lanes_.empty()) {
      database_.read([&](db::Connection& connection) {
        for (const auto& [testbed, branch] : lanes_) {
          const auto series = store::list_lane_series(connection, project_.id, testbed, branch);
          touched_.insert(series.begin(), series.end());
        }
      });
    }
    const std::set<Id> marked(unfinished_.begin(), unfinished_.end());
    for (const auto& [series, deferred] : deferred_) {
      const auto has_point = [](const Deferred& each) { return each.has_point; };
      if (std::none_of(deferred.begin(), deferred.end(), has_point)) continue;
      database_.write(
          [&, id = series, &all = deferred](db::Connection& connection) { settle_unit(connection, id, all, marked); });
      touched_.insert(series);
    }
    refresh_shifts();
    in_transactions({touched_.begin(), touched_.end()},
                    [&](db::Connection& connection, Id series) { judge_again(connection, series); });
    in_transactions(unfinished_, [&](db::Connection& connection, Id run) {
      store::set_warnings(connection, run, warnings_of(run, false));
    });
  }

  /// The common shifts follow from the values of all series.
  void refresh_shifts() {
    if (touched_.empty()) return;
    std::vector<points::LaneEnvironment> environments;
    database_.read(
        [&](db::Connection& connection) { environments = points::list_lane_environments(connection, project_.id); });
    for (const auto& each : environments) {
      database_.write([&](db::Connection& connection) {
        triage::refresh_shifts(connection, {project_.id, each.testbed, each.branch}, each.environment);
      });
    }
  }

  /// Gives the series a new unit where all of its points have it; else removes the points in other units, which an
  /// upload would refuse now.
  void settle_unit(db::Connection& connection, Id series, const std::vector<Deferred>& deferred,
                   const std::set<Id>& marked) {
    const auto stored = store::find_series_unit(connection, series).value();
    std::int64_t with_point = 0;
    for (const auto& each : deferred)
      with_point += each.has_point ? 1 : 0;
    std::string unit = stored.unit;
    if (with_point == stored.points) {
      const auto& first = deferred.front().metric_value;  // runs were read in the order they were stored
      unit = first.unit;
      store::set_series_unit(connection, series, unit, first.better);
    }
    for (const auto& [run, at_us, metric_value, has_point] : deferred) {
      auto& contradictions = contradictions_[run];
      if (const auto factor = store::conversion_factor(metric_value.unit.view(), unit)) {
        contradictions.erase(series);
        store::set_point(connection, series, at_us, run, store::converted(metric_value, *factor, unit));
      } else {
        contradictions[series] = store::unit_contradiction(metric_value, unit);
        store::remove_point(connection, series, at_us, run);
      }
      store::count_points(connection, run);
      store::set_warnings(connection, run, warnings_of(run, marked.contains(run)));
    }
  }

  void in_transactions(const std::vector<Id>& ids, const std::function<void(db::Connection&, Id)>& work) {
    for (std::size_t begin = 0; begin < ids.size(); begin += rows_of_a_transaction) {
      const std::size_t end = std::min(begin + rows_of_a_transaction, ids.size());
      database_.write([&](db::Connection& connection) {
        for (std::size_t i = begin; i < end; ++i)
          work(connection, ids[i]);
      });
    }
  }

  /// Judges one series as an upload would, and saves the result.
  void judge_again(db::Connection& connection, Id id) {
    triage::judge_series_again(connection, policies_, project_.id, project_.name, id, now_us());
    store::drop_unused_series(connection, id);
  }

  db::Database& database_;
  const triage::Policies& policies_;
  const Options& options_;
  ProjectReading how_;
  const store::Project& project_;
  const bool apply_;
  ReprocessSums sums_;
  std::set<Id> touched_;                                    ///< series to be judged again
  std::set<std::pair<std::string, std::string>> lanes_;     ///< of runs that an earlier reprocess did not finish
  std::map<Id, std::vector<Deferred>> deferred_;            ///< by series
  std::map<Id, std::vector<std::string>> warnings_;         ///< what the reader says, of runs that change
  std::map<Id, std::map<Id, std::string>> contradictions_;  ///< of units, by run and series
  std::vector<Id> unfinished_;                              ///< runs that carry the mark
};

}  // namespace

ReprocessSums reprocess_project(db::Database& database, const triage::Policies& policies, const Options& options,
                                const store::Project& project, bool apply,
                                const std::function<void(const ReprocessRun&)>& on_run) {
  return Reprocess(database, policies, options, project, apply).run(on_run);
}

}  // namespace perftrend::intake
