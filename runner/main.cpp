// perftrend-runner: measures a scenario on an engine and writes a JUnit report. run() below is the way of the data, top
// to bottom; every step is a file of its own beside this one.

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <exception>
#include <iterator>
#include <system_error>

#include "core/junit/junit_writer.h"
#include "runner/commands/command_line.h"
#include "runner/commands/commands.h"
#include "runner/delivery/backlog.h"
#include "runner/delivery/delivery.h"
#include "runner/machine/doctor.h"
#include "runner/machine/environment.h"
#include "runner/machine/fitness.h"
#include "runner/machine/load.h"
#include "runner/machine/machine.h"
#include "runner/machine/tuning.h"
#include "runner/measure/command_cases.h"
#include "runner/measure/engine_case.h"
#include "runner/measure/functional.h"
#include "runner/measure/performance.h"
#include "runner/measure/result.h"
#include "runner/report/quarantine.h"
#include "runner/show/progress.h"
#include "runner/show/summary.h"
#include "runner/system/child_groups.h"
#include "runner/system/write_file.h"

namespace perftrend::runner {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

/// Opens the engine and asks whether it is right; without an engine the scenario's program is run once.
junit::CaseReport functional_case(Engine* engine, const CommandOptions& command, const Scenario& scenario,
                                  EngineInfo& info, Clock& clock, Progress& progress) {
  info.name = scenario.engine;
  if (engine == nullptr) {
    junit::CaseReport report = run_command_functional(scenario, command, info, clock);
    progress.say(fmt::format("{}: {}", scenario.name, info.summary));
    return report;
  }
  if (const auto waits = waiting_for_engine(scenario); !waits.empty()) progress.say(waits);
  const auto opened = engine->open(scenario.engine_ready_timeout_ms);
  if (opened) info = *opened;
  progress.say(fmt::format("{}: {}", scenario.name, opened ? info.summary : info.name));
  if (opened) return run_functional_case(*engine, info, scenario, clock);
  junit::CaseReport report = engine_case(functional_case_name, scenario, info.name);
  set_engine_error(report, opened.error());
  return report;
}

struct Measured {
  junit::CaseReport report;
  Measurement measurement;
  std::optional<LoadDuring> during;
  std::vector<junit::CaseReport> further;  ///< cases of a program that measures by itself
};

/// The performance case with the load sampler beside it.
Measured measure_performance(Engine& engine, const EngineInfo& info, const Scenario& scenario, Clock& clock,
                             Progress& progress) {
  Measured measured{engine_case(performance_case_name, scenario, info.name), {}, {}, {}};
  const std::int64_t start_ns = clock.now_ns();
  LoadSampler sampler(machine_root, clock, engine_beside(scenario));
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
  LoadSampler sampler(machine_root, clock, engine_beside(scenario));
  auto reports = measure_command(scenario, options, clock, [&](const Step& step) { progress.step(step); });
  Measured measured{std::move(reports.performance), {}, {}, std::move(reports.cases)};
  measured.measurement.samples = std::move(reports.samples);
  measured.measurement.rounds = reports.rounds;
  measured.measurement.ended = reports.ended;
  measured.during = sampler.stop();
  return measured;
}

Measured skipped(const Scenario& scenario, std::string why) {
  Measured measured{engine_case(performance_case_name, scenario, scenario.engine), {}, {}, {}};
  measured.report.status = CaseStatus::skipped;
  measured.report.message = std::move(why);
  return measured;
}

std::chrono::year_month_day today() {
  return std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
}

/// The performance case and, of a program, those that it told of.
std::vector<const junit::CaseReport*> all_cases(const Measured& measured) {
  std::vector<const junit::CaseReport*> all{&measured.report};
  for (const junit::CaseReport& each : measured.further)
    all.push_back(&each);
  return all;
}

void append(junit::Properties& to, junit::Properties from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

void tell(const junit::CaseReport& report, Progress& progress) {
  const std::string line = fmt::format("{}: ", report.name);
  switch (report.status) {
    case CaseStatus::passed:
      progress.say(fmt::format("{}passed ({:.2f} s)", line, report.time_seconds));
      break;
    case CaseStatus::skipped:
    case CaseStatus::notrun:
      progress.say(line + "skipped, " + report.message);
      break;
    case CaseStatus::failed:
      progress.warn(line + "FAILED\n" + report.details);
      break;
    case CaseStatus::errored:
      progress.warn(fmt::format("{}ERROR ({}), {}", line, report.type, report.message));
      break;
  }
}

/// When, where and of which commit this run is.
struct RunContext {
  RunCoordinates coordinates;
  times::Time started_at;
  std::string host;
};

RunContext occasion_of(const RunOptions& options, const Variables& variables) {
  const std::string host = host_name();
  RunCoordinates at = complete_coordinates(options.coordinates, variables, ask_git, host);
  const times::Time now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  const times::Time started_at = parse_rfc3339(at.started_at).value_or(now);
  at.started_at = times::to_rfc3339(started_at);
  return {std::move(at), started_at, host};
}

/// What the verdict on the machine and an expired quarantine mean for measured times.
void warn_of_conditions(const MachineState& machine, Measured& measured, const Scenario& scenario) {
  if (!measured.during) return;
  for (auto warning : {not_quiet(machine.fitness.reasons), expired(scenario.quarantine, today())}) {
    if (warning) measured.report.warnings.push_back(std::move(*warning));
  }
}

junit::SuiteReport assemble(const Scenario& scenario, const RunContext& occasion, const EngineInfo& info,
                            const MachineState& machine, junit::CaseReport functional, const Measured& measured) {
  junit::SuiteReport report{scenario.name, occasion.started_at, occasion.host, {{"perftrend.schema", "1"}}, {}};
  append(report.properties, to_properties(occasion.coordinates));
  if (!machine.fitness.reasons.empty()) {
    report.properties.emplace_back("perftrend.suspect", fmt::format("{}", fmt::join(machine.fitness.reasons, "; ")));
  }
  append(report.properties, fingerprint(machine_root, machine.cores, info));
  append(report.properties, machine_state(machine.before, measured.during, machine.after, machine.timer_resolution_ns));
  report.properties.emplace_back("machine.verdict", to_string(machine.fitness.verdict));
  report.properties.emplace_back("machine.harness_overhead_us", fmt::format("{:.3f}", machine.harness_overhead_us));
  if (measured.measurement.rounds > 0) append(report.properties, to_properties(measured.measurement));
  report.cases = {std::move(functional)};
  for (const junit::CaseReport* each : all_cases(measured)) {
    report.cases.push_back(*each);
    append(report.cases.back().properties, quarantine_properties(scenario.quarantine, each->name));
  }
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
  Progress progress(Progress::style_of(options.quiet, variables), stderr);
  const auto scenario = chosen_scenario(options);
  if (!scenario) {
    progress.warn("perftrend-runner: " + to_string(scenario.error()));
    return ExitCode::usage;
  }
  const std::string file = options.out_file.empty() ? scenario->name + ".junit.xml" : options.out_file;
  if (const auto why = why_not_writable(file)) {  // before minutes are spent on what cannot be kept
    progress.warn(fmt::format("perftrend-runner: the report could not be written: {}; nothing was measured", *why));
    return ExitCode::report_not_written;
  }
  const auto tuning = Tuning::apply(options.tuning, machine_root);
  if (!tuning) {
    progress.warn("perftrend-runner: " + tuning.error());
    return ExitCode::usage;
  }
  for (const auto& missing : unavailable_here())
    progress.say("not on this system: " + missing);
  const RunContext occasion = occasion_of(options, variables);

  SteadyClock clock;
  const EngineOptions engine_options = chosen_engine(options, *scenario, variables);
  const auto engine = make_engine(scenario->engine, engine_options, clock);
  const auto stated = stated_parameters(*scenario);
  if (!stated) {
    progress.warn("perftrend-runner: " + stated.error());
    return ExitCode::usage;
  }
  EngineInfo info;
  MachineState machine = machine_before(clock);
  junit::CaseReport functional =
      functional_case(engine.get(), engine_options.command, *scenario, info, clock, progress);
  add_stated(*stated, info.parameters);
  tell(functional, progress);
  const bool functional_passed = functional.status == CaseStatus::passed;

  // Why nothing is timed; nullopt: it is.
  const auto why_not = [&]() -> std::optional<std::string> {
    if (!functional_passed) return "not measured: the functional case did not pass";
    if (!timing_requested(variables)) return skip_message(*scenario, options.again);
    return unfit_to_measure(options.quiet_wish, scenario->thresholds, machine, clock, progress);
  }();
  Measured measured = why_not  ? skipped(*scenario, *why_not)
                      : engine ? measure_performance(*engine, info, *scenario, clock, progress)
                               : measure_command_cases(*scenario, engine_options.command, clock, progress);
  if (engine) engine->close();
  judge_machine(machine, measured.during, scenario->thresholds);
  warn_of_conditions(machine, measured, *scenario);
  for (const auto* report : all_cases(measured))
    tell(*report, progress);
  for (const auto* report : all_cases(measured)) {
    for (const auto& warning : report->warnings)
      progress.warn(junit::warning_mark + warning);
  }

  RunResult result{scenario->name, info.name, file, {}, measured.measurement.samples, machine.fitness};
  junit::SuiteReport suite = assemble(*scenario, occasion, info, machine, std::move(functional), measured);
  append(suite.properties, to_properties(options.tuning));
  result.cases = suite.cases;
  const std::string xml = junit::to_junit(suite);
  if (!write_report(file, xml, progress)) return ExitCode::report_not_written;
  print_result(result, options, variables, progress);
  progress.say("report: " + file);
  if (options.upload) {
    upload_and_report({*options.upload, scenario->project, options.token, occasion.coordinates}, xml, file,
                      options.spool, progress);
  }
  return functional_passed ? ExitCode::ok : ExitCode::functional_failed;
}

ExitCode farewell(const HelpOrError& farewell) {
  fmt::print(farewell.code == ExitCode::ok ? stdout : stderr, "{}", farewell.text);
  return farewell.code;
}

}  // namespace
}  // namespace perftrend::runner

/// POSIX systems give the environment as the third argument.
int main(int argc, char** argv, char** environment) {
  using namespace perftrend::runner;
  try {
    end_children_with_this_process();
    const Variables variables = read_variables(environment);
    const CommandLine line = parse_command_line({argv + 1, argv + argc}, variables);
    if (const auto* options = std::get_if<RunOptions>(&line)) return to_int(run(*options, variables));
    if (const auto* options = std::get_if<UploadOptions>(&line)) return to_int(upload_files(*options, variables));
    if (const auto* options = std::get_if<DoctorOptions>(&line)) return to_int(doctor(*options, variables));
    if (const auto* options = std::get_if<CompareOptions>(&line)) return to_int(compare(*options));
    if (const auto* options = std::get_if<GuardOptions>(&line)) return to_int(guard(*options, variables));
    return to_int(farewell(std::get<HelpOrError>(line)));
  } catch (const std::exception& error) {
    fmt::print(stderr, "perftrend-runner: internal error: {}\n", error.what());
    return to_int(ExitCode::internal);
  }
}
