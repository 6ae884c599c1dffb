#pragma once
// What a run comes to, before it is written: the runner's own words, turned into JUnit by junit_writer.

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace perftrend::runner {

/// Microseconds since the Unix epoch, UTC.
using Time = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

/// "2026-11-23T02:00:00Z", with microseconds where there are any.
std::string to_rfc3339(Time time);

/// (name, value), in the order in which they are written.
using Properties = std::vector<std::pair<std::string, std::string>>;

enum class Outcome { passed, failed, errored, skipped };

struct CaseReport {
  std::string name;
  std::string classname;
  Outcome outcome = Outcome::passed;
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
  Time started_at;
  std::string hostname;
  Properties properties;
  std::vector<CaseReport> cases;
};

/// What every warning begins with, on a terminal and in the report: schema/junit.md.
inline constexpr const char* warning_mark = "PERF-WARNING: ";

}  // namespace perftrend::runner
