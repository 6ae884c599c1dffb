#include "runner/summary.h"

#include <fmt/format.h>

#include <array>

#include "runner/quarantine.h"
#include "runner/statistics.h"

namespace perftrend::runner {
namespace {

constexpr std::size_t prompt_bytes_shown = 48;
constexpr const char* bold = "\x1b[1m";
constexpr const char* plain = "\x1b[0m";

struct Unit {
  const char* name;
  double per_ms;
};

/// The one in which the median reads well; the whole line is in it.
Unit unit_of(double median_ms) {
  return median_ms < 0.1 ? Unit{"us", 1000} : Unit{"ms", 1};
}

/// The beginning, cut between characters and without line breaks.
std::string shown(const std::string& prompt) {
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

std::string measure_line(std::string_view measure, const std::vector<double>& samples) {
  const SampleSummary summary = summarise(samples);
  const Unit unit = unit_of(summary.median);
  return fmt::format("  {:<9}{:>9.3f} {}   MAD {:.3f}   min {:.3f}   p95 {:.3f}   n {}\n", spoken(measure),
                     summary.median * unit.per_ms, unit.name, summary.mad * unit.per_ms, summary.min * unit.per_ms,
                     summary.p95 * unit.per_ms, summary.count);
}

/// The block's first line: `Prompt 0  "Short"  5 tokens in, 2 out`, or the name of a program's case.
std::string heading(std::size_t index, const PromptSamples& samples, bool coloured) {
  const std::string name = samples.is_case ? shown(samples.prompt) : fmt::format("Prompt {}", index);
  std::string line = fmt::format("{}{}{}", coloured ? bold : "", name, coloured ? plain : "");
  if (!samples.is_case) line += fmt::format("  \"{}\"", shown(samples.prompt));
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
    for (const auto measure : shown_measures(each))
      text += measure_line(measure, each.times_ms.find(measure)->second);
  }
  return text;
}

}  // namespace perftrend::runner
