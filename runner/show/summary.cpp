#include "runner/show/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/stats/median.h"
#include "core/stats/sample_summary.h"
#include "runner/report/time_text.h"

namespace perftrend::runner {
namespace {

constexpr std::size_t prompt_bytes_shown = 48;
constexpr const char* bold = "\x1b[1m";
constexpr const char* plain = "\x1b[0m";

/// Unit and decimals of the times of a block; one unit per block, so that its lines are easy to compare.
struct Scale {
  const char* unit;
  double per_ms;
  int decimals;
};

/// The unit suits the longest median of the block, the decimals suit the shortest.
Scale scale_of(const PromptSamples& samples) {
  constexpr double small = 0.1;
  double shortest_ms = std::numeric_limits<double>::infinity();
  double longest_ms = 0;
  for (const auto metric : summary_metrics(samples)) {
    const double median_ms = stats::median(samples.times_ms.find(metric)->second);
    shortest_ms = std::min(shortest_ms, median_ms);
    longest_ms = std::max(longest_ms, median_ms);
  }
  Scale scale = longest_ms < small ? Scale{"us", 1000, 3} : Scale{"ms", 1, 3};
  if (shortest_ms * scale.per_ms < small) scale.decimals = 6;
  return scale;
}

/// The beginning of the prompt, cut between characters, without control characters.
std::string format_prompt(const std::string& prompt) {
  std::string text = prompt.substr(0, prompt_bytes_shown);
  if (text.size() < prompt.size()) {
    while (!text.empty() && (static_cast<unsigned char>(prompt[text.size()]) & 0xC0U) == 0x80)
      text.pop_back();
    text += "...";
  }
  for (char& byte : text) {
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F) byte = ' ';
  }
  return text;
}

std::string metric_line(std::string_view metric, const std::vector<double>& samples, const Scale& scale) {
  const stats::SampleSummary summary = stats::summarise(samples);
  const auto number = [&](double time_ms) { return fmt::format("{:.{}f}", time_ms * scale.per_ms, scale.decimals); };
  return fmt::format("  {:<9}{:>9} {}   MAD {}   min {}   p95 {}   n {}\n", display_name(metric),
                     number(summary.median), scale.unit, number(summary.mad), number(summary.min), number(summary.p95),
                     summary.count);
}

/// The block's first line: `Prompt 0  "Short"  5 tokens in, 2 out`, or the name of a program's case.
std::string heading(std::size_t index, const PromptSamples& samples, bool coloured) {
  const std::string name = samples.is_case ? format_prompt(samples.prompt) : fmt::format("Prompt {}", index);
  std::string line = fmt::format("{}{}{}", coloured ? bold : "", name, coloured ? plain : "");
  if (!samples.is_case) line += fmt::format("  \"{}\"", format_prompt(samples.prompt));
  if (!samples.is_case || !samples.prompt_tokens.empty()) {
    line += fmt::format("  {} tokens in, {} out", samples.prompt_tokens.empty() ? 0 : samples.prompt_tokens.front(),
                        samples.generated_tokens.empty() ? 0 : samples.generated_tokens.front());
  }
  return line + "\n";
}

}  // namespace

std::string summary_of(const std::vector<PromptSamples>& samples, bool coloured) {
  std::string text;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const PromptSamples& each = samples[i];
    text += heading(i, each, coloured);
    const Scale scale = scale_of(each);
    for (const auto metric : summary_metrics(each))
      text += metric_line(metric, each.times_ms.find(metric)->second, scale);
  }
  return text;
}

}  // namespace perftrend::runner
