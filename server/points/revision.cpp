#include "server/points/revision.h"

#include <random>

namespace perftrend::points {
namespace {

/// Random instead of counted: a revision of a transaction that was rolled back must not occur again.
std::int64_t draw_revision() {
  thread_local std::mt19937_64 random = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return static_cast<std::int64_t>(random() >> 1U) | 1;
}

}  // namespace

std::int64_t find_revision(db::Connection& connection, Id project) {
  return connection.query_integer("SELECT revision FROM project WHERE id = $1", {project}).value_or(0);
}

std::int64_t bump_revision(db::Connection& connection, Id project) {
  const auto revision = draw_revision();
  connection.execute("UPDATE project SET revision = $1 WHERE id = $2", {revision, project});
  return revision;
}

void bump_revision_of_series(db::Connection& connection, Id series) {
  connection.execute("UPDATE project SET revision = $1 WHERE id = (SELECT project_id FROM series WHERE id = $2)",
                     {draw_revision(), series});
}

}  // namespace perftrend::points
