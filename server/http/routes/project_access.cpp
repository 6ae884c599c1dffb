#include "server/http/routes/project_access.h"

#include <fmt/format.h>

#include <charconv>

#include "server/store/projects.h"

namespace perftrend::http {

ProjectAccess require_project(db::Connection& connection, const Request& request) {
  const auto& name = request.path_parameter("project");
  const auto id = store::find_project_id(connection, name);
  if (!id) throw not_found("project " + name);
  return {connection, *id, name};
}

store::Run require_run(const ProjectAccess& project, const Request& request) {
  const Id id = path_id(request, "run");
  auto run = store::find_run(project.connection, project.id, id);
  if (!run) throw not_found(fmt::format("run {} in project {}", id, project.name));
  return std::move(*run);
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
