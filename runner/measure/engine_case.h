#pragma once
// Cases of an engine: their names, and how an error of the engine is reported.

#include <string>

#include "core/junit/suite_report.h"
#include "runner/engines/engine.h"
#include "runner/scenario/scenario.h"

namespace perftrend::runner {

/// A passed case `name` of the class SCENARIO.ENGINE, without metrics.
junit::CaseReport engine_case(const char* name, const Scenario& scenario, const std::string& engine_name);

/// Sets `report` to an error of the type "engine:KIND".
void set_engine_error(junit::CaseReport& report, const EngineError& error);

}  // namespace perftrend::runner
