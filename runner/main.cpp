// perftrend-runner: measures a scenario on an engine and writes a JUnit report. run() below is the way of the data, top
// to bottom; every step is a file of its own beside this one.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "runner/command_cases.h"
#include "runner/command_line.h"
#include "runner/engine_case.h"
#include "runner/environment.h"
#include "runner/fitness.h"
#include "runner/functional.h"
#include "runner/junit_writer.h"
#include "runner/load.h"
#include "runner/overhead.h"
#include "runner/performance.h"
#include "runner/progress.h"
#include "runner/quarantine.h"
#include "runner/result.h"
#include "runner/spool.h"
#include "runner/summary.h"
#include "runner/write_file.h"

namespace perftrend::runner {
namespace {

const std::filesystem::path machine_root = "/";
/// An engine in this process is ready at once; this is for those that load a model.
constexpr double engine_open_deadline_ms = 60'000;

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

Progress::Style progress_style(bool quiet, const Variables& variables) {
  if (quiet) return Progress::Style::silent;
  if (value_of(variables, "GITHUB_ACTIONS") == "true") return Progress::Style::github;
  const bool terminal = ::isatty(STDERR_FILENO) == 1 && value_of(variables, "TERM") != "dumb";
  return terminal ? Progress::Style::terminal : Progress::Style::plain;
}

std::vector<std::string> warn_all(Progress& progress, const std::vector<std::string>& warnings) {
  for (const auto& warning : warnings)
    progress.warn(warning_mark + warning);
  return warnings;
}

/// Scenario file and what the command line puts in its place.
ScenarioResult scenario_of(const RunOptions& options) {
  auto scenario = load_scenario(options.scenario_file, engine_names());
  if (!scenario) return scenario;
  scenario->engine = options.engine.value_or(scenario->engine);
  if (options.repeats) {
    scenario->repeats = *options.repeats;
    scenario->precision_percent.reset();  // so many were asked for
  }
  scenario->warmup = options.warmup.value_or(scenario->warmup);
  if (!options.project.empty()) scenario->project = options.project;
  const bool is_command = scenario->engine == command_engine_name;
  if (is_command ? scenario->engine_options.command.process.argv.empty() : scenario->prompts.empty()) {
    const char* missing = is_command ? "'engine.argv', the program" : "'prompts'";
    return tl::unexpected(
        ScenarioError{fmt::format("the engine {} needs {}", scenario->engine, missing), options.scenario_file, 0, 0});
  }
  return scenario;
}

/// The scenario's servers and programs, the command line's mock and reference.
EngineOptions engine_options_of(const RunOptions& options, const Scenario& scenario, const Variables& variables) {
  EngineOptions engines = scenario.engine_options;
  engines.mock = options.engine_options.mock;
  engines.reference = options.engine_options.reference;
  engines.llama_server.api_key = engines.openai.api_key = value_of(variables, scenario.api_key_variable);
  return engines;
}

/// Opens the engine and asks whether it is right; without an engine the scenario's program is run once.
CaseReport functional_case(Engine* engine, const CommandOptions& command, const Scenario& scenario, EngineInfo& info,
                           Clock& clock, Progress& progress) {
  info.name = scenario.engine;
  if (engine == nullptr) {
    CaseReport report = run_command_functional(scenario, command, info, clock);
    progress.say(fmt::format("{}: {}", scenario.name, info.summary));
    return report;
  }
  const auto opened = engine->open(engine_open_deadline_ms);
  if (opened) info = *opened;
  progress.say(fmt::format("{}: {}", scenario.name, opened ? info.summary : info.name));
  if (opened) return run_functional_case(*engine, info, scenario, clock);
  CaseReport report = engine_case(functional_case_name, scenario, info.name);
  set_engine_error(report, opened.error());
  return report;
}

struct Measured {
  CaseReport report;
  Measurement measurement;
  std::optional<LoadDuring> during;
  std::vector<CaseReport> further;  ///< cases of a program that measures by itself
};

/// The performance case with the load sampler beside it.
Measured measure_performance(Engine& engine, const EngineInfo& info, const Scenario& scenario, Clock& clock,
                             Progress& progress) {
  Measured measured{engine_case(performance_case_name, scenario, info.name), {}, {}, {}};
  const std::int64_t start_ns = clock.now_ns();
  LoadSampler sampler(machine_root, clock);
  auto measurement = measure(engine, info.can, scenario, clock, [&](const Step& step) { progress.step(step); });
  measured.during = sampler.stop();
  measured.report.time_seconds = static_cast<double>(clock.now_ns() - start_ns) / ns_per_s;
  if (measurement) {
    measured.measurement = std::move(*measurement);
    add_samples(measured.report, scenario, info.name, measured.measurement.samples);
  } else {
    set_engine_error(measured.report, measurement.error());
  }
  return measured;
}

/// The same of a program that measures by itself.
Measured measure_command_cases(const Scenario& scenario, const CommandOptions& options, Clock& clock,
                               Progress& progress) {
  LoadSampler sampler(machine_root, clock);
  auto reports = measure_command(scenario, options, clock, [&](const Step& step) { progress.step(step); });
  Measured measured{std::move(reports.performance), {}, {}, std::move(reports.cases)};
  measured.during = sampler.stop();
  return measured;
}

Measured skipped(const Scenario& scenario, std::string why) {
  Measured measured{engine_case(performance_case_name, scenario, scenario.engine), {}, {}, {}};
  measured.report.outcome = Outcome::skipped;
  measured.report.message = std::move(why);
  return measured;
}

std::chrono::year_month_day today() {
  return std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
}

void append(Properties& to, Properties from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

void tell(const CaseReport& report, Progress& progress) {
  const std::string line = fmt::format("{}: ", report.name);
  switch (report.outcome) {
    case Outcome::passed:
      progress.say(fmt::format("{}passed ({:.2f} s)", line, report.time_seconds));
      break;
    case Outcome::skipped:
      progress.say(line + "skipped, " + report.message);
      break;
    case Outcome::failed:
      progress.warn(line + "FAILED\n" + report.details);
      break;
    case Outcome::errored:
      progress.warn(fmt::format("{}ERROR ({}), {}", line, report.type, report.message));
      break;
  }
}

/// deliver() with real waiting.
tl::expected<Receipt, UploadError> send(const Delivery& delivery, const std::string& xml) {
  SteadyClock clock;
  return deliver(delivery, xml, [&](std::int64_t wait_ms) { clock.sleep_ns(wait_ms * 1'000'000); });
}

/// What waited for this server, now that it answers.
void catch_up_and_tell(const Delivery& delivery, const std::string& spool, Progress& progress) {
  if (spool.empty()) return;
  const Caught caught = catch_up(spool, delivery.server, delivery.token, send);
  for (const auto& refused : caught.refused)
    progress.warn("a report that waited was refused for good and put aside: " + refused);
  if (caught.delivered > 0) {
    progress.say(fmt::format("delivered {} reports that had waited in {}; {} still wait", caught.delivered, spool,
                             caught.waiting));
  }
}

/// Where a report that was not taken is, and what delivers it.
std::string kept(const Delivery& delivery, const UploadError& error, const std::string& xml, const std::string& file,
                 const std::string& spool) {
  const std::string later = fmt::format("perftrend-runner upload {} --url {}{} --project {}", file,
                                        delivery.server.origin, delivery.server.prefix, delivery.project);
  if (spool.empty() || error.lasting)
    return fmt::format("The report is kept in {}; deliver it later with: {}", file, later);
  if (const auto spooled = keep_for_later(spool, delivery, xml); !spooled) {
    return fmt::format("The report is kept in {} alone, as {}; deliver it later with: {}", file, spooled.error(),
                       later);
  }
  return fmt::format("The report is kept in {} and waits in {}: the next upload to this server delivers it", file,
                     spool);
}

/// One line about where it went; findings and warnings of the server as warnings.
bool deliver_and_tell(const Delivery& delivery, const std::string& xml, const std::string& file,
                      const std::string& spool, Progress& progress) {
  const auto receipt = send(delivery, xml);
  if (!receipt) {
    progress.warn(fmt::format("upload failed: {}. {}", receipt.error().message,
                              kept(delivery, receipt.error(), xml, file, spool)));
    return false;
  }
  progress.say(fmt::format("uploaded {} to {}{}: run {}{}, {} points", file, delivery.server.origin,
                           delivery.server.prefix, receipt->run_id, receipt->known_before ? " (known before)" : "",
                           receipt->points));
  warn_all(progress, receipt->findings);
  catch_up_and_tell(delivery, spool, progress);
  return true;
}

/// When, where and of which commit this run is.
struct Occasion {
  RunCoordinates coordinates;
  Time started_at;
  std::string host;
};

Occasion occasion_of(const RunOptions& options, const Variables& variables) {
  const std::string host = host_name();
  RunCoordinates at = complete_coordinates(options.coordinates, variables, ask_git, host);
  const Time now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  const Time started_at = parse_rfc3339(at.started_at).value_or(now);
  at.started_at = to_rfc3339(started_at);
  return {std::move(at), started_at, host};
}

/// What is known of the machine around a measurement.
struct MachineState {
  Cores cores;
  std::int64_t timer_resolution_ns = 0;
  double harness_overhead_us = 0;
  LoadState before, after;
  Fitness fitness;
};

LoadState look_closely() {
  LoadState state = look_at_load(machine_root);
  state.test_programs = test_programs(machine_root);
  return state;
}

MachineState machine_before(Clock& clock) {
  MachineState machine;
  machine.cores = count_cores(machine_root);
  machine.timer_resolution_ns = timer_resolution_ns(clock);
  machine.harness_overhead_us = harness_overhead_us(clock);
  machine.before = look_closely();
  return machine;
}

/// Waits for a quiet machine as long as was asked for; why not to measure, if it must be quiet and is not.
std::optional<std::string> unfit_to_measure(const RunOptions& options, const Scenario& scenario, MachineState& machine,
                                            Clock& clock, Progress& progress) {
  if (!options.require_quiet && options.wait_quiet_s <= 0) return std::nullopt;
  const auto look = [&] {
    Fitness fitness = look_around(machine_root, clock, machine.cores, scenario.thresholds);
    const auto tests = test_programs(machine_root);
    if (!tests.empty()) {
      fitness.verdict = std::max(fitness.verdict, Verdict::noisy);
      fitness.reasons.push_back(fmt::format("other tests or builds run here: {}", fmt::join(tests, ", ")));
    }
    return fitness;
  };
  const Fitness fitness = wait_until_quiet(look, clock, options.wait_quiet_s, [&](const Fitness& now, double left_s) {
    progress.wait(fmt::format("waiting for a quiet machine, {:.0f} s left: {}", left_s, fmt::join(now.reasons, "; ")));
  });
  machine.before = look_closely();
  if (fitness.verdict == Verdict::quiet || !options.require_quiet) return std::nullopt;
  return not_fit_message(fitness);
}

/// The verdict on the machine; what it means for measured times goes into their case.
void judge_machine(MachineState& machine, Measured& measured, const Scenario& scenario) {
  machine.after = look_closely();
  machine.fitness = judge_fitness(machine.before, measured.during, machine.after, machine.cores, scenario.thresholds);
  if (!measured.during) return;
  for (auto warning : {not_quiet(machine.fitness.reasons), expired(scenario.quarantine, today())}) {
    if (warning) measured.report.warnings.push_back(std::move(*warning));
  }
}

SuiteReport assemble(const Scenario& scenario, const Occasion& occasion, const EngineInfo& info,
                     const MachineState& machine, CaseReport functional, const Measured& measured) {
  SuiteReport report{scenario.name, occasion.started_at, occasion.host, {{"perftrend.schema", "1"}}, {}};
  append(report.properties, to_properties(occasion.coordinates));
  if (!machine.fitness.reasons.empty()) {
    report.properties.emplace_back("perftrend.suspect", fmt::format("{}", fmt::join(machine.fitness.reasons, "; ")));
  }
  append(report.properties, fingerprint(machine_root, machine.cores, info));
  append(report.properties, machine_state(machine.before, measured.during, machine.after, machine.timer_resolution_ns));
  report.properties.emplace_back("machine.verdict", to_string(machine.fitness.verdict));
  report.properties.emplace_back("machine.harness_overhead_us", fmt::format("{:.3f}", machine.harness_overhead_us));
  if (measured.measurement.rounds > 0) append(report.properties, to_properties(measured.measurement));
  report.cases = {std::move(functional), measured.report};
  report.cases.insert(report.cases.end(), measured.further.begin(), measured.further.end());
  return report;
}

bool write_report(const std::string& file, const std::string& xml, Progress& progress) {
  try {
    write_file_atomically(file, xml);
    return true;
  } catch (const std::system_error& failed) {
    progress.warn(fmt::format("perftrend-runner: the report could not be written: {}", failed.what()));
    return false;
  }
}

/// On stdout, and on GitHub's page of the job. A reader that has gone is no reason to fail.
void print_result(const RunResult& result, const RunOptions& options, const Variables& variables, Progress& progress) {
  if (options.json) {
    fmt::print("{}", to_json(result));
  } else if (!options.quiet) {
    const bool coloured = ::isatty(STDOUT_FILENO) == 1 && value_of(variables, "NO_COLOR").empty();
    fmt::print("{}", summary_of(result.samples, coloured));
  }
  (void)std::fflush(stdout);
  const std::string page = value_of(variables, "GITHUB_STEP_SUMMARY");
  if (!page.empty() && !append_to(page, to_markdown(result)))
    progress.warn(fmt::format("GITHUB_STEP_SUMMARY: {} cannot be written", page));
}

ExitCode run(const RunOptions& options, const Variables& variables) {
  Progress progress(progress_style(options.quiet, variables), stderr);
  const auto scenario = scenario_of(options);
  if (!scenario) {
    progress.warn("perftrend-runner: " + to_string(scenario.error()));
    return ExitCode::usage;
  }
  const Occasion occasion = occasion_of(options, variables);

  SteadyClock clock;
  const EngineOptions engine_options = engine_options_of(options, *scenario, variables);
  const auto engine = make_engine(scenario->engine, engine_options, clock);
  EngineInfo info;
  MachineState machine = machine_before(clock);
  CaseReport functional = functional_case(engine.get(), engine_options.command, *scenario, info, clock, progress);
  tell(functional, progress);
  const bool functional_passed = functional.outcome == Outcome::passed;

  Measured measured;
  if (!functional_passed)
    measured = skipped(*scenario, "not measured: the functional case did not pass");
  else if (!timing_requested(variables))
    measured = skipped(*scenario, skip_message(*scenario, options.again));
  else if (auto unfit = unfit_to_measure(options, *scenario, machine, clock, progress))
    measured = skipped(*scenario, std::move(*unfit));
  else if (engine)
    measured = measure_performance(*engine, info, *scenario, clock, progress);
  else
    measured = measure_command_cases(*scenario, engine_options.command, clock, progress);
  if (engine) engine->close();
  judge_machine(machine, measured, *scenario);
  tell(measured.report, progress);
  for (const CaseReport& each : measured.further)
    tell(each, progress);
  warn_all(progress, measured.report.warnings);

  const std::string file = options.out_file.empty() ? scenario->name + ".junit.xml" : options.out_file;
  RunResult result{scenario->name, info.name, file, {}, measured.measurement.samples, machine.fitness};
  SuiteReport suite = assemble(*scenario, occasion, info, machine, std::move(functional), measured);
  result.cases = suite.cases;
  const std::string xml = to_junit(suite);
  if (!write_report(file, xml, progress)) return ExitCode::report_not_written;
  print_result(result, options, variables, progress);
  progress.say("report: " + file);
  if (options.upload) {
    deliver_and_tell({*options.upload, scenario->project, options.token, occasion.coordinates}, xml, file,
                     options.spool, progress);
  }
  return functional_passed ? ExitCode::ok : ExitCode::functional_failed;
}

/// With the coordinates that each report states.
ExitCode upload(const UploadOptions& options) {
  Progress progress(Progress::Style::plain, stderr);
  ExitCode code = ExitCode::ok;
  for (const std::string& file : options.files) {
    std::ifstream in(file, std::ios::binary);
    const std::string xml{std::istreambuf_iterator<char>(in), {}};
    const RunCoordinates at = coordinates_in(suite_properties(xml));
    if (!in.is_open() || in.bad() || xml.empty()) {
      progress.warn(fmt::format("perftrend-runner: {}: cannot be read or is empty", file));
      code = ExitCode::not_delivered;
    } else if (!deliver_and_tell({options.server, options.project, options.token, at}, xml, file, options.spool,
                                 progress)) {
      code = ExitCode::not_delivered;
    }
  }
  return code;
}

ExitCode farewell(const Farewell& farewell) {
  fmt::print(farewell.code == ExitCode::ok ? stdout : stderr, "{}", farewell.text);
  return farewell.code;
}

}  // namespace
}  // namespace perftrend::runner

/// POSIX systems give the environment as the third argument.
int main(int argc, char** argv, char** environment) {
  using namespace perftrend::runner;
  try {
    const Variables variables = read_variables(environment);
    const CommandLine line = parse_command_line({argv + 1, argv + argc}, variables);
    if (const auto* options = std::get_if<RunOptions>(&line)) return to_int(run(*options, variables));
    if (const auto* options = std::get_if<UploadOptions>(&line)) return to_int(upload(*options));
    return to_int(farewell(std::get<Farewell>(line)));
  } catch (const std::exception& error) {
    fmt::print(stderr, "perftrend-runner: internal error: {}\n", error.what());
    return to_int(ExitCode::internal);
  }
}
