#include "server/store/stamps.h"

#include <random>

namespace perftrend::store {
namespace {

/// Drawn, not counted: a number given in a transaction that was rolled back must not come again.
std::int64_t draw_stamp() {
  thread_local std::mt19937_64 random = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return static_cast<std::int64_t>(random() >> 1U) | 1;
}

}  // namespace

std::int64_t find_stamp(db::Connection& connection, Id project) {
  return connection.query_integer("SELECT stamp FROM project WHERE id = $1", {project}).value_or(0);
}

std::int64_t bump_revision(db::Connection& connection, Id project) {
  const auto stamp = draw_stamp();
  connection.execute("UPDATE project SET stamp = $1 WHERE id = $2", {stamp, project});
  return stamp;
}

void touch_project_of_series(db::Connection& connection, Id series) {
  connection.execute("UPDATE project SET stamp = $1 WHERE id = (SELECT project_id FROM series WHERE id = $2)",
                     {draw_stamp(), series});
}

}  // namespace perftrend::store
