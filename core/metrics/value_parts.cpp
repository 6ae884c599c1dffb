#include "core/metrics/value_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "core/metrics/name_words.h"
#include "core/metrics/units.h"
#include "core/metrics/value_words.h"
#include "core/text/numbers.h"

namespace perftrend::metrics {

namespace {

/// Longest value or line that is looked at.
constexpr std::size_t text_bytes_max = 400;

/// What llama.cpp prints of one phase: "1234.56 ms / 512 tokens (2.41 ms per token, 414.72 tokens per second)".
struct PhaseTiming {
  std::string_view time;  ///< "1234.56 ms"
  std::string rate;       ///< "414.72", of tokens per second; "" where the line has no time per token either
  bool has_count = false;
};

/// The number at the start of a text, cut off with the blanks after it.
std::string_view take_number(std::string_view& text) {
  text = text::trim(text);
  const std::string_view number = text.substr(0, text::parse_decimal_prefix(text).bytes);
  text = text::trim(text.substr(number.size()));
  return number;
}

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text = text::trim(text.substr(word.size()));
  return true;
}

std::optional<PhaseTiming> read_phase(std::string_view text) {
  if (text.size() > text_bytes_max) return std::nullopt;
  PhaseTiming timing;
  text = text::trim(text);
  const char* const begin = text.data();
  if (take_number(text).empty() || !text.starts_with("ms")) return std::nullopt;
  timing.time = {begin, static_cast<std::size_t>(text.data() - begin) + 2};
  text = text::trim(text.substr(2));
  if (text.empty()) return timing;
  if (!take(text, "/") || take_number(text).empty()) return std::nullopt;
  timing.has_count = take(text, "tokens") || take(text, "token") || take(text, "runs") || take(text, "run");
  if (!timing.has_count) return std::nullopt;
  if (text.empty()) return timing;
  if (!take(text, "(") || !text.ends_with(')')) return std::nullopt;
  const std::string_view each = take_number(text);
  const bool is_per_token = take(text, "ms per token");
  if (take(text, ",")) {
    const std::string_view rate = take_number(text);
    if (take(text, "tokens per second")) timing.rate = rate;
  } else if (is_per_token) {  // as older versions print it
    const double ms = text::parse_decimal(each).value_or(0);
    if (ms > 0) timing.rate = fmt::format("{:.6g}", 1e3 / ms);
  }
  return timing;
}

/// "prompt eval time" is "prompt_eval".
std::string phase_name(std::string_view metric) {
  const NameWords words(metric);
  std::string name;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0 && i + 1 == words.size() && (words[i] == "time" || words[i] == "ms")) break;
    name += name.empty() ? "" : "_";
    name += words[i];
  }
  return name;
}

/// The name of a statistic of a metric: p50 of latency_ms is latency_p50_ms.
std::string statistic_name(std::string_view metric, std::string_view statistic) {
  const NameWords words(metric);
  const NameWords wanted(statistic);
  if (!wanted.empty() && words.contains(wanted.first()) && wanted.size() == 1) return std::string(metric);
  const std::string_view suffix = metric.substr(metric.size() - unit_suffix_bytes(metric));
  std::string name(metric.substr(0, metric.size() - suffix.size()));
  return name.append("_").append(statistic).append(suffix);
}

