#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "server/triage/compare.h"

namespace perftrend::triage {
namespace {

constexpr std::size_t listed_max = 50;

/// A name in a cell of a table: characters that end the cell or begin other markup are escaped.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      escaped += ' ';
    } else {
      if (std::string_view("\\`*_{}[]<>()#+!|~@").find(c) != std::string_view::npos) escaped += '\\';
      escaped += c;
    }
  }
  return escaped;
}

std::string percent(double share) {
  return fmt::format("{:+.1f} %", 100 * share);
}

std::string interval(const SeriesComparison& row) {
  if (!row.effect_low) return percent(row.effect);
  return fmt::format("{} ({} to {})", percent(row.effect), percent(*row.effect_low), percent(*row.effect_high));
}

std::string_view verdict_text(Verdict verdict) {
  return verdict == Verdict::regressed ? "**regressed**" : verdict == Verdict::improved ? "improved" : "unchanged";
}

void add_row(std::string& text, const SeriesComparison& row) {
  fmt::format_to(std::back_inserter(text), "| {} | {} | {:.4g} {} | {:.4g} {} | {} | {} |\n", cell(row.key.name),
                 cell(row.metric), row.base_median, cell(row.unit), row.head_median, cell(row.unit), interval(row),
                 verdict_text(row.verdict));
}

void add_one_sided(std::string& text, std::string_view title, const std::vector<SeriesComparison>& series) {
  if (series.empty()) return;
  fmt::format_to(std::back_inserter(text), "\n<details><summary>{} ({})</summary>\n\n", title, series.size());
  for (std::size_t i = 0; i < std::min(listed_max, series.size()); ++i)
    fmt::format_to(std::back_inserter(text), "- {}: {}\n", cell(series[i].key.name), cell(series[i].metric));
  if (series.size() > listed_max) fmt::format_to(std::back_inserter(text), "- {} more\n", series.size() - listed_max);
  text += "\n</details>\n";
}

}  // namespace

std::string to_markdown(const Comparison& comparison, std::string_view project_name, std::string_view url) {
  std::string text = fmt::format("### perftrend: {}, {} against {}\n\n", cell(project_name), cell(comparison.head.name),
                                 cell(comparison.base.name));
  fmt::format_to(std::back_inserter(text), "{} regressed, {} improved, {} unchanged, {} not judged.\n",
                 comparison.regressed, comparison.improved, comparison.unchanged, comparison.undecided);
  const std::size_t changed = comparison.regressed + comparison.improved;
  if (changed > 0) {
    text += "\n| case | metric | base | head | change (95 % interval) | verdict |\n|---|---|--:|--:|--:|---|\n";
    for (std::size_t i = 0; i < std::min(listed_max, changed); ++i)
      add_row(text, comparison.series[i]);
    if (changed > listed_max) fmt::format_to(std::back_inserter(text), "\n{} more changed.\n", changed - listed_max);
  }
  add_one_sided(text, "Only in the base", comparison.only_base);
  add_one_sided(text, "Only in the head", comparison.only_head);
  fmt::format_to(std::back_inserter(text), "\nBase: {}. Head: {}.\n", cell(comparison.base.text),
                 cell(comparison.head.text));
  if (!url.empty()) fmt::format_to(std::back_inserter(text), "[Details]({})\n", url);
  return text;
}

}  // namespace perftrend::triage
