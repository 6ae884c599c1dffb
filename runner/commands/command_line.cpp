#include "runner/commands/command_line.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <stdexcept>

#include "runner/delivery/spool.h"
#include "runner/scenario/scenario.h"

namespace perftrend::runner {
namespace {

constexpr double mock_ms_max = 60'000;
constexpr double wait_s_max = 24 * 3600.0;
constexpr const char* spool_help =
    "directory in which undelivered reports wait for the next upload (default: perftrend/spool below XDG_STATE_HOME "
    "or ~/.local/state)";

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

/// What was typed, before it is checked.
struct Typed {
  RunOptions run;
  UploadOptions upload;
  DoctorOptions doctor;
  CompareOptions compare;
  GuardOptions guard;
  std::string cpus, huge_pages, doctor_format = "text", compare_format = "text", expiry, guard_url, guard_token_file;
  int priority = 0;
  std::string engine, run_url, run_token_file, upload_url, upload_token_file, fault = "none", format = "text";
  int repeats = 0, warmup = 0;
};

/// A wrong command line, told in one line.
struct Wrong : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void add_tuning(CLI::App& run, Typed& typed) {
  run.add_option("--cpus", typed.cpus, "cores to run on with all that is started, as 2 or 0-2,5");
  run.add_option("--priority", typed.priority, "nice value, -20 (first) to 19; below 0 needs a privilege")
      ->check(CLI::Range(priority_min, priority_max));
  run.add_option("--huge-pages", typed.huge_pages,
                 "transparent huge pages of the machine, on or off, restored afterwards; needs root")
      ->check(CLI::IsMember({"on", "off"}));
}

CLI::App* add_run(CLI::App& app, Typed& typed) {
  CLI::App* run = app.add_subcommand("run", "Measure a scenario and write a JUnit report");
  // So that a script's options can be overruled by appending.
  run->option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  run->add_option("SCENARIO", typed.run.scenario_file, "scenario file (schema/scenario.md)")->required();
  run->add_option("--engine", typed.engine, "engine instead of the scenario's")->check(CLI::IsMember(engine_names()));
  MockOptions& mock = typed.run.engine_options.mock;
  run->add_option("--mock-tokenize-ms", mock.tokenize_ms, "sleep of the mock engine (default 1)")
      ->check(CLI::Range(0.0, mock_ms_max));
  run->add_option("--mock-prefill-ms", mock.prefill_ms, "sleep of the mock engine (default 10)")
      ->check(CLI::Range(0.0, mock_ms_max));
  // For tests of this program: a defect that a functional check must find. No group: not in the help.
  run->add_option("--mock-fault", typed.fault)->check(CLI::IsMember(mock_faults()))->group("");
  run->add_option("--repeats", typed.repeats, "measured rounds instead of the scenario's")
      ->check(CLI::Range(std::int64_t{1}, repeats_max));
  run->add_option("--warmup", typed.warmup, "rounds before measuring instead of the scenario's")
      ->check(CLI::Range(std::int64_t{0}, warmup_max));
  run->add_option("--out", typed.run.out_file, "report file (default NAME.junit.xml in the working directory)");
  run->add_option("--upload", typed.run_url, "server to upload to, as http://127.0.0.1:8080 (or PERFTREND_URL)");
  run->add_option("--project", typed.run.project, "project on the server (default: the scenario's)");
  run->add_option("--token-file", typed.run_token_file, "file that holds the token (or PERFTREND_TOKEN)");
  RunCoordinates& at = typed.run.coordinates;
  run->add_option("--testbed", at.testbed, "name of this machine class (default: host name)");
  run->add_option("--branch", at.branch, "branch (default: from the CI or git)");
  run->add_option("--commit", at.commit, "commit (default: from the CI or git)");
  run->add_option("--commit-time", at.commit_time,
                  "RFC 3339: the run stands there in the trend, not where it began (backfill)");
  run->add_option("--started-at", at.started_at, "RFC 3339 (default: now)");
  run->add_option("--format", typed.format, "summary on stdout: text or json (default text)")
      ->check(CLI::IsMember({"text", "json"}));
  run->add_option("--wait-quiet", typed.run.quiet_wish.wait_s, "wait so long for a quiet machine, as 10m, 90s, 1h")
      ->transform(CLI::AsNumberWithUnit(std::map<std::string, double>{{"s", 1}, {"m", 60}, {"h", 3600}},
                                        CLI::AsNumberWithUnit::UNIT_REQUIRED, "TIME"))
      ->check(CLI::Range(0.0, wait_s_max));
  run->add_flag("--require-quiet", typed.run.quiet_wish.require,
                "skip timing on a machine that is not quiet; no failure");
  add_tuning(*run, typed);
  run->add_option("--spool", typed.run.spool, spool_help);
  run->add_flag("--quiet", typed.run.quiet, "print warnings and errors only");
  return run;
}

CLI::App* add_upload(CLI::App& app, Typed& typed) {
  CLI::App* upload =
      app.add_subcommand("upload", "Deliver reports that are on disk; the same report again is harmless");
  upload
      ->add_option("FILE", typed.upload.files,
                   "reports, archives of them (zip, tar.gz, tar.zst) or directories; each file is a run")
      ->required();
  upload->add_flag("--one-run", typed.upload.one_run, "all files together are one run");
  upload->add_option("--url", typed.upload_url, "server (or PERFTREND_URL)");
  upload->add_option("--project", typed.upload.project, "project on the server (or PERFTREND_PROJECT)");
  upload->add_option("--token-file", typed.upload_token_file, "file that holds the token (or PERFTREND_TOKEN)");
  RunCoordinates& at = typed.upload.coordinates;
  upload->add_option("--testbed", at.testbed, "testbed of every run (default: the report's, or PERFTREND_TESTBED)");
  upload->add_option("--branch", at.branch, "branch of every run (default: the report's, else the CI's)");
  upload->add_option("--commit", at.commit, "commit of every run (default: the report's, else the CI's)");
  upload->add_option("--commit-time", at.commit_time,
                     "RFC 3339: the run stands there in the trend (default: as the report says)");
  upload->add_option("--started-at", at.started_at, "RFC 3339 (default: the report's, else now)");
  upload->add_flag("--stated-only", typed.upload.stated_only,
                   "take nothing from the CI's environment: for reports of other jobs than this one");
  upload->add_option("--format", typed.upload.format, "ctest: the files are CTest's Test.xml")
      ->check(CLI::IsMember({"ctest"}));
  upload->add_option("--spool", typed.upload.spool, spool_help);
  return upload;
}

CLI::App* add_doctor(CLI::App& app, Typed& typed) {
  CLI::App* doctor =
      app.add_subcommand("doctor", "Say what to change on this machine so that its times can be believed");
  doctor->add_option("SCENARIO", typed.doctor.scenario_file, "scenario file, looked at too");
  doctor
      ->add_option("--aa", typed.doctor.aa_runs,
                   "measure the scenario (without one a short one on the reference engine) so often against itself: "
                   "the noise score (default 5; 0: not at all)")
      ->check(CLI::Range(0, aa_runs_max));
  doctor->add_option("--engine", typed.engine, "engine instead of the scenario's")
      ->check(CLI::IsMember(engine_names()));
  doctor->add_option("--repeats", typed.repeats, "measured rounds instead of the scenario's")
      ->check(CLI::Range(std::int64_t{1}, repeats_max));
  MockOptions& mock = typed.doctor.engine_options.mock;
  doctor->add_option("--mock-tokenize-ms", mock.tokenize_ms, "sleep of the mock engine (default 1)")
      ->check(CLI::Range(0.0, mock_ms_max));
  doctor->add_option("--mock-prefill-ms", mock.prefill_ms, "sleep of the mock engine (default 10)")
      ->check(CLI::Range(0.0, mock_ms_max));
  doctor->add_option("--format", typed.doctor_format, "text or json (default text)")
      ->check(CLI::IsMember({"text", "json"}));
  return doctor;
}

CLI::App* add_compare(CLI::App& app, Typed& typed) {
  CLI::App* compare = app.add_subcommand(
      "compare", "Judge the last report against those before it, offline, by the server's code; never fails on time");
  compare->add_option("FILE", typed.compare.files, "reports, oldest first: two, or a history of nine and more")
      ->required()
      ->expected(2, std::numeric_limits<int>::max());
  compare->add_option("--format", typed.compare_format, "text or json (default text)")
      ->check(CLI::IsMember({"text", "json"}));
  compare->add_flag("--fail-on-regression", typed.compare.fail_on_regression, "exit code 5 when something regressed");
  return compare;
}

CLI::App* add_guard(CLI::App& app, Typed& typed) {
  CLI::App* guard = app.add_subcommand(
      "guard", "Run a command whose timing is quarantined: its exit code is that of functional checks alone");
  GuardOptions& options = typed.guard;
  guard->add_option("COMMAND", options.argv, "the command, behind --")->required();
  guard->add_option("--scenario", options.scenario_file, "scenario file whose [quarantine] holds");
  guard->add_option("--reason", options.quarantine.reason, "why timing is not trusted");
  guard->add_option("--owner", options.quarantine.owner, "whom to ask");
  guard->add_option("--expires", typed.expiry, "last day of the quarantine, as 2027-03-31");
  guard->add_option("--junit", options.junit, "JUnit file that the command writes; its cases decide");
  guard->add_option("--cases", options.quarantine.cases, "pattern (*, ?) of the cases that are timing; repeatable")
      ->allow_extra_args(false);
  guard->add_option("--upload", typed.guard_url, "server that gets the JUnit file (or PERFTREND_URL)");
  guard->add_option("--project", options.project, "project on the server (or PERFTREND_PROJECT)");
  guard->add_option("--token-file", typed.guard_token_file, "file that holds the token (or PERFTREND_TOKEN)");
  guard->add_option("--spool", options.spool, spool_help);
  return guard;
}

std::string read_token(const std::string& file, const Variables& variables) {
  std::string token = value_of(variables, "PERFTREND_TOKEN");
  if (!file.empty()) {
    std::ifstream in(file);
    if (!std::getline(in, token)) throw Wrong(fmt::format("--token-file: '{}' cannot be read or is empty", file));
    while (!token.empty() && (token.back() == '\r' || token.back() == ' '))
      token.pop_back();
  }
  const auto printable = [](char c) { return c > ' ' && c <= '~'; };
  // Anything else would break the header it is sent in. The token itself is not shown.
  if (!std::all_of(token.begin(), token.end(), printable))
    throw Wrong("the token holds a blank or an unprintable character");
  return token;
}

ServerUrl read_url(const std::string& text) {
  auto url = parse_server_url(text);
  if (!url) throw Wrong(url.error());
  return *url;
}

void check_project(const std::string& project) {
  if (!is_plain_name(project)) {
    throw Wrong(fmt::format("--project: '{}' must be 1 to 100 letters, digits, '.', '_' or '-'", project));
  }
}

void to_utc(const char* option, std::string& time) {
  if (time.empty()) return;
  const auto parsed = parse_rfc3339(time);
  if (!parsed) throw Wrong(fmt::format("{}: '{}' is no RFC 3339 time, as 2026-11-23T02:00:00Z", option, time));
  time = times::to_rfc3339(*parsed);
}

/// Refused now, and not by the server when all is measured.
void check_coordinates(RunCoordinates& at) {
  for (const auto& [option, text] :
       {std::pair("--branch", &at.branch), {"--commit", &at.commit}, {"--testbed", &at.testbed}}) {
    if (text->size() > coordinate_bytes_max)
      throw Wrong(fmt::format("{}: longer than {} bytes", option, coordinate_bytes_max));
    if (std::any_of(text->begin(), text->end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
      throw Wrong(fmt::format("{}: holds a control character", option));
  }
  to_utc("--commit-time", at.commit_time);
  to_utc("--started-at", at.started_at);
}

std::uint64_t read_seed(const Variables& variables) {
  const std::string text = value_of(variables, "BITNET_SEED");
  if (text.empty()) return default_seed;
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Wrong(fmt::format("BITNET_SEED: '{}' is no whole number from 0 on", text));
  }
  return seed;
}

std::chrono::year_month_day read_day(const std::string& text) {
  const auto midnight = parse_rfc3339(text + "T00:00:00Z");
  if (!midnight) throw Wrong(fmt::format("--expires: '{}' is no day, as 2027-03-31", text));
  return std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(*midnight)};
}

void check_scenario_choice(const CLI::App& app, const Typed& typed, ScenarioChoice& choice,
                           const Variables& variables) {
  if (app.count("--engine") > 0) choice.engine = typed.engine;
  if (app.count("--repeats") > 0) choice.repeats = typed.repeats;
  const MockOptions& mock = choice.engine_options.mock;
  if (!std::isfinite(mock.tokenize_ms) || !std::isfinite(mock.prefill_ms)) throw Wrong("a mock's sleep must be finite");
  choice.engine_options.reference.seed = read_seed(variables);
}

TuningWish checked_tuning(const CLI::App& app, const Typed& typed) {
  TuningWish wish;
  if (app.count("--cpus") > 0) {
    const auto cpus = parse_cpus(typed.cpus);
    if (!cpus) throw Wrong(fmt::format("--cpus: '{}' is no list of cores, as 2 or 0-2,5", typed.cpus));
    wish.cpus = *cpus;
  }
  if (app.count("--priority") > 0) wish.priority = typed.priority;
  if (app.count("--huge-pages") > 0) wish.huge_pages = typed.huge_pages == "on";
  return wish;
}

DoctorOptions checked_doctor(const CLI::App& app, Typed typed, const Variables& variables) {
  check_scenario_choice(app, typed, typed.doctor, variables);
  if (typed.doctor.aa_runs > 0 && typed.doctor.aa_runs < aa_runs_min) {
    throw Wrong(fmt::format("doctor: --aa {}: a spread needs {} runs at least; 0 measures nothing",
                            typed.doctor.aa_runs, aa_runs_min));
  }
  const std::string engine = typed.doctor.engine.value_or("reference");
  if (typed.doctor.scenario_file.empty() && engine != "reference" && engine != "mock")
    throw Wrong(fmt::format("doctor: --engine {} needs a scenario", engine));
  typed.doctor.json = typed.doctor_format == "json";
  return std::move(typed.doctor);
}

CompareOptions checked_compare(Typed typed) {
  typed.compare.json = typed.compare_format == "json";
  return std::move(typed.compare);
}

GuardOptions checked_guard(Typed typed, const Variables& variables) {
  GuardOptions guard = std::move(typed.guard);
  if (!typed.expiry.empty()) guard.quarantine.expiry = read_day(typed.expiry);
  if (!guard.quarantine.cases.empty() && guard.junit.empty())
    throw Wrong("guard: --cases means nothing without --junit");
  if (guard.junit.empty()) return guard;
  const std::string url = typed.guard_url.empty() ? value_of(variables, "PERFTREND_URL") : typed.guard_url;
  if (url.empty()) return guard;
  guard.server = read_url(url);
  if (guard.project.empty()) guard.project = value_of(variables, "PERFTREND_PROJECT");
  if (guard.project.empty()) throw Wrong("guard: the project is missing: --project or PERFTREND_PROJECT");
  check_project(guard.project);
  guard.token = read_token(typed.guard_token_file, variables);
  if (guard.spool.empty()) guard.spool = default_spool(variables);
  return guard;
}

RunOptions checked_run(const CLI::App& app, Typed typed, const Variables& variables) {
  RunOptions run = std::move(typed.run);
  check_scenario_choice(app, typed, run, variables);
  if (app.count("--warmup") > 0) run.warmup = typed.warmup;
  run.tuning = checked_tuning(app, typed);
  run.json = typed.format == "json";
  run.engine_options.mock.fault = mock_faults().at(typed.fault);
  run.server = typed.run_url.empty() ? value_of(variables, "PERFTREND_URL") : typed.run_url;
  if (!run.server.empty()) run.upload = read_url(run.server);
  if (run.project.empty()) run.project = value_of(variables, "PERFTREND_PROJECT");
  if (!run.project.empty()) check_project(run.project);
  run.token = read_token(typed.run_token_file, variables);
  if (run.spool.empty()) run.spool = default_spool(variables);
  check_coordinates(run.coordinates);
  run.again = fmt::format("perftrend-runner run {}", run.scenario_file);
  if (run.engine) run.again += " --engine " + *run.engine;
  return run;
}

UploadOptions checked_upload(Typed typed, const Variables& variables) {
  UploadOptions upload = std::move(typed.upload);
  const std::string url = typed.upload_url.empty() ? value_of(variables, "PERFTREND_URL") : typed.upload_url;
  if (url.empty()) throw Wrong("upload: the server is missing: --url or PERFTREND_URL");
  upload.server = read_url(url);
  if (upload.project.empty()) upload.project = value_of(variables, "PERFTREND_PROJECT");
  if (upload.project.empty()) throw Wrong("upload: the project is missing: --project or PERFTREND_PROJECT");
  check_project(upload.project);
  upload.token = read_token(typed.upload_token_file, variables);
  if (upload.spool.empty()) upload.spool = default_spool(variables);
  check_coordinates(upload.coordinates);
  return upload;
}

}  // namespace

CommandLine parse_command_line(const std::vector<std::string>& arguments, const Variables& variables) {
  CLI::App app("perftrend-runner: measures timing scenarios and writes JUnit reports", "perftrend-runner");
  app.footer(exit_codes_help);
  app.require_subcommand(1);
  bool version = false;
  app.add_flag("--version", version, "print the version");
  Typed typed;
  const CLI::App* run = add_run(app, typed);
  const CLI::App* upload = add_upload(app, typed);
  const CLI::App* doctor = add_doctor(app, typed);
  const CLI::App* compare = add_compare(app, typed);
  add_guard(app, typed);
  for (CLI::App* sub : app.get_subcommands({}))
    sub->footer(exit_codes_help);
  // CLI11 takes the list from its end.
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  if (arguments.size() == 1 && arguments.front() == "--version") {
    return HelpOrError{"perftrend-runner " PERFTREND_VERSION "\n"};
  }
  try {
    app.parse(reversed);
    if (run->parsed()) return checked_run(*run, std::move(typed), variables);
    if (upload->parsed()) return checked_upload(std::move(typed), variables);
    if (doctor->parsed()) return checked_doctor(*doctor, std::move(typed), variables);
    if (compare->parsed()) return checked_compare(std::move(typed));
    return checked_guard(std::move(typed), variables);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    return HelpOrError{chosen.empty() ? app.help() : chosen.front()->help(app.get_name())};
  } catch (const CLI::ParseError& wrong) {
    return HelpOrError{fmt::format("perftrend-runner: {}; see perftrend-runner --help\n", wrong.what()),
                       ExitCode::usage};
  } catch (const Wrong& wrong) {
    return HelpOrError{fmt::format("perftrend-runner: {}\n", wrong.what()), ExitCode::usage};
  }
}

}  // namespace perftrend::runner