/// "p50=12ms p99: 30ms; max = 5 s".
std::vector<ValuePart> split_statistics(std::string_view metric, std::string_view text) {
  constexpr std::string_view around = " \t,;|{}\"'";
  std::vector<ValuePart> parts;
  text = text::trim(text, around);
  while (!text.empty()) {
    const std::size_t sign = text.find_first_of("=:");
    if (sign == std::string_view::npos) return {};
    const std::string_view key = text::trim(text.substr(0, sign), around);
    if (!is_statistic(key)) return {};
    const std::size_t next_sign = text.find_first_of("=:", sign + 1);
    std::size_t end = text.size();
    if (next_sign != std::string_view::npos) {  // the key before it is not part of this value
      const std::size_t key_end = text.find_last_not_of(around, next_sign - 1);
      if (key_end == std::string_view::npos || key_end <= sign) return {};
      const std::size_t before_key = text.find_last_of(around, key_end);
      if (before_key == std::string_view::npos || before_key <= sign) return {};
      end = before_key + 1;
    }
    const std::string_view value = text::trim(text.substr(sign + 1, end - sign - 1), around);
    if (text::parse_decimal_prefix(value).bytes == 0) return {};
    parts.push_back({statistic_name(metric, key), std::string(value)});
    text = text::trim(text.substr(end), around);
  }
  return parts;
}

/// Phases as llama.cpp and whisper.cpp name them, and their metrics.
constexpr auto phases = std::to_array<std::pair<std::string_view, std::string_view>>({{"load", "load"},
                                                                                      {"sample", "sample"},
                                                                                      {"sampling", "sample"},
                                                                                      {"prompt eval", "prefill"},
                                                                                      {"eval", "eval"},
                                                                                      {"total", "total"},
                                                                                      {"unaccounted", ""},
                                                                                      {"mel", "mel"},
                                                                                      {"encode", "encode"},
                                                                                      {"decode", "decode"},
                                                                                      {"batchd", "batchd"},
                                                                                      {"prompt", "prompt"}});

/// "[ Prompt: 123.4 t/s | Generation: 45.6 t/s ]", as llama-cli ends.
std::vector<ValuePart> read_cli_summary(std::string_view line) {
  std::vector<ValuePart> parts;
  constexpr auto names = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"Prompt:", "prefill_tokens_per_s"}, {"Generation:", "eval_tokens_per_s"}});
  for (const auto& [label, metric] : names) {
    const std::size_t at = line.find(label);
    if (at == std::string_view::npos) return {};
    std::string_view rest = line.substr(at + label.size());
    const std::string_view number = take_number(rest);
    if (number.empty() || !rest.starts_with("t/s")) return {};
    parts.push_back({std::string(metric), std::string(number)});
  }
  return parts;
}

}  // namespace

std::vector<ValuePart> split_value(std::string_view metric, std::string_view text) {
  if (text.size() > text_bytes_max) return {};
  const auto timing = read_phase(text);
  if (!timing || !timing->has_count) return split_statistics(metric, text);
  std::vector<ValuePart> parts = {{std::string(metric), std::string(timing->time)}};
  if (!timing->rate.empty()) parts.push_back({phase_name(metric) + "_tokens_per_s", timing->rate});
  return parts;
}

std::vector<ValuePart> read_llama_timing(std::string_view line) {
  line = text::trim(line);
  if (line.size() > text_bytes_max) return {};
  if (line.starts_with("[ Prompt:")) return read_cli_summary(line);
  const std::size_t sign = line.find(" time =");
  if (sign == std::string_view::npos) return {};
  std::string_view name = line.substr(0, sign);
  const std::size_t label = name.find_last_of(":|");
  name = text::trim(label == std::string_view::npos ? name : name.substr(label + 1));
  const auto* phase = std::find_if(phases.begin(), phases.end(), [&](const auto& one) { return one.first == name; });
  if (phase == phases.end() || phase->second.empty()) return {};
  const auto timing = read_phase(line.substr(sign + 7));
  const bool is_of_llama = line.find("print_timing") < sign || line.find("perf_") < sign;
  if (!timing || !(is_of_llama || timing->has_count)) return {};
  const std::string metric(phase->second);
  std::vector<ValuePart> parts = {
      {metric + "_ms", std::string(text::trim(timing->time.substr(0, timing->time.size() - 2)))}};
  if (!timing->rate.empty() && metric != "total") parts.push_back({metric + "_tokens_per_s", timing->rate});
  return parts;
}

}  // namespace perftrend::metrics
