#pragma once
// The command line, read into the options of one command. Parsing has no other effect than reading a token file.

#include <string>
#include <variant>
#include <vector>

#include "runner/commands/arguments.h"
#include "runner/commands/compare_command.h"
#include "runner/commands/doctor_command.h"
#include "runner/commands/guard_command.h"
#include "runner/commands/run_command.h"
#include "runner/commands/upload_command.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

using CommandLine = std::variant<RunOptions, UploadOptions, DoctorOptions, CompareOptions, GuardOptions, HelpOrError>;

CommandLine parse_command_line(const std::vector<std::string>& arguments, const Variables& variables);

}  // namespace perftrend::runner
