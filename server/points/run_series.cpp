#include "server/points/run_series.h"

#include <algorithm>
#include <string>

#include "server/points/id_lists.h"

namespace perftrend::points {
namespace {

db::Blob as_blob(const std::string& text) {
  return std::as_bytes(std::span(text));
}

}  // namespace

RunPlace find_run_place(db::Connection& connection, Id run) {
  RunPlace place;
  connection.query("SELECT r.at_us, l.series_ids FROM run r JOIN run_series l ON l.run_id = r.id WHERE r.id = $1",
                   {run}, [&](const db::Row& row) {
                     place.at_us = row.integer(0);
                     place.series = unpack_ids(row.blob(1));
                   });
  return place;
}

void insert_run_series(db::Connection& connection, Id run, std::span<const Id> series) {
  connection.execute("INSERT INTO run_series (run_id, series_ids) VALUES ($1, $2)", {run, as_blob(pack_ids(series))});
}

void add_run_series(db::Connection& connection, Id run, Id series) {
  auto list = find_run_place(connection, run).series;
  const auto place = std::lower_bound(list.begin(), list.end(), series);
  if (place != list.end() && *place == series) return;
  list.insert(place, series);
  connection.execute("UPDATE run_series SET series_ids = $1 WHERE run_id = $2", {as_blob(pack_ids(list)), run});
}

}  // namespace perftrend::points
