#pragma once
// The summary at the end: three lines for each prompt, one unit per line.

#include <string>
#include <vector>

#include "runner/measure/performance.h"

namespace perftrend::runner {

/// Lines joined by newlines, with one at the end; ANSI colours if `coloured`.
std::string summary_of(const std::vector<PromptSamples>& samples, bool coloured);

}  // namespace perftrend::runner
