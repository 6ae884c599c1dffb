#include "server/commands/command_line.h"

#include <CLI/CLI.hpp>

#include <string>

#include "server/commands/backup_command.h"
#include "server/commands/check_command.h"
#include "server/commands/correct_command_line.h"
#include "server/commands/detect_command.h"
#include "server/commands/dry_run_command.h"
#include "server/commands/exit_codes.h"
#include "server/commands/export_command.h"
#include "server/commands/import_command.h"
#include "server/commands/migrate_command.h"
#include "server/commands/points_command.h"
#include "server/commands/prune_command.h"
#include "server/commands/reprocess_command.h"
#include "server/commands/restore_command.h"
#include "server/commands/serve_command.h"
#include "server/commands/token_command.h"

namespace perftrend {
namespace {

constexpr const char* database_help = "SQLite file or postgres://…";

/// The options of all subcommands; the chosen one sets the exit code.
struct Commands {
  ServeOptions serve;
  DetectOptions detect;
  DryRunOptions dry_run;
  ImportOptions import;
  PointsOptions points;
  ReprocessOptions reprocess;
  CorrectOptions correct;
  TokenOptions token;
  MigrateOptions migrate;
  BackupOptions backup;
  RestoreOptions restore;
  CheckOptions check;
  ExportOptions export_to;
  PruneOptions prune;
  int exit_code = exit_ok;
};

void add_serve(CLI::App& app, Commands& commands) {
  auto& options = commands.serve;
  auto* command = app.add_subcommand("serve", "Accept uploads, answer the API and show the dashboard");
  command
      ->add_option("--db", options.database,
                   "SQLite file, which is created if it does not exist, or postgres://user@host/name")
      ->capture_default_str();
  command->add_option("--listen", options.listen, "HOST:PORT; port 0: any free port")->capture_default_str();
  command->add_option("--policies", options.policies, "TOML file of policies (docs/policies.md)");
  command->add_option("--retention", options.retention, "TOML file of retention rules; default: delete nothing");
  command->add_option("--backup-dir", options.backup.folder, "Write scheduled backups into this folder");
  command->add_option("--backup-every-hours", options.backup.every_hours, "Hours between two backups")
      ->capture_default_str()
      ->check(CLI::Range(1, 24 * 365));
  command->add_option("--backup-keep", options.backup.keep, "How many of the newest backups are retained")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000));
  command
      ->add_option("--checkpoint-pages", options.checkpoint_pages,
                   "WAL checkpoint threshold in pages (SQLite); 0: another process checkpoints (Litestream)")
      ->capture_default_str()
      ->check(CLI::Range(0, 1'000'000));
  command->add_option("--allow-host", options.allowed_hosts,
                      "Another host name that requests may use while no tokens are required");
  command->add_flag("--require-tokens", options.require_tokens, "Require tokens on loopback too (behind a proxy)");
  command->add_flag("--allow-anonymous", options.allow_anonymous, "Listen beyond loopback without tokens");
  command->add_option("--body-mib-max", options.body_mib_max, "Largest accepted upload, in MiB")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  command
      ->add_option("--upload-memory-mib-max", options.upload_memory_mib_max,
                   "Memory for all uploads in progress together, in MiB")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'048'576));
  command->callback([&commands] { commands.exit_code = run_serve(commands.serve); });
}

void add_detect(CLI::App& app, Commands& commands) {
  auto* command = app.add_subcommand("detect", "Find change points in CSV files; prints one JSON line per file");
  command->add_option("files", commands.detect.files, "CSV files");
  command->add_option("--list", commands.detect.list, "File with one path of a CSV file per line");
  command->callback([&commands] { commands.exit_code = run_detect(commands.detect); });
}

void add_dry_run(CLI::App& app, Commands& commands) {
  auto& options = commands.dry_run;
  auto* command = app.add_subcommand("dry-run", "Show what another policy would have flagged, as JSON; stores nothing");
  command->add_option("--db", options.database, database_help)->capture_default_str();
  command->add_option("--policies", options.policies, "The server's TOML file of policies");
  command->add_option("--project", options.project, "Project")->required();
  command->add_option("proposed", options.proposed, "TOML file that replaces the project's own policies")
      ->required()
      ->check(CLI::ExistingFile);
  command->callback([&commands] { commands.exit_code = run_dry_run(commands.dry_run); });
}

void add_import(CLI::App& app, Commands& commands) {
  auto& options = commands.import;
  auto* command = app.add_subcommand("import", "Store existing reports without HTTP");
  command->add_option("--db", options.database, database_help)->capture_default_str();
  command->add_option("--policies", options.policies, "TOML file of policies");
  command->add_option("--project", options.project, "Project")->required();
  command->add_option("--branch", options.branch, "Branch; default: from the report, else main");
  command->add_option("--testbed", options.testbed, "Testbed; default: from the report, else default");
  command->add_option("--commit", options.commit, "Commit; default: from the report");
  command->add_option("--format", options.format, "auto, or ctest if the files are CTest's Test.xml")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "ctest"}));
  command->add_option("paths", options.paths, "Reports, archives of reports, or folders of them; each file is one run")
      ->required()
      ->check(CLI::ExistingPath);
  command->callback([&commands] { commands.exit_code = run_import(commands.import); });
}

