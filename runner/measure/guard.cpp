#include "runner/measure/guard.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "core/files/read_file.h"
#include "runner/report/quarantine.h"

namespace perftrend::runner {
namespace {

constexpr std::string_view failure_mark = "failure: ";
/// No time limit: the caller of guard can set one.
constexpr double no_limit_ms = 1e12;

/// The command quoted for a shell, for messages that say how to run it again.
std::string format_command(const std::vector<std::string>& argv) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  std::string line;
  for (const auto& word : argv) {
    if (!line.empty()) line += ' ';
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char c : word)
      line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += '\'';
  }
  return line;
}

void fail(GuardVerdict& verdict, std::string why) {
  verdict.code = ExitCode::functional_failed;
  verdict.failures.push_back(std::move(why));
}

void judge_cases(GuardVerdict& verdict, const GuardedCommand& command, const GuardedRun& run) {
  if (!run.cases) {
    fail(verdict, fmt::format("{} contains no usable cases: {} ({})", command.junit, run.cases.error().message,
                              to_string(*run.end)));
    return;
  }
  std::size_t failed = 0;
  for (const CommandCase& each : run.cases->cases) {
    if (!each.error || each.error->kind == EngineError::Kind::bad_answer) continue;  // a time that is not a number
    ++failed;
    const std::string& message = each.error->message;
    if (message.starts_with(failure_mark) && is_timing_case(command.quarantine, each.name)) {
      verdict.warnings.push_back(
          timing_case_failed(command.quarantine, each.name, message.substr(failure_mark.size())));
    } else {
      fail(verdict, fmt::format("{}: {}", each.name, message));
    }
  }
  if (failed == 0 && run.end->exit_code != 0)
    fail(verdict, fmt::format("{}: {}, but no case failed", format_command(command.argv), to_string(*run.end)));
}

}  // namespace

std::optional<std::string> guard_skips(const GuardedCommand& command, const Variables& variables) {
  if (timing_requested(variables) || !command.junit.empty()) return std::nullopt;
  return fmt::format(
      "not run: timing is not measured by default: {} (owner: {}); measure it on an idle machine with: "
      "RUN_PERF_TESTS=1 {}",
      command.quarantine.reason, command.quarantine.owner, format_command(command.argv));
}

GuardVerdict judge_guarded(const GuardedCommand& command, const GuardedRun& run, std::chrono::year_month_day today) {
  GuardVerdict verdict;
  if (!run.end) {
    fail(verdict, run.not_started);
    return verdict;
  }
  if (run.end->signal != 0)
    fail(verdict, fmt::format("{}: {}", format_command(command.argv), to_string(*run.end)));
  else if (!command.junit.empty())
    judge_cases(verdict, command, run);
  else if (run.end->exit_code != 0)
    verdict.warnings.push_back(
        timing_case_failed(command.quarantine, format_command(command.argv), to_string(*run.end)));
  if (auto warning = expiry_warning(command.quarantine, today)) verdict.warnings.push_back(std::move(*warning));
  return verdict;
}

GuardedRun run_guarded(const GuardedCommand& command, Clock& clock) {
  GuardedRun run;
  std::error_code ignored;
  // The file of an earlier run must not be taken for this one's.
  if (!command.junit.empty()) std::filesystem::remove(command.junit, ignored);
  ProcessOptions process;
  process.argv = command.argv;
  process.shows_output = true;
  auto child = ChildProcess::start(process, clock);
  if (!child) {
    run.not_started = child.error();
    return run;
  }
  while (!run.end)
    run.end = child->wait(no_limit_ms);
  if (command.junit.empty()) return run;
  if (const auto xml = files::read_file(command.junit))
    run.cases = read_junit_times(*xml);
  else
    run.cases = tl::unexpected(EngineError{EngineError::Kind::bad_answer, "it was not written"});
  return run;
}

}  // namespace perftrend::runner
