#include "server/http/json/lane_json.h"

#include <optional>
#include <string_view>

#include "server/http/json/shapes.h"

namespace perftrend::http {
namespace {

void write_rhythm(JsonWriter& out, const triage::LaneState& state) {
  std::optional<double> gap_seconds;
  if (state.rhythm) gap_seconds = static_cast<double>(state.rhythm->period_us) / 1e6;
  out.member("usual_gap_seconds", gap_seconds);
  out.member("rhythm", state.rhythm ? state.rhythm->declared ? "declared" : "learned" : "none");
  std::optional<std::int64_t> next_us;
  if (state.rhythm && !state.ended) next_us = state.rhythm->next_us;
  out.time("expected_by", next_us);
  out.member("overdue", state.overdue);
  out.member("missing_runs", state.overdue ? state.rhythm->periods_silent : 0);
}

void write_lane(JsonWriter& out, const triage::LaneState& state, const store::Run& last_run) {
  const auto& lane = state.lane;
  out.member("testbed", lane.testbed);
  out.member("branch", lane.branch);
  out.member("long_lived", state.long_lived);
  out.member("last_run", last_run);
  out.member("runs", lane.runs);
  out.member("series", lane.series);
  out.member("points", lane.points);
  out.member("open_regressions", lane.open_regressions);
  write_rhythm(out, state);
  out.member("ended", state.ended);
  out.time("ended_at", lane.ended_us);
  out.member("ended_by", lane.ended_by);
}

}  // namespace

void write_lanes(JsonWriter& out, const std::vector<triage::LaneState>& lanes, const std::map<Id, store::Run>& runs) {
  out.array("lanes", lanes, [&](const triage::LaneState& state) {
    const auto run = runs.find(state.lane.last_run);
    if (run != runs.end()) out.object([&] { write_lane(out, state, run->second); });
  });
}

void write_headline(JsonWriter& out, const triage::Headline& headline) {
  out.member("failed_cases", headline.failed_cases);
  out.member("overdue_runs", headline.overdue_runs);
  out.member("suspect_runs", headline.suspect_runs);
}

}  // namespace perftrend::http
