#pragma once

#include <CLI/CLI.hpp>

#include "server/commands/correct_command.h"

namespace perftrend {

/// Adds `correct` with its subcommands, which fill in `options` and set `exit_code`.
void add_correct(CLI::App& app, CorrectOptions& options, int& exit_code);

}  // namespace perftrend
