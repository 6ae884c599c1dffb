#include "runner/commands/command_line.h"

#include <fmt/format.h>

#include <map>
#include <string>

#include "runner/commands/options.h"

namespace perftrend::runner {

CommandLine parse_command_line(const std::vector<std::string>& arguments, const Variables& variables) {
  ArgumentParser parser("perftrend-runner", "perftrend-runner: measures timing scenarios and writes JUnit reports",
                        exit_codes_help);
  // Declared one by one: the help lists the commands in this order.
  std::map<std::string, CheckOptions> checks;
  checks["run"] = declare_run(parser);
  checks["upload"] = declare_upload(parser);
  checks["doctor"] = declare_doctor(parser);
  checks["compare"] = declare_compare(parser);
  checks["guard"] = declare_guard(parser);
  const auto parsed = parser.parse(arguments);
  if (const auto* other = std::get_if<HelpOrError>(&parsed)) return *other;
  try {
    return checks.at(std::get<std::string>(parsed))(variables);
  } catch (const UsageError& error) {
    return HelpOrError{fmt::format("perftrend-runner: {}\n", error.what()), ExitCode::usage};
  }
}

}  // namespace perftrend::runner
