#include "server/store/retention.h"

#include <algorithm>
#include <limits>
#include <map>
#include <span>

#include "server/db/id_parts.h"
#include "server/points/points.h"
#include "server/store/lanes.h"

namespace perftrend::store {
namespace {

constexpr std::int64_t day_us = 86'400'000'000;

bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*')
    return matches(pattern.substr(1), text) || (!text.empty() && matches(pattern, text.substr(1)));
  return !text.empty() && (pattern.front() == '?' || pattern.front() == text.front()) &&
         matches(pattern.substr(1), text.substr(1));
}

const RetentionRule* rule_of(const std::vector<RetentionRule>& rules, std::string_view project,
                             std::string_view branch) {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const RetentionRule& rule) {
    return matches(rule.project, project) && matches(rule.branch, branch);
  });
  return found == rules.end() ? nullptr : &*found;
}

/// What is older is deleted. Without a limit nothing is older.
std::int64_t horizon(std::optional<int> days, std::int64_t now_us) {
  return days ? now_us - *days * day_us : INT64_MIN;
}

constexpr std::string_view runs_of_open_regressions =
    "SELECT first_run FROM regression WHERE state <= 2 UNION SELECT recognised_run FROM regression WHERE state <= 2 "
    "UNION SELECT last_good FROM regression WHERE state <= 2 AND last_good IS NOT NULL "
    "UNION SELECT common_shift_run FROM regression WHERE state <= 2 AND common_shift_run IS NOT NULL";

/// One walk over a database.
class Pruning {
 public:
  Pruning(db::Database& database, const std::vector<RetentionRule>& rules, std::int64_t now_us, bool dry_run,
          const std::function<bool()>& stop)
      : database_(database), rules_(rules), now_us_(now_us), dry_run_(dry_run), stop_(stop) {}

  Pruned run() {
    for (const auto& lane : list_lanes()) {
      const auto* rule = rule_of(rules_, lane.project_name, lane.branch);
      if (rule == nullptr) continue;
      if (rule->documents_days) prune_documents(lane, horizon(rule->documents_days, now_us_));
      const auto points_before = pruned_.points;
      if (rule->samples_days || rule->points_days || rule->thin_days) prune_series(lane, *rule);
      if (!dry_run_ && pruned_.points > points_before) changed_projects_.insert(lane.project);
      if (stopped()) break;
    }
    recount();
    return pruned_;
  }

 private:
  struct Lane {
    Id project = 0;
    std::string project_name, branch;
  };
  struct Doomed {
    std::vector<ThinPoint> samples, points;
  };

  [[nodiscard]] bool stopped() const { return stop_ && stop_(); }

  std::vector<Lane> list_lanes() {
    std::vector<Lane> lanes;
    database_.read([&](db::Connection& connection) {
      connection.query(
          "SELECT DISTINCT p.id, p.name, r.branch FROM run r JOIN project p ON p.id = r.project_id ORDER BY 1, 3", {},
          [&](const db::Row& row) {
            lanes.push_back({row.integer(0), row.string(1), row.string(2)});
          });
    });
    return lanes;
  }

  /// The lanes count their points.
  void recount() {
    for (const Id project : changed_projects_)
      database_.write([&](db::Connection& connection) { recount_lanes(connection, project); });
  }

  void prune_documents(const Lane& lane, std::int64_t before_us) {
    static const std::string sql =
        "SELECT d.run_id, d.ordinal, length(d.body_zstd) FROM document d JOIN run r ON r.id = d.run_id "
        "WHERE r.project_id = $1 AND r.branch = $2 AND r.at_us < $3 AND length(d.body_zstd) > 0 AND r.first_part NOT "
        "IN (" +
        std::string(runs_of_open_regressions) + ") ORDER BY d.run_id, d.ordinal";
    std::vector<std::pair<Id, std::int64_t>> doomed;
    database_.read([&](db::Connection& connection) {
      connection.query(sql, {lane.project, lane.branch, before_us}, [&](const db::Row& row) {
        doomed.emplace_back(row.integer(0), row.integer(1));
        ++pruned_.documents;
        pruned_.document_bytes += row.integer(2);
      });
    });
    in_small_transactions(doomed, [](db::Connection& connection, const auto& documents) {
      for (const auto& [run, ordinal] : documents)
        connection.execute("DELETE FROM document WHERE run_id = $1 AND ordinal = $2", {run, ordinal});
    });
  }

  void prune_series(const Lane& lane, const RetentionRule& rule) {
    std::vector<Id> series;
    database_.read([&](db::Connection& connection) {
      connection.query(
          "SELECT s.id FROM series s WHERE s.project_id = $1 AND s.branch = $2 AND s.points > $3 AND NOT EXISTS "
          "(SELECT 1 FROM regression g WHERE g.series_id = s.id AND g.state <= 2) ORDER BY s.id",
          {lane.project, lane.branch, static_cast<std::int64_t>(rule.samples_days ? 0 : newest_points_kept)},
          [&](const db::Row& row) { series.push_back(row.integer(0)); });
    });
    for (const Id id : series) {
      if (stopped()) return;
      drop(id, find_doomed(id, rule));
    }
  }

  /// How many bytes of samples there are of those points, by run.
  static std::map<Id, std::int64_t> find_samples(db::Connection& connection, Id series, std::span<const Id> runs) {
    std::map<Id, std::int64_t> bytes;
    db::for_each_part(runs, 2, [&](const std::string& places, std::span<const Id> part) {
      std::vector<db::Param> params = {series};
      params.insert(params.end(), part.begin(), part.end());
      connection.query("SELECT run_id, length(values_le) FROM sample WHERE series_id = $1 AND run_id IN " + places,
                       params, [&](const db::Row& row) { bytes[row.integer(0)] = row.integer(1); });
    });
    return bytes;
  }

