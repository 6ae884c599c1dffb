#include "server/store/unsteady_facts.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <utility>

#include "server/db/id_parts.h"
#include "server/points/points.h"
#include "server/store/run_rows.h"

namespace perftrend::store {
namespace {

using Parts = std::map<std::string, std::string>;

/// A series with more points has a configuration that does not change with every run.
constexpr std::int64_t points_max = 3;
/// Series of one case and metric that are looked at.
constexpr int series_max = 40;
/// Values that a fact must have had, all different, before it is unsteady. With the new one they are as many as a
/// baseline needs, and more than a rotation through the days of a week has.
constexpr std::size_t values_min = 7;

void move_facts(const UnsteadyNames& names, std::vector<Property>& from, std::vector<Property>& to) {
  const auto first =
      std::stable_partition(from.begin(), from.end(), [&](const Property& fact) { return !names.contains(fact.name); });
  for (auto at = first; at != from.end(); ++at) {
    const auto place = std::lower_bound(to.begin(), to.end(), *at,
                                        [](const Property& a, const Property& b) { return a.name < b.name; });
    if (place == to.end() || place->name != at->name) to.insert(place, *at);
  }
  from.erase(first, from.end());
}

std::vector<Property> without(const Parts& parts, const UnsteadyNames& names) {
  std::vector<Property> kept;
  for (const auto& [name, value] : parts) {
    if (!names.contains(name)) kept.push_back({name, value});
  }
  return kept;
}

/// The commits of runs, or their ids.
std::map<Id, std::string> commits_of(db::Connection& connection, const std::vector<Id>& runs) {
  std::map<Id, std::string> commits;
  db::for_each_part(runs, 1, [&](const std::string& places, std::span<const Id> part) {
    std::vector<db::Param> params(part.begin(), part.end());
    connection.query("SELECT id, commit_id FROM run WHERE id IN " + places, params, [&](const db::Row& row) {
      const std::string commit = row.string(1);
      commits[row.integer(0)] = commit.empty() ? fmt::format("run {}", row.integer(0)) : commit;
    });
  });
  return commits;
}

}  // namespace

UnsteadyNames list_unsteady_facts(db::Connection& connection, Id project) {
  UnsteadyNames names;
  connection.query("SELECT name FROM unsteady_fact WHERE project_id = $1", {project},
                   [&](const db::Row& row) { names.insert(row.string(0)); });
  return names;
}

void add_unsteady_facts(db::Connection& connection, Id project, const UnsteadyNames& names, std::int64_t now_us) {
  for (const auto& name : names) {
    connection.execute(
        "INSERT INTO unsteady_fact (project_id, name, since_us) VALUES ($1, $2, $3) ON CONFLICT (project_id, name) DO "
        "NOTHING",
        {project, name, now_us});
  }
}

void set_unsteady_aside(const UnsteadyNames& names, Coordinates& coordinates, std::vector<Facts>& case_facts) {
  if (names.empty()) return;
  move_facts(names, coordinates.configuration, coordinates.subject);
  for (auto& facts : case_facts)
    move_facts(names, facts.configuration, facts.subject);
}

std::vector<FormerConfiguration> list_short_configurations(db::Connection& connection, Id project, Id case_id,
                                                           std::string_view metric, const Coordinates& where) {
  std::vector<Id> series;
  std::vector<FormerConfiguration> found;
  bool is_over = false;
  connection.query(
      "SELECT s.id, s.points, c.parts_json FROM series s JOIN configuration c ON c.id = s.configuration_id WHERE "
      "s.project_id = $1 AND s.case_id = $2 AND s.metric = $3 AND s.testbed = $4 AND s.branch = $5 AND s.purpose = $6 "
      "ORDER BY s.id DESC LIMIT $7",
      {project, case_id, metric, where.testbed, where.branch, static_cast<int>(where.purpose), series_max},
      [&](const db::Row& row) {
        is_over = is_over || row.integer(1) > points_max;
        if (is_over) return;
        series.push_back(row.integer(0));
        found.push_back({nlohmann::json::parse(row.text(2)).get<Parts>(), {}});
      });
  const auto points = points::read_newest(connection, series, points_max);
  std::vector<Id> runs;
  for (const auto& [id, history] : points) {
    for (const auto& point : history)
      runs.push_back(point.run);
  }
  const auto commits = commits_of(connection, runs);
  for (std::size_t i = 0; i < series.size(); ++i) {
    const auto history = points.find(series[i]);
    if (history == points.end()) continue;
    for (const auto& point : history->second)
      found[i].commits.push_back(commits.at(point.run));
  }
  return found;
}

UnsteadyNames find_unsteady(const Parts& now, const std::vector<FormerConfiguration>& before) {
  UnsteadyNames unsteady;
  for (const auto& [name, value] : now) {
    std::set<std::string> values;
    std::set<std::string> commits;
    bool has_returned = false;
    for (const auto& former : before) {
      const auto was = former.parts.find(name);
      if (was == former.parts.end()) break;
      has_returned = has_returned || was->second == value;
      values.insert(was->second);
      commits.insert(former.commits.begin(), former.commits.end());
    }
    const bool is_often_new = values.size() >= values_min && 4 * values.size() >= 3 * commits.size();
    if (!has_returned && is_often_new && commits.size() >= values_min) unsteady.insert(name);
  }
  return unsteady;
}

std::vector<UnsteadySeries> remove_from_configurations(db::Connection& connection, Id project,
                                                       const UnsteadyNames& names) {
  std::vector<std::pair<Id, Parts>> changed;
  connection.query(
      "SELECT id, parts_json FROM configuration WHERE project_id = $1 ORDER BY id", {project}, [&](const db::Row& row) {
        auto parts = nlohmann::json::parse(row.text(1)).get<Parts>();
        if (std::any_of(names.begin(), names.end(), [&](const auto& name) { return parts.contains(name); }))
          changed.emplace_back(row.integer(0), std::move(parts));
      });
  std::vector<UnsteadySeries> same;
  for (const auto& [id, parts] : changed) {
    const Id kept = upsert_facts(connection, FactsTable::configuration, project, without(parts, names));
    connection.execute("UPDATE run SET configuration_id = $1 WHERE project_id = $2 AND configuration_id = $3",
                       {kept, project, id});
    std::vector<UnsteadySeries> of_this;
    connection.query(
        "SELECT a.id, b.id FROM series a LEFT JOIN series b ON b.project_id = a.project_id AND b.case_id = a.case_id "
        "AND b.metric = a.metric AND b.testbed = a.testbed AND b.branch = a.branch AND b.purpose = a.purpose AND "
        "b.configuration_id = $1 WHERE a.project_id = $2 AND a.configuration_id = $3 ORDER BY a.id",
        {kept, project, id}, [&](const db::Row& row) {
          of_this.push_back({row.integer(0), row.optional_integer(1).value_or(0)});
        });
    for (const auto& one : of_this) {
      if (one.same == 0) {
        connection.execute("UPDATE series SET configuration_id = $1 WHERE id = $2", {kept, one.series});
      } else {
        same.push_back(one);
      }
    }
  }
  return same;
}

}  // namespace perftrend::store
