#pragma once
// A run stored without its verdict, for tests of what lies below intake.

#include <stdexcept>
#include <string>
#include <vector>

#include "server/store/runs.h"

namespace perftrend::tests {

struct InsertedRun {
  Id project = 0, run = 0;
  bool already_there = false;
  std::vector<std::string> warnings;
};

inline InsertedRun insert_run(db::Connection& connection, const store::NewRun& run) {
  if (const auto stored = store::find_stored_run(connection, run)) {
    if (stored->conflict) throw std::logic_error("the identity belongs to another run");
    return {stored->project, stored->run, true, {}};
  }
  points::SeriesDirectory directory;
  auto resolved = store::resolve_run(connection, run, store::find_project_revision(connection, run.project), directory);
  const Id id = store::insert_run(connection, run, resolved);
  store::insert_points(connection, run, resolved, id);
  return {resolved.project.id, id, false, resolved.warnings};
}

inline InsertedRun insert_run(db::Database& database, const store::NewRun& run) {
  InsertedRun inserted;
  database.write([&](db::Connection& connection) { inserted = insert_run(connection, run); });
  return inserted;
}

}  // namespace perftrend::tests
