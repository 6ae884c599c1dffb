#include "server/commands/dry_run_command.h"

#include <fmt/format.h>

#include "core/files/read_file.h"
#include "server/commands/exit_codes.h"
#include "server/commands/policy_file.h"
#include "server/db/open.h"
#include "server/http/json/dry_run_json.h"
#include "server/store/projects.h"
#include "server/triage/project_policies.h"

namespace perftrend {

int run_dry_run(const DryRunOptions& options) {
  const auto file = read_policy_file(options.policies);
  if (!file) return fail(exit_usage, file.error());
  const auto toml = files::read_file(options.proposed);
  if (!toml) return fail(exit_usage, fmt::format("cannot read {}", options.proposed.string()));
  const auto proposed = file->policies.with_project_rules(*toml, options.proposed.string(), 0);
  if (!proposed) return fail(exit_usage, proposed.error());
  const auto database = db::open_database(options.database);
  bool is_known = false;
  http::JsonWriter json;
  database->read([&](db::Connection& connection) {
    const auto project = store::find_project_id(connection, options.project);
    is_known = project.has_value();
    if (!is_known) return;
    const auto present = triage::policies_of(connection, file->policies, *project);
    json.value(triage::dry_run(connection, present, *proposed, *project, options.project));
  });
  if (!is_known) return fail(exit_usage, fmt::format("project '{}' does not exist", options.project));
  fmt::print("{}", json.finish());
  return exit_ok;
}

}  // namespace perftrend
