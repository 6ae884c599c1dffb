#pragma once
// The command line, read into options; nothing else happens here.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runner/delivery/upload.h"
#include "runner/machine/machine.h"
#include "runner/machine/tuning.h"
#include "runner/measure/aa.h"
#include "runner/report/coordinates.h"
#include "runner/scenario/chosen_scenario.h"
#include "runner/system/exit_codes.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

struct RunOptions : ScenarioChoice {
  std::string out_file;  ///< "" is SCENARIO-NAME.junit.xml in the working directory
  std::optional<ServerUrl> upload;
  std::string server;  ///< as it was written, for messages
  std::string token;
  RunCoordinates coordinates;  ///< what was stated
  bool quiet = false;
  bool json = false;  ///< the summary on stdout is JSON (result.h)
  QuietPolicy quiet_wish;
  TuningWish tuning;
  std::string spool;  ///< directory of undelivered reports (spool.h); "" keeps none
  std::string again;  ///< the command that runs the same, as a person would type it
};

struct UploadOptions {
  std::vector<std::string> files;
  ServerUrl server;
  std::string project;
  std::string token;
  std::string spool;           ///< as above
  RunCoordinates coordinates;  ///< what was stated, of every run
  std::string format;          ///< "ctest", or "": as the server sees it
  bool one_run = false;        ///< all files together are one run
  bool stated_only = false;    ///< nothing is taken from the CI's environment
};

struct DoctorOptions : ScenarioChoice {  ///< without a scenario file a short one of its own, on the reference engine
  int aa_runs = aa_runs_default;         ///< how often to measure the scenario against itself; 0: not at all
  bool json = false;
};

struct CompareOptions {
  std::vector<std::string> files;  ///< two at least, in the order of their time
  bool json = false;
  bool fail_on_regression = false;
};

struct GuardOptions {
  std::vector<std::string> argv;
  std::string scenario_file;        ///< whose quarantine it is; "": as stated
  Quarantine quarantine;            ///< what was stated
  std::string junit;                ///< that the command writes; "": none
  std::optional<ServerUrl> server;  ///< that gets it
  std::string project;
  std::string token;
  std::string spool;
};

/// Nothing to do but to print: help, version or what is wrong.
struct HelpOrError {
  std::string text;
  ExitCode code = ExitCode::ok;  ///< ok goes to stdout, all else to stderr
};

using CommandLine = std::variant<RunOptions, UploadOptions, DoctorOptions, CompareOptions, GuardOptions, HelpOrError>;

CommandLine parse_command_line(const std::vector<std::string>& arguments, const Variables& variables);

}  // namespace perftrend::runner
