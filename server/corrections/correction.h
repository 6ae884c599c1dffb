#pragma once
// What all corrections have in common: where they work, who makes them, and why one is refused. A correction changes
// what is stored, writes an entry of the audit trail, and brings the records of regressions in line with the points.
// Large corrections use several transactions; each leaves the database consistent. A correction that ended in the
// middle is finished by the same request again.

#include <tl/expected.hpp>

#include <cstddef>
#include <string>

#include "core/model.h"
#include "server/db/sql.h"
#include "server/triage/policies.h"

namespace perftrend::corrections {

/// The database, and the policies of the server's file. Borrowed.
struct Site {
  db::Database& database;
  const triage::Policies& policies;
};

/// A project that exists.
struct ProjectRef {
  Id id = 0;
  std::string name;
};

/// Who corrects, and why; both are part of the audit trail.
struct Person {
  std::string name;
  std::string note;
};

struct CorrectionRefusal {
  enum class Kind { not_found, conflict, bad_request };
  Kind kind = Kind::bad_request;
  std::string cause;
};

template <typename T>
using Result = tl::expected<T, CorrectionRefusal>;

/// Series of one transaction: judging one again costs a replay of its newest points.
constexpr std::size_t series_in_a_transaction = 100;
constexpr std::size_t note_bytes_max = 2000;  ///< of a reason or a note

}  // namespace perftrend::corrections
