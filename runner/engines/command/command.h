#pragma once
// A program that measures by itself: started without a shell, in its own process group, with a time limit.
// command_output.h reads what it writes. It has its own prompts and cases, so it is not an Engine.

#include <string>

#include "runner/engines/command/command_output.h"
#include "runner/system/process.h"

namespace perftrend::runner {

struct CommandOptions {
  /// In argv, {repeats} and {warmup} are replaced by numbers and {output} by the name of an empty file of this run.
  ProcessOptions process;
  CommandFormat format = CommandFormat::json_lines;
  /// Where the program writes: "" for stdout, "{output}" for that file, else a path relative to the program's
  /// directory.
  std::string output;
  double timeout_ms = 600'000;  ///< of one run of the program
};

/// Whether the program repeats by itself: it is then run once, otherwise once per sample.
bool repeats_by_itself(const CommandOptions& options);

struct CommandRun {
  CommandOutput output;
  ProcessEnd end;
  double wall_ms = 0;
};

class Command {
 public:
  /// `options.process.argv` contains at least the program. `clock` must outlive this.
  Command(CommandOptions options, Clock& clock) : options_(std::move(options)), clock_(clock) {}

  /// Errors: unavailable (cannot be started), timed_out, died (by a signal), failed (an exit code other than 0, with
  /// its last line of output), bad_answer (its output). JUnit with failed cases is read regardless of the exit code;
  /// the failures are errors of their cases.
  EngineResult<CommandRun> run(int repeats, int warmup);

 private:
  CommandOptions options_;
  Clock& clock_;
};

/// Adds `run` to `sum`: appends the samples of each case; an error in either is retained.
void add_run(CommandOutput& sum, const CommandOutput& run);

}  // namespace perftrend::runner
