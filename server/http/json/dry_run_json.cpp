#include "server/http/json/dry_run_json.h"

#include "core/time/rfc3339.h"

namespace perftrend::http {
namespace {

Json tally_json(const triage::Tally& tally) {
  return {{"regressions", tally.regressions},
          {"improvements", tally.improvements},
          {"suspected", tally.suspected},
          {"withdrawn", tally.withdrawn},
          {"informational", tally.informational}};
}

Json told_json(const std::vector<triage::DryRunFinding>& told) {
  Json list = Json::array();
  for (const auto& each : told) {
    list.push_back({{"series", to_json(each.series)},
                    {"direction", each.worse ? "worse" : "better"},
                    {"first_run", each.first_run},
                    {"first_at", times::to_rfc3339(each.first_at_us)},
                    {"state", state_name(each.state)},
                    {"before", each.before},
                    {"after", each.after}});
  }
  return list;
}

}  // namespace

Json dry_run_json(const triage::DryRun& result) {
  return {{"series", result.series},
          {"series_left_off", result.series_left_off},
          {"points", result.points},
          {"present", tally_json(result.present)},
          {"proposed", tally_json(result.proposed)},
          {"more", told_json(result.more)},
          {"less", told_json(result.less)}};
}

}  // namespace perftrend::http
