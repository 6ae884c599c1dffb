#pragma once

#include <cstdint>
#include <stdexcept>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::corrections {

/// Two series are of different quantities. The transaction has to be rolled back.
class CannotJoin : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Moves points, records and restarts of series `from` to `to`, in the unit of `to`, and deletes `from`. Where a run
/// has a point in both, that of `to` stays. Returns how many points were removed. The caller judges `to` again. Throws
/// CannotJoin before it changes anything.
std::int64_t join_series(db::Connection& connection, Id project, Id from, Id to);

}  // namespace perftrend::corrections
