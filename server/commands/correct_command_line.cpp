#include "server/commands/correct_command_line.h"

namespace perftrend {
namespace {

using Run = int (*)(const CorrectOptions&);

/// The subcommands of `correct`, each with the options that all have.
class Subcommands {
 public:
  Subcommands(CLI::App& correct, CorrectOptions& options, int& exit_code)
      : correct_(correct), options_(options), exit_code_(exit_code) {}

  CLI::App* add(const char* name, const char* description, Run run) {
    auto* command = correct_.add_subcommand(name, description);
    command->add_option("--db", options_.database, "SQLite file or postgres://…")->capture_default_str();
    command->add_option("--policies", options_.policies, "TOML file of policies, the same as for serve");
    command->add_option("--project", options_.project, "Project")->required();
    command->add_option("--reason", options_.reason, "Why; for the audit trail");
    command->callback([&options = options_, &exit_code = exit_code_, run] { exit_code = run(options); });
    return command;
  }
  CLI::App* add_of_run(const char* name, const char* description, Run run) {
    auto* command = add(name, description, run);
    command->add_option("run", options_.run, "Id of the run")->required();
    return command;
  }
  CLI::App* add_of_series(const char* name, const char* description, Run run) {
    auto* command = add(name, description, run);
    command->add_option("series", options_.series, "Id of the series")->required();
    return command;
  }

 private:
  CLI::App& correct_;
  CorrectOptions& options_;
  int& exit_code_;
};

void add_runs(Subcommands& commands, CorrectOptions& options) {
  commands.add_of_run("exclude", "Take a run out of all trends", run_correct_exclude)
      ->get_option("--reason")
      ->required();
  commands.add_of_run("include", "Include an excluded run again", run_correct_include);
  commands.add_of_run("suspect", "Show a run, but do not judge it", run_correct_suspect)
      ->get_option("--reason")
      ->required();
  commands.add_of_run("as-reported", "Undo `suspect`: the statement of the report applies again",
                      run_correct_as_reported);
  commands.add_of_run("delete-run", "Delete a run; this cannot be undone", run_correct_delete_run);
  auto* lane = commands.add("delete-runs", "Delete all runs of a branch, a testbed, or both; this cannot be undone",
                            run_correct_delete_runs);
  lane->add_option("--branch", options.branch, "Branch; default: all");
  lane->add_option("--testbed", options.testbed, "Testbed; default: all");
  auto* redact = commands.add_of_run("redact", "Overwrite documents and messages of a run; this cannot be undone",
                                     run_correct_redact);
  redact->add_option("--document", options.document, "Index of one document; default: everything");
  redact->add_option("--case", options.case_ordinal, "Index of one case; default: everything");
}

void add_series(Subcommands& commands, CorrectOptions& options) {
  auto* rename =
      commands.add("rename", "Rename a case, testbed, branch or metric with its history", run_correct_rename);
  rename->add_option("kind", options.kind, "case, testbed, branch or metric")
      ->required()
      ->check(CLI::IsMember({"case", "testbed", "branch", "metric"}));
  rename->add_option("old", options.was, "The old name")->required();
  rename->add_option("new", options.name, "The new name; if it is in use, both histories are joined")->required();
  rename->add_option("--suite", options.suite, "Suite of the case; required if it has one");
  rename->add_option("--classname", options.classname, "Classname of the case; required if it has one");
  auto* series = commands.add_of_series("series", "Set the unit and the direction of a series", run_correct_series);
  series->add_option("--unit", options.unit, "The unit; stored values are converted");
  series->add_option("--values-were", options.values_were, "The unit that the stored values are really in");
  series->add_option("--better", options.better, "lower or higher")->check(CLI::IsMember({"lower", "higher"}));
  series->add_flag("--whole-metric", options.whole_metric, "All series of this metric in the project");
  commands.add_of_series("delete-series", "Delete a series; this cannot be undone", run_correct_delete_series);
  for (auto* const restart :
       {commands.add_of_run("restart", "Restart the baseline at a run", run_correct_restart),
        commands.add_of_run("restart-back", "Undo a restart of the baseline", run_correct_restart_back)})
    restart->add_option("--series", options.series, "Id of one series; default: all series of the run");
}

}  // namespace

void add_correct(CLI::App& app, CorrectOptions& options, int& exit_code) {
  auto* correct = app.add_subcommand("correct", "Correct stored data: runs, names, series (docs/corrections.md)");
  correct->require_subcommand(1);
  Subcommands commands(*correct, options, exit_code);
  add_runs(commands, options);
  add_series(commands, options);
  commands.add("delete-project", "Delete a project with everything in it; this cannot be undone",
               run_correct_delete_project);
  commands.add("rename-project", "Rename a project; its tokens follow", run_correct_rename_project)
      ->add_option("name", options.name, "The new name")
      ->required();
}

}  // namespace perftrend
