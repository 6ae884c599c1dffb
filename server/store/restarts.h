#pragma once
// Runs at which a person restarted a baseline: the points from then on are judged against each other alone.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

/// `series` 0: all series of the run. Does nothing where it restarts there already.
void add_restart(db::Connection& connection, Id project, Id run, Id series, std::string_view note, std::string_view by,
                 std::int64_t now_us);
void remove_restart(db::Connection& connection, Id run, Id series);

struct Restart {
  Id run = 0;
  Id series = 0;  ///< 0: all series of the run
  std::string note, created_by;
  std::int64_t created_us = 0;
};
/// Newest first.
std::vector<Restart> list_restarts(db::Connection& connection, Id project);

}  // namespace perftrend::store
