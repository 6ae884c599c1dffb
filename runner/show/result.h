#pragma once
// The result of a run in other formats than text: JSON for programs, Markdown for GitHub's summary page of a job,
// annotations for its log. The report is the JUnit file; the server reads nothing of this.

#include <string>
#include <string_view>
#include <vector>

#include "core/junit/suite_report.h"
#include "runner/machine/fitness.h"
#include "runner/measure/performance.h"

namespace perftrend::runner {

struct RunResult {
  std::string scenario;
  std::string engine;
  std::string report_file;
  std::vector<junit::CaseReport> cases;
  std::vector<PromptSamples> samples;
  Fitness fitness;
};

/// One object on one line, with a newline at its end: {"scenario", "engine", "report", "machine": {"verdict",
/// "reasons"}, "cases": [{"name", "outcome", "message", "warnings"}], "prompts": [{"prompt", "prompt_tokens",
/// "generated_tokens", "metrics": {"prefill_ms": {"median", "mad", "min", "p95", "n"}}}]}. Times in ms.
std::string to_json(const RunResult& result);

/// A heading, a table of the medians, the verdict on the machine and the warnings. Prompts and messages are escaped.
std::string to_markdown(const RunResult& result);

/// A line of output that GitHub shows as a warning of the job: "::warning title=perftrend::TEXT".
std::string to_annotation(std::string_view warning);

/// Appends to a file; false if it fails.
bool append_to(const std::string& file, std::string_view text);

}  // namespace perftrend::runner
