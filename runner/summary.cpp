#include "runner/summary.h"

#include <fmt/format.h>

#include <array>

#include "runner/measures.h"
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

}  // namespace

std::string summary_of(const std::vector<PromptSamples>& samples, bool coloured) {
  std::string text;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const PromptSamples& each = samples[i];
    text += fmt::format("{}Prompt {}{}  \"{}\"  {} tokens in, {} out\n", coloured ? bold : "", i, coloured ? plain : "",
                        shown(each.prompt), each.prompt_tokens.empty() ? 0 : each.prompt_tokens.front(),
                        each.generated_tokens.empty() ? 0 : each.generated_tokens.front());
    for (const auto measure : {tokenize_measure, prefill_measure}) {
      const auto found = each.times_ms.find(measure);
      if (found != each.times_ms.end()) text += measure_line(measure, found->second);
    }
  }
  return text;
}

}  // namespace perftrend::runner
