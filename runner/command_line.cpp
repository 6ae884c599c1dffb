#include "runner/command_line.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <map>
#include <stdexcept>

#include "runner/scenario.h"
#include "runner/spool.h"

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
  std::string engine, run_url, run_token_file, upload_url, upload_token_file, fault = "none", format = "text";
  int repeats = 0, warmup = 0;
};

/// A wrong command line, told in one line.
struct Wrong : std::runtime_error {
  using std::runtime_error::runtime_error;
};

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
  run->add_option("--commit-time", at.commit_time, "RFC 3339 (default: from the CI or git)");
  run->add_option("--started-at", at.started_at, "RFC 3339 (default: now)");
  run->add_option("--format", typed.format, "summary on stdout: text or json (default text)")
      ->check(CLI::IsMember({"text", "json"}));
  run->add_option("--wait-quiet", typed.run.quiet_wish.wait_s, "wait so long for a quiet machine, as 10m, 90s, 1h")
      ->transform(CLI::AsNumberWithUnit(std::map<std::string, double>{{"s", 1}, {"m", 60}, {"h", 3600}},
                                        CLI::AsNumberWithUnit::UNIT_REQUIRED, "TIME"))
      ->check(CLI::Range(0.0, wait_s_max));
  run->add_flag("--require-quiet", typed.run.quiet_wish.require,
                "skip timing on a machine that is not quiet; no failure");
  run->add_option("--spool", typed.run.spool, spool_help);
  run->add_flag("--quiet", typed.run.quiet, "print warnings and errors only");
  return run;
}

CLI::App* add_upload(CLI::App& app, Typed& typed) {
  CLI::App* upload =
      app.add_subcommand("upload", "Deliver reports that are on disk; the same report again is harmless");
  upload->add_option("FILE", typed.upload.files, "report files")->required();
  upload->add_option("--url", typed.upload_url, "server (or PERFTREND_URL)");
  upload->add_option("--project", typed.upload.project, "project on the server (or PERFTREND_PROJECT)");
  upload->add_option("--token-file", typed.upload_token_file, "file that holds the token (or PERFTREND_TOKEN)");
  upload->add_option("--spool", typed.upload.spool, spool_help);
  return upload;
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
  time = to_rfc3339(*parsed);
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

RunOptions checked_run(const CLI::App& app, Typed typed, const Variables& variables) {
  RunOptions run = std::move(typed.run);
  if (app.count("--engine") > 0) run.engine = typed.engine;
  if (app.count("--repeats") > 0) run.repeats = typed.repeats;
  if (app.count("--warmup") > 0) run.warmup = typed.warmup;
  run.json = typed.format == "json";
  const MockOptions& mock = run.engine_options.mock;
  if (!std::isfinite(mock.tokenize_ms) || !std::isfinite(mock.prefill_ms)) throw Wrong("a mock's sleep must be finite");
  run.engine_options.mock.fault = mock_faults().at(typed.fault);
  run.engine_options.reference.seed = read_seed(variables);
  run.server = typed.run_url.empty() ? value_of(variables, "PERFTREND_URL") : typed.run_url;
  if (!run.server.empty()) run.upload = read_url(run.server);
  if (run.project.empty()) run.project = value_of(variables, "PERFTREND_PROJECT");
  if (!run.project.empty()) check_project(run.project);
  run.token = read_token(typed.run_token_file, variables);
  if (run.spool.empty()) run.spool = default_spool(variables);
  to_utc("--commit-time", run.coordinates.commit_time);
  to_utc("--started-at", run.coordinates.started_at);
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
  add_upload(app, typed);
  for (CLI::App* sub : app.get_subcommands({}))
    sub->footer(exit_codes_help);
  // CLI11 takes the list from its end.
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  if (arguments.size() == 1 && arguments.front() == "--version") {
    return Farewell{"perftrend-runner " PERFTREND_VERSION "\n"};
  }
  try {
    app.parse(reversed);
    if (run->parsed()) return checked_run(*run, std::move(typed), variables);
    return checked_upload(std::move(typed), variables);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    return Farewell{chosen.empty() ? app.help() : chosen.front()->help(app.get_name())};
  } catch (const CLI::ParseError& wrong) {
    return Farewell{fmt::format("perftrend-runner: {}; see perftrend-runner --help\n", wrong.what()), ExitCode::usage};
  } catch (const Wrong& wrong) {
    return Farewell{fmt::format("perftrend-runner: {}\n", wrong.what()), ExitCode::usage};
  }
}

}  // namespace perftrend::runner
