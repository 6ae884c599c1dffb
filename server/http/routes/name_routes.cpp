#include <array>
#include <utility>

#include "server/corrections/names.h"
#include "server/http/json/shapes.h"
#include "server/http/routes/correction_access.h"

namespace perftrend::http {
namespace {

constexpr std::array<store::NameKind, 3> kinds = {store::NameKind::testbed, store::NameKind::branch,
                                                  store::NameKind::metric};

CaseKey case_of(const JsonBody& body, std::string_view member) {
  const auto key = body.object(member, {"suite", "classname", "name"});
  return {key.text("suite"), key.text("classname"), key.required_text("name")};
}

corrections::CasePattern pattern_of(const JsonBody& body, std::string_view member) {
  const auto key = body.object(member, {"suite", "classname", "name"});
  return {key.text("suite"), key.text("classname"), key.text("name")};
}

bool has_star(const corrections::CasePattern& pattern) {
  return (pattern.suite + pattern.classname + pattern.name).find('*') != std::string::npos;
}

Answer answer_of(const corrections::Renamed& renamed) {
  return json_answer([&](JsonWriter& out) {
    out.member("cases", renamed.cases);
    out.member("series", renamed.series);
    out.member("joined", renamed.joined);
    out.member("points_removed", renamed.points_removed);
  });
}

Answer rename_cases(const Context& context, const Request& request, const JsonBody& body) {
  const auto project = require_project_ref(context, request);
  const auto was = pattern_of(body, "was");
  const auto becomes = pattern_of(body, "case");
  if (has_star(was) || was.name.empty()) {
    return answer_of(
        require_done(corrections::rename_cases(site_of(context), project, was, becomes, person_of(request, body))));
  }
  return answer_of(require_done(corrections::rename_case(site_of(context), project, case_of(body, "was"),
                                                         case_of(body, "case"), person_of(request, body))));
}

Answer add_alias(const Context& context, Request& request) {
  const JsonBody body(request, {"case", "testbed", "branch", "metric", "was", "note"});
  if (body.has("case")) return rename_cases(context, request, body);
  for (const auto kind : kinds) {
    const auto name = store::kind_name(kind);
    if (!body.has(name)) continue;
    const auto project = require_project_ref(context, request);
    return answer_of(require_done(corrections::rename(site_of(context), project, kind, body.required_text("was"),
                                                      body.required_text(name), person_of(request, body))));
  }
  throw Problem(400, "bad-parameter", "say what has a new name: case, testbed, branch or metric; and was, the old one");
}

/// PUT …/testbeds/NEW {"was": "OLD"}; the name of a branch may contain slashes, so it is not part of a path.
Answer rename_testbed(const Context& context, Request& request) {
  const JsonBody body(request, {"was", "note"});
  const auto project = require_project_ref(context, request);
  return answer_of(
      require_done(corrections::rename(site_of(context), project, store::NameKind::testbed, body.required_text("was"),
                                       request.path_parameter("testbed"), person_of(request, body))));
}

Answer list_aliases(const Context& context, Request& request) {
  return read_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    out.array("aliases", store::list_aliases(project.connection, project.id), [&](const store::Alias& alias) {
      out.object([&] {
        out.member("kind", alias.kind ? store::kind_name(*alias.kind) : "case");
        if (alias.kind) {
          out.member("name", alias.is);
          out.member("was", alias.was);
        } else {
          out.member("case", alias.is_case);
          out.member("was_case", alias.was_case);
        }
        out.member("created_by", alias.created_by);
        out.time("created_at", alias.created_us);
      });
    });
  });
}

}  // namespace

std::vector<Route> name_routes() {
  return {{"GET", "/api/v1/projects/{project}/aliases", store::Scope::read, list_aliases},
          {"POST", "/api/v1/projects/{project}/aliases", store::Scope::admin, add_alias},
          {"PUT", "/api/v1/projects/{project}/testbeds/{testbed}", store::Scope::admin, rename_testbed}};
}

}  // namespace perftrend::http
