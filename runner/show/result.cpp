#include "runner/show/result.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

#include "core/stats/sample_summary.h"
#include "core/text/trim.h"
#include "runner/report/time_text.h"

namespace perftrend::runner {
namespace {

constexpr std::size_t prompt_bytes_shown = 48;

std::string_view to_string(CaseStatus status) {
  switch (status) {
    case CaseStatus::passed:
      return "passed";
    case CaseStatus::failed:
      return "failed";
    case CaseStatus::errored:
      return "errored";
    case CaseStatus::skipped:
      return "skipped";
    case CaseStatus::notrun:
      return "notrun";
  }
  return "unknown";
}

nlohmann::ordered_json to_object(const PromptSamples& samples) {
  nlohmann::ordered_json metrics = nlohmann::ordered_json::object();
  for (const auto& [name, times_ms] : samples.times_ms) {
    const stats::SampleSummary each = stats::summarise(times_ms);
    metrics[name] = {
        {"median", each.median}, {"mad", each.mad}, {"min", each.min}, {"p95", each.p95}, {"n", each.count}};
  }
  const auto first = [](const std::vector<std::int64_t>& counts) { return counts.empty() ? 0 : counts.front(); };
  return {{"prompt", samples.prompt},
          {"prompt_tokens", first(samples.prompt_tokens)},
          {"generated_tokens", first(samples.generated_tokens)},
          {"metrics", std::move(metrics)}};
}

/// Text for a table cell or a list item: markup is escaped, line ends become blanks.
std::string plain(std::string_view text) {
  std::string safe;
  for (const char byte : text) {
    if (byte == '\n' || byte == '\r') {
      safe += ' ';
    } else {
      if (std::string_view("\\`*_{}[]<>()#|~!&").find(byte) != std::string_view::npos) safe += '\\';
      safe += byte;
    }
  }
  return safe;
}

std::string rows_of(std::size_t prompt, const PromptSamples& samples) {
  std::string rows;
  for (const auto metric : summary_metrics(samples)) {
    const stats::SampleSummary each = stats::summarise(samples.times_ms.find(metric)->second);
    rows +=
        fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", samples.is_case ? "" : std::to_string(prompt),
                    plain(text::shortened(samples.prompt, prompt_bytes_shown + 3, "...")), display_name(metric),
                    format_ms(each.median), format_ms(each.mad), format_ms(each.min), format_ms(each.p95), each.count);
  }
  return rows;
}

}  // namespace

std::string to_json(const RunResult& result) {
  nlohmann::ordered_json cases = nlohmann::ordered_json::array();
  for (const junit::CaseReport& each : result.cases) {
    cases.push_back({{"name", each.name},
                     {"outcome", to_string(each.status)},
                     {"message", each.message},
                     {"warnings", each.warnings}});
  }
  nlohmann::ordered_json prompts = nlohmann::ordered_json::array();
  for (const PromptSamples& each : result.samples)
    prompts.push_back(to_object(each));
  const nlohmann::ordered_json json{
      {"scenario", result.scenario},
      {"engine", result.engine},
      {"report", result.report_file},
      {"machine", {{"verdict", to_string(result.fitness.verdict)}, {"reasons", result.fitness.reasons}}},
      {"cases", std::move(cases)},
      {"prompts", std::move(prompts)}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string to_markdown(const RunResult& result) {
  std::string text = fmt::format("### {} on {}\n\n", plain(result.scenario), plain(result.engine));
  for (const junit::CaseReport& each : result.cases) {
    text += fmt::format("- {}: **{}**{}{}\n", plain(each.name), to_string(each.status),
                        each.message.empty() ? "" : ", ", plain(each.message));
  }
  std::string rows;
  for (std::size_t i = 0; i < result.samples.size(); ++i)
    rows += rows_of(i, result.samples[i]);
  if (!rows.empty()) {
    text += "\n| # | prompt | metric | median | MAD | min | p95 | n |\n|--:|---|---|--:|--:|--:|--:|--:|\n" + rows;
    text += fmt::format("\nThe machine was {}{}{}. Times never fail a build.\n", to_string(result.fitness.verdict),
                        result.fitness.reasons.empty() ? "" : ": ",
                        plain(fmt::format("{}", fmt::join(result.fitness.reasons, "; "))));
  }
  bool first = true;
  for (const junit::CaseReport& each : result.cases) {
    for (const auto& warning : each.warnings) {
      text += fmt::format("{}- {}{}\n", first ? "\n" : "", junit::warning_mark, plain(warning));
      first = false;
    }
  }
  return text + "\n";
}

std::string to_annotation(std::string_view warning) {
  std::string text = "::warning title=perftrend::";
  for (const char byte : warning) {
    // GitHub's workflow commands require these three to be escaped.
    if (byte == '%' || byte == '\r' || byte == '\n')
      text += byte == '%' ? "%25" : byte == '\r' ? "%0D" : "%0A";
    else
      text += byte;
  }
  return text;
}

bool append_to(const std::string& file, std::string_view text) {
  std::ofstream out(file, std::ios::app | std::ios::binary);
  out << text;
  out.close();
  return !out.fail();
}

}  // namespace perftrend::runner
