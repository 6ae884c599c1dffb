#pragma once
// The summary on stdout: a heading and one line per metric for each prompt.

#include <string>
#include <vector>

#include "runner/measure/performance.h"

namespace perftrend::runner {

/// Lines that end in newlines; with ANSI colours if `coloured`.
std::string summary_of(const std::vector<PromptSamples>& samples, bool coloured);

}  // namespace perftrend::runner
