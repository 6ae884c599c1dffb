#pragma once
// The API's JSON objects of lanes.

#include <cstdint>
#include <map>
#include <vector>

#include "server/http/json/json_writer.h"
#include "server/store/runs.h"
#include "server/triage/lane_states.h"

namespace perftrend::http {

/// Writes the array `lanes`. `runs` has the newest run of each lane; a lane without one is left
/// out.
void write_lanes(JsonWriter& out, const std::vector<triage::LaneState>& lanes, const std::map<Id, store::Run>& runs);

/// Members of the headline of a project.
void write_headline(JsonWriter& out, const triage::Headline& headline);

}  // namespace perftrend::http
