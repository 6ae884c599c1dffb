#include "runner/show/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "core/stats/median.h"
#include "runner/report/time_text.h"
#include "runner/show/result.h"

namespace perftrend::runner {
namespace {

constexpr const char* clear_line = "\r\x1b[K";
constexpr std::size_t bar_cells = 20;

const char* name_of(ProgressStep::Block block) {
  switch (block) {
    case ProgressStep::Block::warmup:
      return "warm-up";
    case ProgressStep::Block::tokenize:
      return "tokenizing";
    case ProgressStep::Block::prompts:
      return "measuring";
  }
  return "";
}

/// "[####......]": the share of the expected rounds that is done.
std::string bar_of(const ProgressStep& step) {
  const std::size_t done = static_cast<std::size_t>(step.round) * step.prompts + step.prompt;
  const std::size_t all = static_cast<std::size_t>(std::max(step.rounds, 1)) * std::max<std::size_t>(step.prompts, 1);
  const std::size_t full = std::min(bar_cells, done * bar_cells / all);
  return fmt::format("[{:#<{}}{:.<{}}]", "", full, "", bar_cells - full);
}

std::string median_of(const ProgressStep& step) {
  if (step.so_far == nullptr || step.so_far->empty()) return "";
  return fmt::format(", median {}", format_ms(stats::median(*step.so_far)));
}

}  // namespace

ProgressReporter::Style ProgressReporter::style_of(bool quiet, const Variables& variables) {
  if (quiet) return Style::silent;
  if (value_of(variables, "GITHUB_ACTIONS") == "true") return Style::github;
  const bool terminal = ::isatty(STDERR_FILENO) == 1 && value_of(variables, "TERM") != "dumb";
  return terminal ? Style::terminal : Style::plain;
}

void ProgressReporter::say(std::string_view line) {
  if (style_ != Style::silent) warn(line);
}

void ProgressReporter::warn(std::string_view line) {
  clear();
  if (style_ == Style::github && line.starts_with(junit::warning_mark))
    fmt::print(out_, "{}\n", to_annotation(line));
  else
    fmt::print(out_, "{}\n", line);
  (void)std::fflush(out_);
}

void ProgressReporter::step(const ProgressStep& step) {
  if (style_ == Style::terminal) {
    fmt::print(out_, "{}{} {} round {}/{}, prompt {}/{}{}", clear_line, name_of(step.block), bar_of(step),
               step.round + 1, step.rounds, step.prompt + 1, step.prompts, median_of(step));
    (void)std::fflush(out_);
    line_open_ = true;
  } else if (step.round == 0 && step.prompt == 0) {
    say(fmt::format("{}: {} x {} prompts", name_of(step.block), step.rounds, step.prompts));
  }
}

void ProgressReporter::wait(std::string_view line) {
  constexpr int calls_per_line = 30;  // a call takes a second: two lines per minute
  if (style_ == Style::terminal) {
    show(line);
  } else if (waits_ % calls_per_line == 0) {
    say(line);
  }
  ++waits_;
}

void ProgressReporter::show(std::string_view line) {
  if (style_ != Style::terminal) return;
  fmt::print(out_, "{}{}", clear_line, line);
  (void)std::fflush(out_);
  line_open_ = true;
}

void ProgressReporter::clear() {
  if (line_open_) fmt::print(out_, "{}", clear_line);
  line_open_ = false;
}

}  // namespace perftrend::runner
