#pragma once
// Renames of cases, testbeds, branches and metrics with their history. The former name leads to the new one from then
// on, also for uploads. If the new name has a history of its own, both are joined in the order of time; a join cannot
// be separated again.

#include <cstdint>
#include <string>
#include <vector>

#include "server/corrections/correction.h"
#include "server/store/names.h"

namespace perftrend::corrections {

/// What a rename did.
struct Renamed {
  std::int64_t cases = 0;           ///< renamed; those with a label in brackets belong to the case without
  std::int64_t series = 0;          ///< that have the new name now
  std::int64_t joined = 0;          ///< of them: joined with a series that had the new name before
  std::int64_t points_removed = 0;  ///< of runs that had a point in both
};

/// `was` and its labelled cases are `key` from now on. A name that leads there already changes nothing. not_found:
/// there is no such case. conflict: two series that would be joined have units of different quantities.
Result<Renamed> rename_case(const Site& site, const ProjectRef& project, const CaseKey& was, const CaseKey& key,
                            const Person& person);

/// The same for a testbed, a branch or a metric.
Result<Renamed> rename(const Site& site, const ProjectRef& project, store::NameKind kind, const std::string& was,
                       const std::string& name, const Person& person);

/// A pattern for the names of cases. Each part may have one *, which is the same text in the old and in the new name.
/// Empty: the name stays.
struct CasePattern {
  std::string suite, classname, name;
};
/// Renames every case that matches `was`; a missing part of `was` matches any.
Result<Renamed> rename_cases(const Site& site, const ProjectRef& project, const CasePattern& was,
                             const CasePattern& becomes, const Person& person);

}  // namespace perftrend::corrections
