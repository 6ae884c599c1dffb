#include <fmt/format.h>

#include <memory>

#include "runner/commands/option_checks.h"
#include "runner/commands/options.h"

namespace perftrend::runner {
namespace {

/// What was given, before it is checked.
struct DoctorArguments {
  DoctorOptions options;
  std::optional<int> aa_runs;
  std::optional<std::string> format;
};

CommandLine checked(DoctorArguments given, const Variables& variables) {
  DoctorOptions doctor = std::move(given.options);
  check_engine(doctor, variables);
  doctor.aa_runs = given.aa_runs.value_or(aa_runs_default);
  if (doctor.aa_runs > 0 && doctor.aa_runs < aa_runs_min) {
    throw UsageError(fmt::format("doctor: --aa {}: a spread needs at least {} runs; 0 measures nothing", doctor.aa_runs,
                                 aa_runs_min));
  }
  const std::string engine = doctor.engine.value_or("reference");
  if (doctor.scenario_file.empty() && engine != "reference" && engine != "mock")
    throw UsageError(fmt::format("doctor: --engine {} needs a scenario", engine));
  doctor.json = given.format == "json";
  return doctor;
}

}  // namespace

CheckOptions declare_doctor(ArgumentParser& parser) {
  const auto given = std::make_shared<DoctorArguments>();
  DoctorOptions& doctor = given->options;
  Arguments arguments =
      parser.add_command("doctor", "Say what to change on this machine to make its times more reliable");
  arguments.operand("SCENARIO", doctor.scenario_file, false, "scenario file, which is examined too");
  arguments.whole("--aa", given->aa_runs, 0, aa_runs_max,
                  "measure the scenario this many times against itself and print the noise score; without a scenario, "
                  "a short one on the reference engine (default 5; 0: not at all)");
  declare_engine(arguments, doctor);
  declare_repeats(arguments, doctor);
  declare_mock(arguments, doctor);
  arguments.choice("--format", given->format, {"text", "json"}, "text or json (default text)");
  return [given](const Variables& variables) { return checked(*given, variables); };
}

}  // namespace perftrend::runner
