#include "runner/measure/engine_case.h"

#include <fmt/format.h>

namespace perftrend::runner {

junit::CaseReport engine_case(const char* name, const Scenario& scenario, const std::string& engine_name) {
  junit::CaseReport report;
  report.name = name;
  report.classname = fmt::format("{}.{}", scenario.name, engine_name);
  return report;
}

void set_engine_error(junit::CaseReport& report, const EngineError& error) {
  report.status = CaseStatus::errored;
  report.type = fmt::format("engine:{}", to_string(error.kind));
  report.message = error.message;
}

}  // namespace perftrend::runner
