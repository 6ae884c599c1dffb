#include "server/http/json/dry_run_json.h"

#include "server/http/json/names.h"
#include "server/http/json/shapes.h"

namespace perftrend::http {
namespace {

void write_tally(JsonWriter& out, std::string_view name, const triage::Tally& tally) {
  out.object(name, [&] {
    out.member("regressions", tally.regressions);
    out.member("improvements", tally.improvements);
    out.member("suspected", tally.suspected);
    out.member("withdrawn", tally.withdrawn);
    out.member("informational", tally.informational);
  });
}

void write_findings(JsonWriter& out, std::string_view name, const std::vector<triage::DryRunFinding>& findings) {
  out.array(name, findings, [&](const triage::DryRunFinding& each) {
    out.object([&] {
      out.member("series", each.series);
      out.member("direction", direction_name(each.worse));
      out.member("first_run", each.first_run);
      out.time("first_at", each.first_at_us);
      out.member("state", store::state_name(each.state));
      out.member("before", each.before);
      out.member("after", each.after);
    });
  });
}

}  // namespace

void write_members(JsonWriter& out, const triage::DryRun& result) {
  out.member("series", result.series);
  out.member("series_left_off", result.series_left_off);
  out.member("points", result.points);
  write_tally(out, "present", result.present);
  write_tally(out, "proposed", result.proposed);
  write_findings(out, "more", result.more);
  write_findings(out, "less", result.less);
}

}  // namespace perftrend::http
