// perftrend-runner: measures a scenario on an engine and writes a JUnit report. run() below is the way of the data, top
// to bottom; every step is a file of its own beside this one.

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "runner/command_line.h"
#include "runner/engine_case.h"
#include "runner/environment.h"
#include "runner/functional.h"
#include "runner/junit_writer.h"
#include "runner/load.h"
#include "runner/performance.h"
#include "runner/progress.h"
#include "runner/quarantine.h"
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
  scenario->repeats = options.repeats.value_or(scenario->repeats);
  scenario->warmup = options.warmup.value_or(scenario->warmup);
  if (!options.project.empty()) scenario->project = options.project;
  return scenario;
}

struct Measured {
  CaseReport report;
  std::vector<PromptSamples> samples;
  std::optional<LoadDuring> during;
};

/// The performance case with the load sampler beside it.
Measured measure_performance(Engine& engine, const EngineInfo& info, const Scenario& scenario, Clock& clock,
                             Progress& progress) {
  Measured measured{engine_case(performance_case_name, scenario, info.name), {}, {}};
  const std::int64_t start_ns = clock.now_ns();
  LoadSampler sampler(machine_root, clock);
  auto samples = measure(engine, info.can, scenario, clock, [&](const Step& step) { progress.step(step); });
  measured.during = sampler.stop();
  measured.report.time_seconds = static_cast<double>(clock.now_ns() - start_ns) / ns_per_s;
  if (samples) {
    measured.samples = std::move(*samples);
    add_samples(measured.report, scenario, info.name, measured.samples);
  } else {
    set_engine_error(measured.report, samples.error());
  }
  return measured;
}

Measured skipped(const Scenario& scenario, std::string why) {
  Measured measured{engine_case(performance_case_name, scenario, scenario.engine), {}, {}};
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

/// One line about where it went; findings and warnings of the server as warnings.
bool deliver_and_tell(const Delivery& delivery, const std::string& xml, const std::string& file, Progress& progress) {
  SteadyClock clock;
  const auto receipt = deliver(delivery, xml, [&](std::int64_t wait_ms) { clock.sleep_ns(wait_ms * 1'000'000); });
  if (!receipt) {
    progress.warn(fmt::format(
        "upload failed: {}. The report is kept in {}; deliver it later with: perftrend-runner upload {} --url {}{} "
        "--project {}",
        receipt.error(), file, file, delivery.server.origin, delivery.server.prefix, delivery.project));
    return false;
  }
  progress.say(fmt::format("uploaded {} to {}{}: run {}{}, {} points", file, delivery.server.origin,
                           delivery.server.prefix, receipt->run_id, receipt->known_before ? " (known before)" : "",
                           receipt->points));
  warn_all(progress, receipt->findings);
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
  LoadState before, after;
  std::vector<std::string> reasons;  ///< not to judge it
};

MachineState machine_before(const Clock& clock) {
  return {count_cores(machine_root), timer_resolution_ns(clock), look_at_load(machine_root), {}, {}};
}

/// The verdict on the machine; what it means for measured times goes into their case.
void judge_machine(MachineState& machine, Measured& measured, const Scenario& scenario) {
  machine.after = look_at_load(machine_root);
  machine.reasons = suspicions(machine.before, measured.during, machine.after, machine.cores, scenario.load_factor_max);
  if (!measured.during) return;
  for (auto warning : {not_quiet(machine.reasons), expired(scenario.quarantine, today())}) {
    if (warning) measured.report.warnings.push_back(std::move(*warning));
  }
}

SuiteReport assemble(const Scenario& scenario, const Occasion& occasion, const EngineInfo& info,
                     const MachineState& machine, CaseReport functional, const Measured& measured) {
  SuiteReport report{scenario.name, occasion.started_at, occasion.host, {{"perftrend.schema", "1"}}, {}};
  append(report.properties, to_properties(occasion.coordinates));
  if (!machine.reasons.empty()) {
    report.properties.emplace_back("perftrend.suspect", fmt::format("{}", fmt::join(machine.reasons, "; ")));
  }
  append(report.properties, fingerprint(machine_root, machine.cores, info));
  append(report.properties, machine_state(machine.before, measured.during, machine.after, machine.timer_resolution_ns));
  report.cases = {std::move(functional), measured.report};
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

void print_summary(const std::vector<PromptSamples>& samples, const Variables& variables) {
  const bool coloured = ::isatty(STDOUT_FILENO) == 1 && value_of(variables, "NO_COLOR").empty();
  fmt::print("{}", summary_of(samples, coloured));
  (void)std::fflush(stdout);  // a reader that has gone is no reason to fail
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
  const auto engine = make_engine(scenario->engine, options.engine_options, clock);
  const auto opened = engine->open(engine_open_deadline_ms);
  EngineInfo info;
  info.name = scenario->engine;
  if (opened) info = *opened;
  progress.say(fmt::format("{}: {}", scenario->name, opened ? info.summary : info.name));

  MachineState machine = machine_before(clock);
  CaseReport functional = engine_case(functional_case_name, *scenario, info.name);
  if (opened)
    functional = run_functional_case(*engine, info, *scenario, clock);
  else
    set_engine_error(functional, opened.error());
  tell(functional, progress);
  const bool functional_passed = functional.outcome == Outcome::passed;

  Measured measured;
  if (!functional_passed)
    measured = skipped(*scenario, "not measured: the functional case did not pass");
  else if (!timing_requested(variables))
    measured = skipped(*scenario, skip_message(*scenario, options.again));
  else
    measured = measure_performance(*engine, info, *scenario, clock, progress);
  engine->close();
  judge_machine(machine, measured, *scenario);
  tell(measured.report, progress);
  warn_all(progress, measured.report.warnings);

  const std::string xml = to_junit(assemble(*scenario, occasion, info, machine, std::move(functional), measured));
  const std::string file = options.out_file.empty() ? scenario->name + ".junit.xml" : options.out_file;
  if (!write_report(file, xml, progress)) return ExitCode::report_not_written;
  if (!options.quiet) print_summary(measured.samples, variables);
  progress.say("report: " + file);
  if (options.upload) {
    deliver_and_tell({*options.upload, scenario->project, options.token, occasion.coordinates}, xml, file, progress);
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
    } else if (!deliver_and_tell({options.server, options.project, options.token, at}, xml, file, progress)) {
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
