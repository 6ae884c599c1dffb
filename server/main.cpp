// perftrend-server: command line in, one command run, its exit code out.

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "server/commands/database_commands.h"
#include "server/commands/detect_command.h"
#include "server/commands/dry_run_command.h"
#include "server/commands/exit_codes.h"
#include "server/commands/import_command.h"
#include "server/commands/points_command.h"
#include "server/commands/reprocess_command.h"
#include "server/commands/serve.h"
#include "server/commands/token_command.h"
#include "server/db/sql.h"

namespace perftrend {
namespace {

struct Commands {
  ServeOptions serve;
  DetectOptions detect;
  DryRunOptions dry_run;
  ImportOptions import;
  PointsOptions points;
  ReprocessOptions reprocess;
  TokenOptions token;
  DatabaseOptions database;
  int exit_code = exit_ok;
};

void add_serve(CLI::App& app, Commands& commands) {
  auto& options = commands.serve;
  auto* command = app.add_subcommand("serve", "Take uploads, answer the API, show the dashboard");
  command->add_option("--db", options.database, "SQLite file, made if absent; or postgres://user@host/name")
      ->capture_default_str();
  command->add_option("--listen", options.listen, "HOST:PORT; port 0: any free one")->capture_default_str();
  command->add_option("--policies", options.policies, "TOML file of policies (docs/operations.md)");
  command->add_option("--retention", options.retention, "TOML file of what is kept how long; default: everything");
  command->add_option("--backup-dir", options.backup.folder, "Copy the database there while serving");
  command->add_option("--backup-every-hours", options.backup.every_hours, "How often")
      ->capture_default_str()
      ->check(CLI::Range(1, 24 * 365));
  command->add_option("--backup-keep", options.backup.keep, "How many copies stay")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000));
  command
      ->add_option("--checkpoint-pages", options.checkpoint_pages,
                   "SQLite's log is brought into the file at so many pages; 0: another process does (Litestream)")
      ->capture_default_str()
      ->check(CLI::Range(0, 1'000'000));
  command->add_option("--allow-host", options.allowed_hosts, "Another name this open server may be called by");
  command->add_flag("--require-tokens", options.require_tokens, "Need tokens on loopback too (behind a proxy)");
  command->add_flag("--allow-anonymous", options.allow_anonymous, "Listen beyond loopback without tokens");
  command->add_option("--body-mib-max", options.body_mib_max, "Longest report taken, in MiB")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  command->add_option("--upload-memory-mib-max", options.upload_memory_mib_max, "What all uploads may hold, in MiB")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'048'576));
  command->callback([&commands] { commands.exit_code = run_serve(commands.serve); });
}

void add_detect(CLI::App& app, Commands& commands) {
  auto* command = app.add_subcommand("detect", "Find change points in CSV files; one JSON line each");
  command->add_option("files", commands.detect.files, "CSV files");
  command->add_option("--list", commands.detect.list, "A file of CSV paths, one a line");
  command->callback([&commands] { commands.exit_code = run_detect(commands.detect); });
}

void add_dry_run(CLI::App& app, Commands& commands) {
  auto& options = commands.dry_run;
  auto* command = app.add_subcommand("dry-run", "Say what other policies would have flagged; stores nothing");
  command->add_option("--db", options.database, "SQLite file or postgres://…")->capture_default_str();
  command->add_option("--policies", options.policies, "The server's TOML file of policies");
  command->add_option("--project", options.project, "Project")->required();
  command->add_option("proposed", options.proposed, "TOML file in place of the project's own policies")
      ->required()
      ->check(CLI::ExistingFile);
  command->callback([&commands] { commands.exit_code = run_dry_run(commands.dry_run); });
}

void add_import(CLI::App& app, Commands& commands) {
  auto& options = commands.import;
  auto* command = app.add_subcommand("import", "Store a backlog of reports without HTTP");
  command->add_option("--db", options.database, "SQLite file or postgres://…")->capture_default_str();
  command->add_option("--policies", options.policies, "TOML file of policies");
  command->add_option("--project", options.project, "Project")->required();
  command->add_option("--branch", options.branch, "Branch; default: the report's, else main");
  command->add_option("--testbed", options.testbed, "Testbed; default: the report's, else default");
  command->add_option("--commit", options.commit, "Commit; default: the report's");
  command->add_option("--format", options.format, "auto, or ctest: the files are CTest's Test.xml")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "ctest"}));
  command->add_option("paths", options.paths, "Reports and archives of reports, or folders of them; each file is a run")
      ->required()
      ->check(CLI::ExistingPath);
  command->callback([&commands] { commands.exit_code = run_import(commands.import); });
}

void add_points(CLI::App& app, Commands& commands) {
  auto& options = commands.points;
  auto* command = app.add_subcommand("points", "Print stored points");
  command->add_option("--db", options.database, "SQLite file; or postgres://user@host/name")->capture_default_str();
  command->add_flag("--csv")->description("As CSV (RFC 4180), which is the only format")->required();
  command->add_option("project", options.project, "Name of the project")->required();
  command->add_option("series", options.series, "Id of one series; default: all")->check(CLI::PositiveNumber);
  command->callback([&commands] { commands.exit_code = run_points(commands.points); });
}

