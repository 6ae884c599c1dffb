#pragma once
// Result of a run of the runner before it is written; junit_writer turns it into JUnit.

#include <string>
#include <utility>
#include <vector>

#include "core/model.h"
#include "core/time/rfc3339.h"

namespace perftrend::junit {

/// (name, value), in the order in which they are written.
using Properties = std::vector<std::pair<std::string, std::string>>;

struct CaseReport {
  std::string name;
  std::string classname;
  CaseStatus status = CaseStatus::passed;
  std::string type;     ///< of a failure or an error: "functional", "engine:unavailable"
  std::string message;  ///< one line: why it failed, errored or was skipped
  std::string details;  ///< further lines of a failure or an error
  double time_seconds = 0;
  Properties properties;
  std::vector<std::string> out;       ///< lines for people
  std::vector<std::string> warnings;  ///< without the mark PERF-WARNING; go to <system-err>
};

struct SuiteReport {
  std::string name;
  times::Time started_at;
  std::string hostname;
  Properties properties;
  std::vector<CaseReport> cases;
};

/// Start of every warning on a terminal and in the report (schema/junit.md).
inline constexpr const char* warning_mark = "PERF-WARNING: ";

}  // namespace perftrend::junit
