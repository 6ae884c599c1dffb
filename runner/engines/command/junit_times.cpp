// read_junit_times of command_output.h: JUnit as test programs write it, read by the same reader as on the server.
#include <fmt/format.h>

#include "core/junit/junit_reader.h"
#include "runner/engines/command/command_output.h"

namespace perftrend::runner {
namespace {

using Kind = EngineError::Kind;

constexpr double ms_per_s = 1000;

EngineError failure_of(const ReportCase& junit_case) {
  const std::string_view message = junit_case.message.view();
  return {Kind::failed, fmt::format("{}: {}", junit_case.status == CaseStatus::failed ? "failure" : "error",
                                    message.substr(0, message.find('\n')))};
}

CommandCase to_command_case(const ReportCase& junit_case) {
  CommandCase result;
  result.name = junit_case.key.name;
  if (!junit_case.key.classname.empty())
    result.name = fmt::format("{}::{}", junit_case.key.classname.view(), result.name);
  switch (junit_case.status) {
    case CaseStatus::failed:
    case CaseStatus::errored:
      result.error = failure_of(junit_case);
      break;
    case CaseStatus::skipped:
    case CaseStatus::notrun:
      result.skipped = true;
      result.message = junit_case.message;
      break;
    case CaseStatus::passed:
      if (!junit_case.time_seconds)
        result.error = EngineError{Kind::bad_answer, "the time is missing or not a number"};
      else if (*junit_case.time_seconds > 0)  // 0 is below the resolution of the program that wrote it
        result.times_ms["duration_ms"].push_back(*junit_case.time_seconds * ms_per_s);
      break;
  }
  return result;
}

}  // namespace

EngineResult<CommandOutput> read_junit_times(std::string_view xml) {
  const auto report = junit::read_junit(xml);
  if (!report) {
    const auto& error = report.error();
    return tl::unexpected(EngineError{
        Kind::bad_answer, fmt::format("not a JUnit document: {}:{}: {}", error.line, error.column, error.cause)});
  }
  CommandOutput output;
  for (const ReportCase& junit_case : report->cases)
    output.cases.push_back(to_command_case(junit_case));
  if (output.cases.empty())
    return tl::unexpected(EngineError{Kind::bad_answer, "the JUnit document contains no test case"});
  return output;
}

}  // namespace perftrend::runner
