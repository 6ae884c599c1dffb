#pragma once
// Names of cases without the parts that change with every run: addresses, temporary folders, UUIDs, process ids, ports,
// dates, line numbers (schema/junit.md, "Names that change with every run"). Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/metrics/name_dates.h"
#include "core/model.h"

namespace perftrend::metrics {

/// A project's own pattern. Placeholders are {number} (digits), {hex} (hexadecimal digits), {word} (letters, digits,
/// '_') and {any} (all characters up to the text that follows it); everything else is literal. A placeholder takes as
/// many characters as it can, at least one. The pattern may match anywhere in a name.
struct NamePattern {
  std::string pattern;
  std::string replacement;
};

/// Why a pattern can't be used; "" for a usable one.
std::string_view fault_of(const NamePattern& pattern);

/// Which built-in patterns are applied.
enum class NameParts {
  all,      ///< also dates, times and long hexadecimal numbers, which a parameter may be
  certain,  ///< only those that no parameter looks like
};

/// The name with its changing parts replaced, `/tmp/pytest-of-ci/pytest-12/bench` → `/tmp/<temp>/bench`. Nothing when
/// it stays as it is. `run` is the time of the run: a date that is not near it is a parameter. Linear in the length of
/// the name, times the number of `patterns`.
std::optional<std::string> stable_name(std::string_view name, const std::vector<NamePattern>& patterns = {},
                                       NameParts parts = NameParts::all, const RunTime& run = std::nullopt);

/// Replaces the changing parts of suites, classes and names in a report. `run` is the time of the run where the report
/// states none. Cases that would become one keep the
/// dates and hashes by which they differ, else get " #2", " #3" in order; a warning of the report says so.
void stabilise_names(Report& report, const std::vector<NamePattern>& patterns = {}, const RunTime& run = std::nullopt);

}  // namespace perftrend::metrics
