#include "server/corrections/series.h"
#include "server/http/json/shapes.h"
#include "server/http/routes/correction_access.h"
#include "server/store/restarts.h"
#include "server/store/series.h"

namespace perftrend::http {
namespace {

std::optional<Better> better_of(const JsonBody& body) {
  const auto text = body.text("better");
  if (text.empty()) return std::nullopt;
  if (text != "lower" && text != "higher") throw bad_parameter("better", "it must be lower or higher");
  return text == "lower" ? Better::lower : Better::higher;
}

void write_changed(JsonWriter& out, const corrections::SeriesChanged& changed) {
  out.member("series", changed.series);
  out.member("points", changed.points);
}

Answer change_series(const Context& context, Request& request) {
  const JsonBody body(request, {"unit", "values_were", "better", "whole_metric", "note"});
  corrections::SeriesChange change;
  if (body.has("unit")) change.unit = body.text("unit");
  if (body.has("values_were")) change.values_were = body.text("values_were");
  change.better = better_of(body);
  change.whole_metric = body.flag("whole_metric");
  if (change.is_empty() && !change.values_were)
    throw Problem(400, "bad-parameter", "nothing to change: give unit, better or both");
  const Id series = path_id(request, "series");
  const auto project = require_project_ref(context, request);
  const auto changed =
      require_done(corrections::change_series(site_of(context), project, series, change, person_of(request, body)));
  return json_answer([&](JsonWriter& out) { write_changed(out, changed); });
}

Answer delete_series(const Context& context, Request& request) {
  const Id series = path_id(request, "series");
  const auto project = require_project_ref(context, request);
  const auto deleted = require_done(corrections::delete_series(site_of(context), project, series, person_of(request)));
  return json_answer([&](JsonWriter& out) { write_changed(out, deleted); });
}

Answer restart_baseline(const Context& context, Request& request) {
  const JsonBody body(request, {"run", "series", "note"});
  const auto run = body.integer("run");
  if (!run) throw bad_parameter("run", "it must be the id of a run");
  const auto project = require_project_ref(context, request);
  const auto restarted = require_done(corrections::restart_baseline(
      site_of(context), project, *run, body.integer("series").value_or(0), person_of(request, body)));
  return json_answer([&](JsonWriter& out) { out.member("series", restarted.series); });
}

Answer take_restart_back(const Context& context, Request& request) {
  const auto run = request.query_integer("run", 1, INT64_MAX, 0);
  if (run == 0) throw bad_parameter("run", "it must be the id of a run");
  const auto project = require_project_ref(context, request);
  const auto taken = require_done(corrections::take_restart_back(
      site_of(context), project, run, request.query_integer("series", 1, INT64_MAX, 0), person_of(request)));
  return json_answer([&](JsonWriter& out) { out.member("series", taken.series); });
}

Answer list_restarts(const Context& context, Request& request) {
  return read_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    out.array("restarts", store::list_restarts(project.connection, project.id), [&](const store::Restart& restart) {
      out.object([&] {
        out.member("run", restart.run);
        if (restart.series == 0) {
          out.member("series", nullptr);
        } else {
          out.member("series", restart.series);
        }
        out.member("note", restart.note);
        out.member("created_by", restart.created_by);
        out.time("created_at", restart.created_us);
      });
    });
  });
}

}  // namespace

std::vector<Route> series_routes() {
  return {{"PATCH", "/api/v1/projects/{project}/series/{id}", store::Scope::admin, change_series},
          {"DELETE", "/api/v1/projects/{project}/series/{id}", store::Scope::admin, delete_series},
          {"GET", "/api/v1/projects/{project}/restarts", store::Scope::read, list_restarts},
          {"POST", "/api/v1/projects/{project}/restarts", store::Scope::admin, restart_baseline},
          {"DELETE", "/api/v1/projects/{project}/restarts", store::Scope::admin, take_restart_back}};
}

}  // namespace perftrend::http
