#pragma once
// Exit codes are part of the public interface (docs/measure.md, --help). They never depend on times or on the server.

namespace perftrend::runner {

enum class ExitCode {
  ok = 0,                 ///< functional checks passed, regardless of times and upload
  functional_failed = 1,  ///< a functional check failed or the engine did not answer
  usage = 2,              ///< wrong command line, scenario file or environment variable; nothing was measured
  report_not_written = 3,
  not_delivered = 4,  ///< `upload`: at least one report did not reach the server
  regressed = 5,      ///< `compare --fail-on-regression`: something regressed
  internal = 70,      ///< an internal error (EX_SOFTWARE)
};

constexpr int to_int(ExitCode code) {
  return static_cast<int>(code);
}

inline constexpr const char* exit_codes_help =
    "Exit codes:\n"
    "  0   functional checks passed, regardless of times and of the upload\n"
    "  1   a functional check failed or the engine did not answer; guard: the same for the command\n"
    "  2   wrong command line, scenario file, report or environment variable; nothing was measured or compared\n"
    "  3   the report could not be written\n"
    "  4   upload: at least one report did not reach the server\n"
    "  5   compare --fail-on-regression: something regressed\n"
    "  70  internal error\n"
    "\n"
    "Environment:\n"
    "  RUN_PERF_TESTS=1    measure times (otherwise the timing case is skipped)\n"
    "  BITNET_SEED         seed of the reference engine's weights (default 42)\n"
    "  PERFTREND_URL       server to upload to (as --upload, --url)\n"
    "  PERFTREND_TOKEN     token for the upload; never printed\n"
    "  PERFTREND_PROJECT   project (as --project)\n"
    "  PERFTREND_TESTBED   name of this machine class (as --testbed)\n"
    "  NO_COLOR            no colours\n"
    "  GITHUB_ACTIONS      true: print warnings as annotations; GITHUB_STEP_SUMMARY: file to append a table to\n";

}  // namespace perftrend::runner