void add_reprocess(CLI::App& app, Commands& commands) {
  auto& options = commands.reprocess;
  auto* command = app.add_subcommand("reprocess", "Read all stored reports again, and say what is read otherwise now");
  command->add_option("--db", options.database, "SQLite file")->capture_default_str();
  command->add_option("--policies", options.policies, "TOML file of policies, as serve is given it");
  command->add_option("--project", options.project, "Project; default: all");
  command->add_flag("--apply", options.apply, "Store what is read now; stop the server before");
  command->add_flag("--verbose", options.verbose, "Say all that is otherwise");
  command->callback([&commands] { commands.exit_code = run_reprocess(commands.reprocess); });
}

void add_token(CLI::App& app, Commands& commands) {
  auto& options = commands.token;
  auto* command = app.add_subcommand("token", "Make, list and revoke access tokens");
  command->require_subcommand(1);
  auto* create = command->add_subcommand("create", "Make a token and print its secret, once");
  create->add_option("--project", options.project, "A project's name, or * for all")->capture_default_str();
  create->add_option("--scope", options.scope, "read, upload or admin; each includes those before")
      ->capture_default_str();
  create->add_option("--name", options.name, "What it is for; default: its scope");
  create->add_option("--days", options.days, "Valid for so many days; default: until revoked")
      ->check(CLI::Range(1, 36500));
  create->callback([&commands] { commands.exit_code = run_token_create(commands.token); });
  auto* list = command->add_subcommand("list", "List tokens; secrets are not kept");
  list->callback([&commands] { commands.exit_code = run_token_list(commands.token); });
  auto* revoke = command->add_subcommand("revoke", "End a token");
  revoke->add_option("id", options.id, "Its id, from `token list`")->required();
  revoke->callback([&commands] { commands.exit_code = run_token_revoke(commands.token); });
  for (auto* each : {create, list, revoke}) {
    each->add_option("--db", options.database, "SQLite file or postgres://…")->capture_default_str();
  }
}

void add_database_commands(CLI::App& app, Commands& commands) {
  auto& options = commands.database;
  const auto add = [&](const char* name, const char* what, int (*run)(const DatabaseOptions&)) {
    auto* command = app.add_subcommand(name, what);
    command->add_option("--db", options.database, "SQLite file or postgres://…")->capture_default_str();
    command->callback([&commands, run] { commands.exit_code = run(commands.database); });
    return command;
  };
  add("migrate", "Bring the schema up to date; `serve` does so too", run_migrate);
  add("check", "Look for damage: structure, references, sums", run_check);
  auto* backup = add("backup", "Copy the database into a new SQLite file, while servers write to it", run_backup);
  backup->add_option("--to", options.to, "The new file")->required();
  auto* restore = add("restore", "Put a backup in the place of the database", run_restore);
  restore->add_option("--from", options.from, "The backup")->required();
  restore->add_flag("--replace", options.replace, "Keep what is there as FILE.replaced (SQLite)");
  auto* copy = add("export", "Copy everything into another, empty database, and compare it row by row", run_export);
  copy->add_option("--to", options.to, "SQLite file or postgres://…")->required();
  auto* prune = add("prune", "Drop what a retention file does not keep (docs/operations.md)", run_prune);
  prune->add_option("--retention", options.retention, "TOML file of [[retention]] rules")->required();
  prune->add_flag("--dry-run", options.dry_run, "Only say what would go");
}

int run(int argc, char** argv) {
  Commands commands;
  CLI::App app{"perftrend-server: test reports in, trends with flagged regressions out"};
  app.set_version_flag("--version", std::string("perftrend-server ") + PERFTREND_VERSION);
  app.require_subcommand(1);
  app.footer("Exit codes: 0 done, 1 part of it failed, 2 wrong usage or file, 3 database unusable, 4 cannot listen");
  add_serve(app, commands);
  add_detect(app, commands);
  add_dry_run(app, commands);
  add_import(app, commands);
  add_points(app, commands);
  add_reprocess(app, commands);
  add_token(app, commands);
  add_database_commands(app, commands);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_ok : exit_usage;
  }
  return commands.exit_code;
}

}  // namespace
}  // namespace perftrend

int main(int argc, char** argv) {
  try {
    return perftrend::run(argc, argv);
  } catch (const perftrend::db::Unavailable& error) {
    fmt::print(stderr, "perftrend-server: {}\n", error.what());
    return perftrend::exit_database;
  } catch (const perftrend::db::Unusable& error) {
    fmt::print(stderr, "perftrend-server: {}\n", error.what());
    return perftrend::exit_database;
  } catch (const std::exception& error) {
    fmt::print(stderr, "perftrend-server: {}\n", error.what());
    return perftrend::exit_failed;
  }
}
