#include "runner/measure/command_cases.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/stats/median.h"
#include "runner/measure/engine_case.h"
#include "runner/measure/functional.h"
#include "runner/report/case_names.h"
#include "runner/report/quarantine.h"
#include "runner/report/time_text.h"

namespace perftrend::runner {
namespace {

const std::string engine_name{command_engine_name};

/// Adds samples, a line of output and, for an unexpected time, a warning.
void add_samples_of(junit::CaseReport& report, const Scenario& scenario, const std::string& metric,
                    const std::vector<double>& samples_ms) {
  const double median_ms = stats::median(samples_ms);
  report.properties.emplace_back(metric, to_sample_list(samples_ms));
  report.out.push_back(fmt::format("{} = {:.3f}ms", display_name(metric), median_ms));
  if (auto warning = unusual_time(scenario, engine_name, report.name, metric, median_ms, samples_ms.size()))
    report.warnings.push_back(std::move(*warning));
}

/// A <failure> of a case that the quarantine names. An <error>, or a case that could not be read or measured, does not
/// count.
bool is_timing_failure(const Scenario& scenario, const CommandCase& each) {
  return each.error && each.error->message.starts_with("failure: ") && is_timing_case(scenario.quarantine, each.name);
}

/// The message of the case without the prefix "failure: ".
std::string_view failure_message(const CommandCase& failed) {
  constexpr std::string_view failure = "failure: ";
  std::string_view message = failed.error->message;
  if (message.starts_with(failure)) message.remove_prefix(failure.size());
  return message;
}

junit::CaseReport report_of(const Scenario& scenario, const CommandCase& each) {
  junit::CaseReport report = engine_case(each.name.c_str(), scenario, engine_name);
  if (each.error && is_timing_failure(scenario, each)) {
    report.status = CaseStatus::skipped;
    report.message = fmt::format("quarantined: {}", failure_message(each));
    report.warnings.push_back(timing_case_failed(scenario.quarantine, each.name, failure_message(each)));
    return report;
  }
  if (each.error) {
    set_engine_error(report, *each.error);
    return report;
  }
  if (each.skipped) {
    report.status = CaseStatus::skipped;
    report.message = each.message;
    return report;
  }
  for (const auto& [metric, samples_ms] : each.times_ms)
    add_samples_of(report, scenario, metric, samples_ms);
  for (const auto& [name, counts] :
       {std::pair{"prompt_tokens", &each.prompt_tokens}, std::pair{"generated_tokens", &each.generated_tokens}}) {
    if (!counts->empty()) report.properties.emplace_back(name, fmt::format("{}", fmt::join(*counts, " ")));
  }
  return report;
}

double seconds_since(std::int64_t start_ns, const Clock& clock) {
  return static_cast<double>(clock.now_ns() - start_ns) / ns_per_s;
}

/// Times of the program itself, one per run.
struct ProgramTimes {
  std::vector<double> wall_ms, user_ms, system_ms;
  void add(const CommandRun& run) {
    wall_ms.push_back(run.wall_ms);
    user_ms.push_back(run.end.user_ms);
    system_ms.push_back(run.end.system_ms);
  }
};

/// The cases that have samples and no error.
std::vector<PromptSamples> samples_of(const CommandOutput& output) {
  std::vector<PromptSamples> samples;
  for (const CommandCase& each : output.cases) {
    if (!each.error && !each.skipped && !each.times_ms.empty())
      samples.push_back({each.name, each.times_ms, each.prompt_tokens, each.generated_tokens, true});
  }
  return samples;
}

bool are_precise(const Scenario& scenario, const CommandOutput& output) {
  constexpr double tick_ms = 0;  // the program's clock resolution is unknown
  const auto samples = samples_of(output);
  return std::all_of(samples.begin(), samples.end(), [&](const PromptSamples& each) {
    const auto metrics = summary_metrics(each);
    return std::all_of(metrics.begin(), metrics.end(),
                       [&](std::string_view metric) { return is_precise(scenario, each, metric, tick_ms); });
  });
}

}  // namespace

junit::CaseReport run_command_functional(const Scenario& scenario, const CommandOptions& options, EngineInfo& info,
                                         Clock& clock) {
  info.name = engine_name;
  info.summary = fmt::format("command: {}", fmt::join(options.process.argv, " "));
  junit::CaseReport report = engine_case(functional_case_name, scenario, engine_name);
  const std::int64_t start_ns = clock.now_ns();
  CommandOptions untimed = options;
  untimed.process.environment.emplace(timing_variable, "0");  // unless the scenario sets it
  const auto run = Command(untimed, clock).run(1, 0);
  report.time_seconds = seconds_since(start_ns, clock);
  if (!run) {
    set_engine_error(report, run.error());
    return report;
  }
  info.parameters = run->output.parameters;
  std::vector<std::string> wrong;
  for (const CommandCase& each : run->output.cases) {
    if (is_timing_failure(scenario, each))
      report.warnings.push_back(timing_case_failed(scenario.quarantine, each.name, failure_message(each)));
    else if (each.error)
      wrong.push_back(fmt::format("{}: {}", each.name, each.error->message));
  }
  if (wrong.empty()) return report;
  report.status = CaseStatus::failed;
  report.type = "functional";
  report.message = wrong.size() == 1 ? wrong.front() : fmt::format("{} (and {} more)", wrong.front(), wrong.size() - 1);
  report.details = fmt::format("{}", fmt::join(wrong, "\n"));
  return report;
}

CommandReports measure_command(const Scenario& scenario, const CommandOptions& options, Clock& clock,
                               const OnStep& on_step) {
  CommandReports reports{engine_case(performance_case_name, scenario, engine_name), {}, {}};
  const bool once = repeats_by_itself(options);
  Command command(options, clock);
  CommandOutput sum;
  ProgramTimes times;
  const std::int64_t start_ns = clock.now_ns();
  const auto run_once = [&](ProgressStep::Block block, int round, int rounds) {
    ProgressStep step;
    step.block = block;
    step.round = round;
    step.rounds = rounds;
    step.prompts = 1;
    on_step(step);
    auto run = command.run(scenario.repeats, scenario.warmup);
    reports.performance.time_seconds = seconds_since(start_ns, clock);
    if (!run) set_engine_error(reports.performance, run.error());
    return run;
  };
  const int warmup = once ? 0 : scenario.warmup;
  for (int round = 0; round < warmup; ++round) {
    if (!run_once(ProgressStep::Block::warmup, round, warmup)) return reports;
  }
  for (bool over = false; !over;) {
    const int expected = once ? 1 : reports.rounds < scenario.repeats ? scenario.repeats : scenario.repeats_max;
    const auto run = run_once(ProgressStep::Block::prompts, reports.rounds, expected);
    if (!run) return reports;
    add_run(sum, run->output);
    times.add(*run);
    ++reports.rounds;
    const auto why = once ? std::optional(EndedBy::repeats)
                          : end_reason(scenario, reports.rounds, reports.performance.time_seconds, scenario.budget_s,
                                       [&] { return are_precise(scenario, sum); });
    over = why.has_value();
    reports.ended = why.value_or(reports.ended);
  }
  add_samples_of(reports.performance, scenario, "wall_ms", times.wall_ms);
  add_samples_of(reports.performance, scenario, "user_ms", times.user_ms);
  add_samples_of(reports.performance, scenario, "system_ms", times.system_ms);
  for (const CommandCase& each : sum.cases)
    reports.cases.push_back(report_of(scenario, each));
  reports.samples = samples_of(sum);
  return reports;
}

}  // namespace perftrend::runner
