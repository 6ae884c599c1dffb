#include <fmt/format.h>

#include <memory>

#include "core/time/rfc3339.h"
#include "runner/commands/option_checks.h"
#include "runner/commands/options.h"
#include "runner/delivery/spool.h"

namespace perftrend::runner {
namespace {

/// What was given, before it is checked.
struct GuardArguments {
  GuardOptions options;
  std::string expires, url, token_file;
};

std::chrono::year_month_day read_day(const std::string& text) {
  const auto midnight = times::parse_rfc3339(text + "T00:00:00Z");
  if (!midnight) throw UsageError(fmt::format("--expires: '{}' is not a day (e.g. 2027-03-31)", text));
  return std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(*midnight)};
}

CommandLine checked(GuardArguments given, const Variables& variables) {
  GuardOptions guard = std::move(given.options);
  if (!given.expires.empty()) guard.quarantine.expiry = read_day(given.expires);
  if (!guard.quarantine.cases.empty() && guard.junit.empty())
    throw UsageError("guard: --cases has no effect without --junit");
  if (guard.junit.empty()) return guard;
  guard.server = read_server(given.url, variables);
  if (!guard.server) return guard;
  guard.project = read_project(guard.project, variables);
  if (guard.project.empty()) throw UsageError("guard: the project is missing: --project or PERFTREND_PROJECT");
  guard.token = read_token(given.token_file, variables);
  if (guard.spool.empty()) guard.spool = default_spool(variables);
  return guard;
}

}  // namespace

CheckOptions declare_guard(ArgumentParser& parser) {
  const auto given = std::make_shared<GuardArguments>();
  GuardOptions& guard = given->options;
  Arguments arguments = parser.add_command(
      "guard", "Run a command whose timing is quarantined: only its functional checks decide the exit code");
  arguments.operands("COMMAND", guard.argv, 1, "the command, after --");
  arguments.text("--scenario", guard.scenario_file, "scenario file whose [quarantine] applies");
  arguments.text("--reason", guard.quarantine.reason, "why timing is not trusted");
  arguments.text("--owner", guard.quarantine.owner, "whom to ask");
  arguments.text("--expires", given->expires, "last day of the quarantine, e.g. 2027-03-31");
  arguments.text("--junit", guard.junit, "JUnit file that the command writes; its cases decide the exit code");
  arguments.texts("--cases", guard.quarantine.cases, "pattern (*, ?) of the timing cases; repeatable");
  arguments.text("--upload", given->url, "server to which the JUnit file is uploaded (or PERFTREND_URL)");
  arguments.text("--project", guard.project, "project on the server (or PERFTREND_PROJECT)");
  arguments.text("--token-file", given->token_file, "file that contains the token (or PERFTREND_TOKEN)");
  arguments.text("--spool", guard.spool, spool_help);
  return [given](const Variables& variables) { return checked(*given, variables); };
}

}  // namespace perftrend::runner
