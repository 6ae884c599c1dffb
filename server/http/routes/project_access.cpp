#include "server/http/routes/project_access.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "core/metrics/ci_variables.h"
#include "core/metrics/coordinates.h"
#include "server/store/names.h"
#include "server/store/projects.h"
#include "server/store/run_parts.h"

namespace perftrend::http {

ProjectAccess require_project(db::Connection& connection, const Request& request) {
  const auto& name = request.path_parameter("project");
  const auto id = store::find_project_id(connection, name);
  if (!id) throw not_found("project " + name);
  return {connection, *id, name};
}

store::Run require_run(const ProjectAccess& project, const Request& request) {
  const Id id = path_id(request, "run");
  auto run = store::find_whole_run(project.connection, project.id, id);
  if (!run) throw not_found(fmt::format("run {} in project {}", id, project.name));
  return std::move(*run);
}

std::optional<Purpose> read_purpose(const Request& request) {
  const std::string text = request.query_text("purpose");
  if (text.empty()) return Purpose::trend;
  if (text == "all") return std::nullopt;
  const auto purpose = metrics::parse_purpose(text);
  if (!purpose) throw bad_parameter("purpose", "it must be trend, confirm, bisect, calibration or all");
  return purpose;
}

void resolve_lane(const ProjectAccess& project, std::string& testbed, std::string& branch) {
  if (const auto plain = metrics::plain_branch(branch); !plain.empty()) branch = plain;
  for (const auto& [kind, name] : {std::pair(store::NameKind::testbed, &testbed), {store::NameKind::branch, &branch}}) {
    if (!name->empty()) *name = store::resolve_name(project.connection, project.id, kind, *name);
  }
}

Id path_id(const Request& request, std::string_view noun) {
  const std::string& text = request.path_parameter("id");
  Id id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id < 1) {
    throw not_found(fmt::format("{} {}", noun, text));
  }
  return id;
}

}  // namespace perftrend::http
