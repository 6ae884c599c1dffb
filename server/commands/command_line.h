#pragma once
// Command line of perftrend-server: all subcommands with their options and help.

namespace perftrend {

/// Runs the subcommand that the arguments name. Returns its exit code; throws what the command throws.
int run_command_line(int argc, char** argv);

}  // namespace perftrend
