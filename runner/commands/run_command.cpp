#include "runner/commands/run_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <system_error>

#include "core/junit/junit_writer.h"
#include "core/junit/vocabulary.h"
#include "core/time/rfc3339.h"
#include "runner/delivery/delivery.h"
#include "runner/machine/doctor.h"
#include "runner/machine/environment.h"
#include "runner/measure/command_cases.h"
#include "runner/measure/engine_case.h"
#include "runner/measure/functional.h"
#include "runner/measure/overhead.h"
#include "runner/measure/performance.h"
#include "runner/report/case_names.h"
#include "runner/report/quarantine.h"
#include "runner/show/progress.h"
#include "runner/show/result.h"
#include "runner/show/summary.h"
#include "runner/system/clock.h"
#include "runner/system/host_name.h"
#include "runner/system/write_file.h"

namespace perftrend::runner {
namespace {

/// Opens the engine and runs the functional case; without an engine, the scenario's program is run once.
junit::CaseReport functional_case(Engine* engine, const CommandOptions& command, const Scenario& scenario,
                                  EngineInfo& info, Clock& clock, ProgressReporter& progress) {
  info.name = scenario.engine;
  if (engine == nullptr) {
    junit::CaseReport report = run_command_functional(scenario, command, info, clock);
    progress.say(fmt::format("{}: {}", scenario.name, info.summary));
    return report;
  }
  if (const auto line = waiting_for_engine(scenario); !line.empty()) progress.say(line);
  const auto opened = engine->open(scenario.engine_ready_timeout_ms);
  if (opened) info = *opened;
  progress.say(fmt::format("{}: {}", scenario.name, opened ? info.summary : info.name));
  if (opened) return run_functional_case(*engine, info, scenario, clock);
  junit::CaseReport report = engine_case(functional_case_name, scenario, info.name);
  set_engine_error(report, opened.error());
  return report;
}

/// The timing part of a run.
struct TimingResult {
  junit::CaseReport report;
  Measurement measurement;
  std::optional<LoadDuringRun> during;           ///< missing where nothing was measured
  std::vector<junit::CaseReport> program_cases;  ///< cases of a program that measures by itself
};

/// Measures the performance case of an engine while the load is sampled.
TimingResult measure_engine(Engine& engine, const EngineInfo& info, const Scenario& scenario, Clock& clock,
                            ProgressReporter& progress) {
  TimingResult timing{engine_case(performance_case_name, scenario, info.name), {}, {}, {}};
  const std::int64_t start_ns = clock.now_ns();
  LoadSampler sampler(machine_root, clock, external_engine(scenario));
  auto measurement = measure(engine, info.can, scenario, clock, [&](const ProgressStep& step) { progress.step(step); });
  timing.during = sampler.stop();
  timing.report.time_seconds = static_cast<double>(clock.now_ns() - start_ns) / ns_per_s;
  if (measurement) {
    timing.measurement = std::move(*measurement);
    add_samples(timing.report, scenario, info.name, timing.measurement.samples);
  } else {
    set_engine_error(timing.report, measurement.error());
  }
  return timing;
}

/// Measures a program that measures by itself.
TimingResult measure_program(const Scenario& scenario, const CommandOptions& options, Clock& clock,
                             ProgressReporter& progress) {
  LoadSampler sampler(machine_root, clock, external_engine(scenario));
  auto reports = measure_command(scenario, options, clock, [&](const ProgressStep& step) { progress.step(step); });
  TimingResult timing{std::move(reports.performance), {}, {}, std::move(reports.cases)};
  timing.measurement.samples = std::move(reports.samples);
  timing.measurement.rounds = reports.rounds;
  timing.measurement.ended = reports.ended;
  timing.during = sampler.stop();
  return timing;
}

TimingResult skipped(const Scenario& scenario, std::string why) {
  TimingResult timing{engine_case(performance_case_name, scenario, scenario.engine), {}, {}, {}};
  timing.report.status = CaseStatus::skipped;
  timing.report.message = std::move(why);
  return timing;
}

/// The performance case and the cases of the program, if any.
std::vector<const junit::CaseReport*> all_cases(const TimingResult& timing) {
  std::vector<const junit::CaseReport*> all{&timing.report};
  for (const junit::CaseReport& each : timing.program_cases)
    all.push_back(&each);
  return all;
}

void append(junit::Properties& to, junit::Properties from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

void print_case(const junit::CaseReport& report, ProgressReporter& progress) {
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

/// Time, place and commit of the run.
struct RunContext {
  RunCoordinates coordinates;
  times::Time started_at;
  std::string host;
};

RunContext make_run_context(const RunOptions& options, const Variables& variables) {
  const std::string host = host_name();
  RunCoordinates coordinates = complete_coordinates(options.coordinates, variables, ask_git, host);
  const times::Time started_at = times::parse_rfc3339(coordinates.started_at).value_or(utc_now());
  coordinates.started_at = times::to_rfc3339(started_at);
  return {std::move(coordinates), started_at, host};
}

/// Warnings of a measured case: the machine was not quiet, the quarantine has expired.
void add_condition_warnings(const MachineState& machine, TimingResult& timing, const Scenario& scenario) {
  if (!timing.during) return;
  for (auto warning : {not_quiet_warning(machine.fitness.reasons), expiry_warning(scenario.quarantine, today())}) {
    if (warning) timing.report.warnings.push_back(std::move(*warning));
  }
}

junit::SuiteReport assemble(const Scenario& scenario, const RunContext& context, const EngineInfo& info,
                            const MachineState& machine, junit::CaseReport functional, const TimingResult& timing) {
  junit::SuiteReport report{scenario.name, context.started_at, context.host, {}, {}};
  report.properties.emplace_back(junit::property_name::schema, "1");
  append(report.properties, to_properties(context.coordinates));
  if (!machine.fitness.reasons.empty()) {
    report.properties.emplace_back(junit::property_name::suspect,
                                   fmt::format("{}", fmt::join(machine.fitness.reasons, "; ")));
  }
  append(report.properties, fingerprint(machine_root, machine.cores, info));
  append(report.properties, machine_state(machine.before, timing.during, machine.after, machine.timer_resolution_ns));
  report.properties.emplace_back("machine.verdict", to_string(machine.fitness.verdict));
  report.properties.emplace_back("machine.harness_overhead_us", fmt::format("{:.3f}", machine.harness_overhead_us));
  if (timing.measurement.rounds > 0) append(report.properties, to_properties(timing.measurement));
  report.cases = {std::move(functional)};
  for (const junit::CaseReport* each : all_cases(timing)) {
    report.cases.push_back(*each);
    append(report.cases.back().properties, quarantine_properties(scenario.quarantine, each->name));
  }
  return report;
}

bool write_report(const std::string& file, const std::string& xml, ProgressReporter& progress) {
  try {
    write_file_atomically(file, xml);
    return true;
  } catch (const std::system_error& failed) {
    progress.warn(fmt::format("perftrend-runner: the report could not be written: {}", failed.what()));
    return false;
  }
}

/// On stdout, and on GitHub's summary page of the job. A closed stdout is not a failure.
void print_summary(const RunResult& result, const RunOptions& options, const Variables& variables,
                   ProgressReporter& progress) {
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

ExitCode refuse_usage(const std::string& why, ProgressReporter& progress) {
  progress.warn("perftrend-runner: " + why);
  return ExitCode::usage;
}

/// One run of a scenario, after everything that can be refused beforehand was checked.
class ScenarioRun {
 public:
  ScenarioRun(const RunOptions& options, const Variables& variables, const Scenario& scenario, std::string file,
              StatedParameters stated, ProgressReporter& progress)
      : options_(options),
        variables_(variables),
        scenario_(scenario),
        file_(std::move(file)),
        stated_(std::move(stated)),
        progress_(progress) {}

  ExitCode execute() {
    const RunContext context = make_run_context(options_, variables_);
    const EngineOptions engines = chosen_engine(options_, scenario_, variables_);
    const auto engine = make_engine(scenario_.engine, engines, clock_);
    MachineState machine = machine_before(clock_, harness_overhead_us(clock_));
    EngineInfo info;
    junit::CaseReport functional = functional_case(engine.get(), engines.command, scenario_, info, clock_, progress_);
    add_stated(stated_, info.parameters);
    print_case(functional, progress_);
    const bool functional_passed = functional.status == CaseStatus::passed;

    const auto skip_reason = reason_to_skip_timing(functional_passed, machine);
    TimingResult timing = skip_reason ? skipped(scenario_, *skip_reason)
                          : engine    ? measure_engine(*engine, info, scenario_, clock_, progress_)
                                      : measure_program(scenario_, engines.command, clock_, progress_);
    if (engine) engine->close();
    judge_machine(machine, timing.during, scenario_.thresholds);
    add_condition_warnings(machine, timing, scenario_);
    for (const auto* report : all_cases(timing))
      print_case(*report, progress_);
    for (const auto* report : all_cases(timing)) {
      for (const auto& warning : report->warnings)
        progress_.warn(junit::warning_mark + warning);
    }
    junit::SuiteReport suite = assemble(scenario_, context, info, machine, std::move(functional), timing);
    append(suite.properties, to_properties(options_.tuning));
    RunResult result{scenario_.name, info.name, file_, suite.cases, timing.measurement.samples, machine.fitness};
    if (!publish(suite, result, context)) return ExitCode::report_not_written;
    return functional_passed ? ExitCode::ok : ExitCode::functional_failed;
  }

 private:
  /// nullopt: times are measured.
  std::optional<std::string> reason_to_skip_timing(bool functional_passed, MachineState& machine) {
    if (!functional_passed) return "not measured: the functional case did not pass";
    if (!timing_requested(variables_)) return skip_message(scenario_, options_.rerun_command);
    return unfit_to_measure(options_.quiet_policy, scenario_.thresholds, machine, clock_,
                            [&](const std::string& line) { progress_.wait(line); });
  }

  /// Writes the report, prints the summary and uploads. False: the report could not be written.
  bool publish(const junit::SuiteReport& suite, const RunResult& result, const RunContext& context) {
    const std::string xml = junit::to_junit(suite);
    if (!write_report(file_, xml, progress_)) return false;
    print_summary(result, options_, variables_, progress_);
    progress_.say("report: " + file_);
    if (options_.upload) {
      upload_and_report({*options_.upload, scenario_.project, options_.token, context.coordinates}, xml, file_,
                        options_.spool, progress_);
    }
    return true;
  }

  const RunOptions& options_;
  const Variables& variables_;
  const Scenario& scenario_;
  const std::string file_;
  const StatedParameters stated_;
  ProgressReporter& progress_;
  SteadyClock clock_;
};

}  // namespace

ExitCode run(const RunOptions& options, const Variables& variables) {
  ProgressReporter progress(ProgressReporter::style_of(options.quiet, variables), stderr);
  const auto scenario = chosen_scenario(options);
  if (!scenario) return refuse_usage(to_string(scenario.error()), progress);
  std::string file = options.out_file.empty() ? scenario->name + ".junit.xml" : options.out_file;
  if (const auto why = why_not_writable(file)) {  // checked before minutes are spent on a measurement
    progress.warn(fmt::format("perftrend-runner: the report could not be written: {}; nothing was measured", *why));
    return ExitCode::report_not_written;
  }
  const auto tuning = Tuning::apply(options.tuning, machine_root);
  if (!tuning) return refuse_usage(tuning.error(), progress);
  for (const auto& missing : unavailable_here())
    progress.say("not available on this system: " + missing);
  auto stated = stated_parameters(*scenario);
  if (!stated) return refuse_usage(stated.error(), progress);
  return ScenarioRun(options, variables, *scenario, std::move(file), std::move(*stated), progress).execute();
}

}  // namespace perftrend::runner
