#include "server/store/run_series.h"

#include <algorithm>
#include <optional>
#include <string>

#include "server/store/id_lists.h"

namespace perftrend::store {
namespace {

db::Blob as_blob(const std::string& text) {
  return std::as_bytes(std::span(text));
}

/// nullopt where the run is older than these lists.
std::optional<std::vector<Id>> find_list(db::Connection& connection, Id run) {
  std::optional<std::vector<Id>> found;
  connection.query("SELECT series_ids FROM run_series WHERE run_id = $1", {run},
                   [&](const db::Row& row) { found = unpack_ids(row.blob(0)); });
  return found;
}

}  // namespace

RunPlace find_run_place(db::Connection& connection, Id run) {
  RunPlace place;
  Id project = 0;
  std::string testbed;
  std::string branch;
  connection.query("SELECT at_us, project_id, testbed, branch FROM run WHERE id = $1", {run}, [&](const db::Row& row) {
    place.at_us = row.integer(0);
    project = row.integer(1);
    testbed = row.string(2);
    branch = row.string(3);
  });
  if (project == 0) return place;
  auto listed = find_list(connection, run);
  place.series = listed ? std::move(*listed) : list_lane_series(connection, project, testbed, branch);
  return place;
}

void insert_run_series(db::Connection& connection, Id run, std::span<const Id> series) {
  connection.execute("INSERT INTO run_series (run_id, series_ids) VALUES ($1, $2)", {run, as_blob(pack_ids(series))});
}

void add_run_series(db::Connection& connection, Id run, Id series) {
  auto list = find_list(connection, run);
  if (!list) return;
  const auto place = std::lower_bound(list->begin(), list->end(), series);
  if (place != list->end() && *place == series) return;
  list->insert(place, series);
  connection.execute("UPDATE run_series SET series_ids = $1 WHERE run_id = $2", {as_blob(pack_ids(*list)), run});
}

std::vector<Id> list_lane_series(db::Connection& connection, Id project, std::string_view testbed,
                                 std::string_view branch) {
  std::vector<Id> ids;
  connection.query("SELECT id FROM series WHERE project_id = $1 AND testbed = $2 AND branch = $3 ORDER BY id",
                   {project, testbed, branch}, [&](const db::Row& row) { ids.push_back(row.integer(0)); });
  return ids;
}

}  // namespace perftrend::store
