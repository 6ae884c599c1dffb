// perftrend-runner: measures a scenario on an engine and writes a JUnit report. This file only dispatches; each command
// is in runner/commands.

#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "runner/commands/command_line.h"
#include "runner/system/child_groups.h"

namespace perftrend::runner {
namespace {

ExitCode print(const HelpOrError& other) {
  fmt::print(other.code == ExitCode::ok ? stdout : stderr, "{}", other.text);
  return other.code;
}

ExitCode execute(const CommandLine& line, const Variables& variables) {
  if (const auto* options = std::get_if<RunOptions>(&line)) return run(*options, variables);
  if (const auto* options = std::get_if<UploadOptions>(&line)) return upload(*options, variables);
  if (const auto* options = std::get_if<DoctorOptions>(&line)) return doctor(*options, variables);
  if (const auto* options = std::get_if<CompareOptions>(&line)) return compare(*options);
  if (const auto* options = std::get_if<GuardOptions>(&line)) return guard(*options, variables);
  return print(std::get<HelpOrError>(line));
}

}  // namespace
}  // namespace perftrend::runner

/// POSIX systems pass the environment as the third argument.
int main(int argc, char** argv, char** environment) {
  using namespace perftrend::runner;
  try {
    end_children_with_this_process();
    const Variables variables = read_variables(environment);
    return to_int(execute(parse_command_line({argv + 1, argv + argc}, variables), variables));
  } catch (const std::exception& error) {
    fmt::print(stderr, "perftrend-runner: internal error: {}\n", error.what());
    return to_int(ExitCode::internal);
  }
}
