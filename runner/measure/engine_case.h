#pragma once
// What all cases of an engine share: how they are named and how an engine's error is reported.

#include <string>

#include "core/junit/suite_report.h"
#include "runner/engines/engine.h"
#include "runner/scenario/scenario.h"

namespace perftrend::runner {

/// A passed case `name` of the class SCENARIO.ENGINE, to be filled in.
junit::CaseReport engine_case(const char* name, const Scenario& scenario, const std::string& engine_name);

/// Makes `report` an error of the type "engine:KIND".
void set_engine_error(junit::CaseReport& report, const EngineError& error);

}  // namespace perftrend::runner
