#pragma once
// Points are stored packed. Tests look at them, and bend them, in a table `point` with a row for each:
//
//     point (series_id, at_us, run_id, value, minimum, mad, samples)

#include <functional>
#include <string>

#include "server/db/sql.h"

namespace perftrend::tests {

/// Runs `work` while the table exists next to the others. All of its changes are rolled back.
void look_at_point_rows(db::Database& database, const std::function<void(db::Connection&)>& work);

/// Runs a script that may change the table; afterwards all points lie in blocks again, as the table has them.
void edit_point_rows(db::Database& database, const std::string& script);

}  // namespace perftrend::tests