void add_points(CLI::App& app, Commands& commands) {
  auto& options = commands.points;
  auto* command = app.add_subcommand("points", "Print stored points as CSV");
  command->add_option("--db", options.database, database_help)->capture_default_str();
  command->add_flag("--csv")->description("Print CSV (RFC 4180), the only format")->required();
  command->add_option("project", options.project, "Name of the project")->required();
  command->add_option("series", options.series, "Id of one series; default: all")->check(CLI::PositiveNumber);
  command->callback([&commands] { commands.exit_code = run_points(commands.points); });
}

void add_reprocess(CLI::App& app, Commands& commands) {
  auto& options = commands.reprocess;
  auto* command = app.add_subcommand("reprocess", "Parse stored reports again and show what changes");
  command->add_option("--db", options.database, database_help)->capture_default_str();
  command->add_option("--policies", options.policies, "TOML file of policies, the same as for serve");
  command->add_option("--project", options.project, "Project; default: all projects");
  command->add_flag("--apply", options.apply, "Store the changes; stop the server first");
  command->add_flag("--verbose", options.verbose, "Show every change, not only the first of each run");
  command->callback([&commands] { commands.exit_code = run_reprocess(commands.reprocess); });
}

void add_token(CLI::App& app, Commands& commands) {
  auto& options = commands.token;
  auto* command = app.add_subcommand("token", "Create, list and revoke access tokens");
  command->require_subcommand(1);
  auto* create = command->add_subcommand("create", "Create a token and print its secret; it is not shown again");
  create->add_option("--project", options.project, "Name of a project, or * for all projects")->capture_default_str();
  create->add_option("--scope", options.scope, "read, upload or admin; each includes the ones before it")
      ->capture_default_str();
  create->add_option("--name", options.name, "Purpose of the token; default: its scope");
  create->add_option("--days", options.days, "Days until the token expires; default: never")
      ->check(CLI::Range(1, 36500));
  create->callback([&commands] { commands.exit_code = run_token_create(commands.token); });
  auto* list = command->add_subcommand("list", "List tokens; secrets are not stored");
  list->callback([&commands] { commands.exit_code = run_token_list(commands.token); });
  auto* revoke = command->add_subcommand("revoke", "Revoke a token");
  revoke->add_option("id", options.id, "Id of the token, from `token list`")->required();
  revoke->callback([&commands] { commands.exit_code = run_token_revoke(commands.token); });
  for (auto* each : {create, list, revoke})
    each->add_option("--db", options.database, database_help)->capture_default_str();
}

/// Adds a subcommand with the option --db.
template <typename Options>
CLI::App* add_database_command(CLI::App& app, Commands& commands, const char* name, const char* description,
                               Options& options, int (*run)(const Options&)) {
  auto* command = app.add_subcommand(name, description);
  command->add_option("--db", options.database, database_help)->capture_default_str();
  command->callback([&commands, &options, run] { commands.exit_code = run(options); });
  return command;
}

void add_database_commands(CLI::App& app, Commands& commands) {
  add_database_command(app, commands, "migrate",
                       "Update the tables of the database to this version; `serve` does this too", commands.migrate,
                       run_migrate);
  add_database_command(app, commands, "check", "Check the database for damage: structure, references, checksums",
                       commands.check, run_check);
  auto* backup = add_database_command(app, commands, "backup",
                                      "Copy the database into a new SQLite file, while servers write to it",
                                      commands.backup, run_backup);
  backup->add_option("--to", commands.backup.to, "The new file")->required();
  auto* restore = add_database_command(app, commands, "restore", "Replace the database with a backup", commands.restore,
                                       run_restore);
  restore->add_option("--from", commands.restore.from, "The backup")->required();
  restore->add_flag("--replace", commands.restore.replace,
                    "Replace an existing database, which is renamed to FILE.replaced (SQLite)");
  auto* copy = add_database_command(app, commands, "export",
                                    "Copy everything into another, empty database, and compare it row by row",
                                    commands.export_to, run_export);
  copy->add_option("--to", commands.export_to.to, database_help)->required();
  auto* prune = add_database_command(app, commands, "prune",
                                     "Delete what is older than a retention file allows (docs/operations.md)",
                                     commands.prune, run_prune);
  prune->add_option("--retention", commands.prune.retention, "TOML file of [[retention]] rules")->required();
  prune->add_flag("--dry-run", commands.prune.dry_run, "Only print what would be deleted");
}

}  // namespace

int run_command_line(int argc, char** argv) {
  Commands commands;
  CLI::App app{"perftrend-server: stores test reports as trends and flags regressions"};
  app.set_version_flag("--version", std::string("perftrend-server ") + PERFTREND_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 done, 1 a part failed or a check found something, 2 wrong usage or file, 3 database cannot be "
      "used, 4 cannot listen");
  add_serve(app, commands);
  add_detect(app, commands);
  add_dry_run(app, commands);
  add_import(app, commands);
  add_points(app, commands);
  add_reprocess(app, commands);
  add_correct(app, commands.correct, commands.exit_code);
  add_token(app, commands);
  add_database_commands(app, commands);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_ok : exit_usage;
  }
  return commands.exit_code;
}

}  // namespace perftrend
