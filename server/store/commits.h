#pragma once
// Spellings of a commit. Runs of one commit may state its hash in full or abbreviated. Functions run in the caller's
// transaction.

#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

struct CommitSpellings {
  std::vector<std::string>
      all;  ///< `commit`, a hash in lower case, then other spellings that runs of the project state
  std::vector<std::string> ambiguous;  ///< several commits that `commit` is the beginning of; then `all` has it alone

  /// "($4, $5, …)": a place for each spelling, from `$first` on.
  [[nodiscard]] std::string places(int first) const;
  /// `params`, then the spellings. Borrows them.
  [[nodiscard]] std::vector<db::Param> after(std::vector<db::Param> params) const;
};

/// A shorter and a longer hash are the same commit unless the shorter one is the beginning of several commits of the
/// project. Text that is not a hash is one spelling. Cost: a range of an index, and one look-up for each abbreviation.
CommitSpellings find_spellings(db::Connection& connection, Id project, std::string_view commit);

}  // namespace perftrend::store
