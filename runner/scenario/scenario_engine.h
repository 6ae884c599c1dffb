#pragma once
// Reader of the table [engine] in the scenario file.

#include <string>
#include <vector>

#include "runner/scenario/scenario.h"
#include "runner/scenario/scenario_section.h"

namespace perftrend::runner {

/// Throws InvalidScenario.
void read_engine(const Section& table, const std::vector<std::string>& engines, Scenario& scenario);

}  // namespace perftrend::runner
