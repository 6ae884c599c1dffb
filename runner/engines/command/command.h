#pragma once
// A program that measures by itself: started without a shell, in its own process group, with a time limit; what it
// writes is read by command_output. It brings its own prompts and cases, so it is no Engine of prompts.

#include <string>

#include "runner/engines/command/command_output.h"
#include "runner/system/process.h"

namespace perftrend::runner {

struct CommandOptions {
  /// In argv, {repeats} and {warmup} become numbers and {output} the name of an empty file of this run.
  ProcessOptions process;
  CommandFormat format = CommandFormat::json_lines;
  /// Where the program writes: "" stdout, "{output}" that file, else a path seen from the program's directory.
  std::string output;
  double timeout_ms = 600'000;  ///< of one run of the program
};

/// Whether the program repeats by itself: it is then run once, else as often as samples are wanted.
bool repeats_by_itself(const CommandOptions& options);

struct CommandRun {
  CommandOutput output;
  ProcessEnd end;
  double wall_ms = 0;
};

class Command {
 public:
  /// `options.process.argv` holds at least the program. `clock` must outlive this.
  Command(CommandOptions options, Clock& clock) : options_(std::move(options)), clock_(clock) {}

  /// Errors: unavailable (cannot be started), timed_out, died (by a signal), failed (another exit code than 0, with its
  /// last words), bad_answer (its output). JUnit that tells of failed cases is read whatever the exit code: they are
  /// errors of their cases.
  EngineResult<CommandRun> run(int repeats, int warmup);

 private:
  CommandOptions options_;
  Clock& clock_;
};

/// `run` added to `sum`: samples of one case behind each other; an error in either stays.
void add_run(CommandOutput& sum, const CommandOutput& run);

}  // namespace perftrend::runner
