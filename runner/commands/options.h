#pragma once
// The options of each command: declared before the command line is parsed, checked afterwards.

#include <functional>

#include "runner/commands/command_line.h"

namespace perftrend::runner {

/// Checks what was given and returns the options of the command. Throws UsageError.
using CheckOptions = std::function<CommandLine(const Variables&)>;

CheckOptions declare_run(ArgumentParser& parser);
CheckOptions declare_upload(ArgumentParser& parser);
CheckOptions declare_doctor(ArgumentParser& parser);
CheckOptions declare_compare(ArgumentParser& parser);
CheckOptions declare_guard(ArgumentParser& parser);

}  // namespace perftrend::runner