  Doomed find_doomed(Id series, const RetentionRule& rule) {
    std::vector<ThinPoint> points;
    std::set<Id> kept_runs;
    std::map<Id, std::int64_t> sample_bytes;
    const auto samples_before = horizon(rule.samples_days, now_us_);
    database_.read([&](db::Connection& connection) {
      std::vector<Id> sampled;
      for (const auto& point : points::read_history(connection, series, std::numeric_limits<std::int64_t>::max())) {
        points.push_back({point.at_us, point.run, point.value.median});
        if (point.value.samples > 1 && point.at_us < samples_before) sampled.push_back(point.run);
      }
      connection.query(
          "SELECT r.id FROM regression g JOIN run r ON r.first_part = g.first_run OR r.first_part = g.last_good "
          "WHERE g.series_id = $1",
          {series}, [&](const db::Row& row) { kept_runs.insert(row.integer(0)); });
      sample_bytes = find_samples(connection, series, sampled);
    });
    Doomed doomed;
    for (const auto& point : points) {
      if (!sample_bytes.contains(point.run)) continue;
      doomed.samples.push_back(point);
      pruned_.sample_bytes += sample_bytes[point.run];
    }
    const auto old_count = points.size() - std::min(points.size(), newest_points_kept);
    const auto points_before = horizon(rule.points_days, now_us_);
    const auto first_kept = std::find_if(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(old_count),
                                         [&](const ThinPoint& point) { return point.at_us >= points_before; });
    doomed.points.assign(points.begin(), first_kept);
    if (rule.thin_days) {
      const std::vector<ThinPoint> rest(first_kept, points.begin() + static_cast<std::ptrdiff_t>(old_count));
      const auto thinned =
          points_to_thin(rest, kept_runs, horizon(rule.thin_days, now_us_), rule.thin_every_days * day_us);
      doomed.points.insert(doomed.points.end(), thinned.begin(), thinned.end());
    }
    pruned_.samples += static_cast<std::int64_t>(doomed.samples.size());
    pruned_.points += static_cast<std::int64_t>(doomed.points.size());
    return doomed;
  }

  void drop(Id series, const Doomed& doomed) {
    constexpr std::string_view open = "SELECT count(*) FROM regression g WHERE g.series_id = $1 AND g.state <= 2";
    // Asked again in each transaction: a regression may have been opened since.
    const auto is_open = [&](db::Connection& connection) { return connection.require_integer(open, {series}) > 0; };
    const auto places_of = [](std::span<const ThinPoint> points) {
      std::vector<points::PointPlace> places;
      for (const auto& point : points)
        places.push_back({point.at_us, point.run});
      return places;
    };
    in_small_transactions(doomed.samples, [&](db::Connection& connection, std::span<const ThinPoint> points) {
      if (!is_open(connection)) points::remove_samples(connection, series, places_of(points));
    });
    in_small_transactions(doomed.points, [&](db::Connection& connection, std::span<const ThinPoint> points) {
      if (!is_open(connection)) points::remove(connection, series, places_of(points));
    });
  }

  /// `work` gets rows_a_transaction rows at once, each time in a transaction of its own.
  template <typename Row, typename Work>
  void in_small_transactions(const std::vector<Row>& rows, const Work& work) {
    if (dry_run_) return;
    for (std::span<const Row> rest(rows); !rest.empty() && !stopped();) {
      const auto chunk = rest.first(std::min(rest.size(), rows_a_transaction));
      rest = rest.subspan(chunk.size());
      database_.write([&](db::Connection& connection) { work(connection, chunk); });
    }
  }

  db::Database& database_;
  const std::vector<RetentionRule>& rules_;
  const std::int64_t now_us_;
  const bool dry_run_;
  const std::function<bool()>& stop_;
  Pruned pruned_;
  std::set<Id> changed_projects_;  ///< that lost points
};

}  // namespace

std::vector<ThinPoint> points_to_thin(const std::vector<ThinPoint>& points, const std::set<Id>& kept_runs,
                                      std::int64_t before_us, std::int64_t every_us) {
  std::vector<char> kept(points.size(), 0);
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!kept_runs.contains(points[i].run)) continue;
    for (const std::size_t near : {i == 0 ? 0 : i - 1, i, std::min(i + 1, points.size() - 1)})
      kept[near] = 1;
  }
  const auto smaller = [&](std::size_t a, std::size_t b) { return points[a].value < points[b].value; };
  std::vector<ThinPoint> thinned;
  for (std::size_t begin = 0; begin < points.size() && points[begin].at_us < before_us;) {
    std::vector<std::size_t> bucket;
    const auto number = points[begin].at_us / every_us;
    for (; begin < points.size() && points[begin].at_us < before_us && points[begin].at_us / every_us == number;
         ++begin)
      bucket.push_back(begin);
    const auto [low, high] = std::minmax_element(bucket.begin(), bucket.end(), smaller);
    for (const std::size_t i : {bucket.front(), bucket.back(), *low, *high})
      kept[i] = 1;
    for (const std::size_t i : bucket) {
      if (kept[i] == 0) thinned.push_back(points[i]);
    }
  }
  return thinned;
}

Pruned prune(db::Database& database, const std::vector<RetentionRule>& rules, std::int64_t now_us, bool dry_run,
             const std::function<bool()>& stop) {
  return Pruning(database, rules, now_us, dry_run, stop).run();
}

}  // namespace perftrend::store
