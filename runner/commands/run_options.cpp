#include <fmt/format.h>

#include <map>
#include <memory>

#include "runner/commands/option_checks.h"
#include "runner/commands/options.h"
#include "runner/delivery/spool.h"

namespace perftrend::runner {
namespace {

constexpr double wait_s_max = 24 * 3600.0;

const std::map<std::string, MockFault>& mock_faults() {
  static const std::map<std::string, MockFault> faults{
      {"none", MockFault::none},
      {"empty_text", MockFault::empty_text},
      {"no_tokens", MockFault::no_tokens},
      {"lossy_decode", MockFault::lossy_decode},
      {"accepts_unknown_tokens", MockFault::accepts_unknown_tokens},
      {"no_recovery", MockFault::no_recovery},
      {"prefill_beyond_total", MockFault::prefill_beyond_total},
      {"not_deterministic", MockFault::not_deterministic},
      {"unavailable", MockFault::unavailable},
      {"dies_measuring", MockFault::dies_measuring},
  };
  return faults;
}

/// What was given, before it is checked.
struct RunArguments {
  RunOptions options;
  std::optional<std::string> mock_fault, format, cpus, huge_pages;
  std::string url, token_file;
};

void declare_mock_fault(Arguments& arguments, RunArguments& given) {
  std::vector<std::string> names;
  for (const auto& [name, fault] : mock_faults())
    names.push_back(name);
  // For tests of this program: a defect that a functional check must find.
  arguments.hidden_choice("--mock-fault", given.mock_fault, names);
}

void declare_coordinates(Arguments& arguments, RunCoordinates& coordinates) {
  arguments.text("--testbed", coordinates.testbed, "name of this machine class (default: host name)");
  arguments.text("--branch", coordinates.branch, "branch (default: from the CI or git)");
  arguments.text("--commit", coordinates.commit, "commit (default: from the CI or git)");
  arguments.text("--commit-time", coordinates.commit_time,
                 "RFC 3339: position of the run in the trend, for backfilling (default: the start of the run)");
  arguments.text("--started-at", coordinates.started_at, "RFC 3339 (default: now)");
  declare_parts(arguments, coordinates);
}

void declare_machine(Arguments& arguments, RunArguments& given) {
  RunOptions& run = given.options;
  arguments.duration("--wait-quiet", run.quiet_policy.wait_s, wait_s_max,
                     "wait at most this long for a quiet machine, e.g. 10m, 90s, 1h");
  arguments.flag("--require-quiet", run.quiet_policy.require,
                 "skip timing when the machine is not quiet; this is not a failure");
  arguments.text("--cpus", given.cpus, "cores that this run and the programs it starts may use, e.g. 2 or 0-2,5");
  arguments.whole("--priority", run.tuning.priority, priority_min, priority_max,
                  "nice value, -20 (first) to 19; below 0 needs a privilege");
  arguments.choice("--huge-pages", given.huge_pages, {"on", "off"},
                   "transparent huge pages of the machine, on or off, restored afterwards; needs root");
}

CommandLine checked(RunArguments given, const Variables& variables) {
  RunOptions run = std::move(given.options);
  check_engine(run, variables);
  if (given.cpus) {
    const auto cpus = parse_cpus(*given.cpus);
    if (!cpus) throw UsageError(fmt::format("--cpus: '{}' is not a list of cores (e.g. 2 or 0-2,5)", *given.cpus));
    run.tuning.cpus = *cpus;
  }
  if (given.huge_pages) run.tuning.huge_pages = *given.huge_pages == "on";
  run.json = given.format == "json";
  run.engine_options.mock.fault = mock_faults().at(given.mock_fault.value_or("none"));
  run.upload = read_server(given.url, variables);
  run.project = read_project(run.project, variables);
  run.token = read_token(given.token_file, variables);
  if (run.spool.empty()) run.spool = default_spool(variables);
  check_coordinates(run.coordinates);
  run.rerun_command = fmt::format("perftrend-runner run {}", run.scenario_file);
  if (run.engine) run.rerun_command += " --engine " + *run.engine;
  return run;
}

}  // namespace

CheckOptions declare_run(ArgumentParser& parser) {
  const auto given = std::make_shared<RunArguments>();
  RunOptions& run = given->options;
  Arguments arguments = parser.add_command("run", "Measure a scenario and write a JUnit report");
  arguments.let_last_win();  // a script's options can be overridden by appending others
  arguments.operand("SCENARIO", run.scenario_file, true, "scenario file (schema/scenario.md)");
  declare_engine(arguments, run);
  declare_mock(arguments, run);
  declare_mock_fault(arguments, *given);
  declare_repeats(arguments, run);
  arguments.whole("--warmup", run.warmup, 0, static_cast<int>(warmup_max),
                  "rounds before measuring instead of the scenario's");
  arguments.text("--out", run.out_file, "report file (default: NAME.junit.xml in the working directory)");
  arguments.text("--upload", given->url, "server to upload to, e.g. http://127.0.0.1:8080 (or PERFTREND_URL)");
  arguments.text("--project", run.project, "project on the server (default: the scenario's)");
  arguments.text("--token-file", given->token_file, "file that contains the token (or PERFTREND_TOKEN)");
  declare_coordinates(arguments, run.coordinates);
  arguments.choice("--format", given->format, {"text", "json"}, "summary on stdout: text or json (default text)");
  declare_machine(arguments, *given);
  arguments.text("--spool", run.spool, spool_help);
  arguments.flag("--quiet", run.quiet, "print warnings and errors only");
  return [given](const Variables& variables) { return checked(*given, variables); };
}

}  // namespace perftrend::runner
