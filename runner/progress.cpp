#include "runner/progress.h"

#include <fmt/format.h>

#include <cstdio>

namespace perftrend::runner {
namespace {

constexpr const char* clear_line = "\r\x1b[K";

}  // namespace

void Progress::say(std::string_view line) {
  if (style_ != Style::silent) warn(line);
}

void Progress::warn(std::string_view line) {
  clear();
  fmt::print(out_, "{}\n", line);
  (void)std::fflush(out_);
}

void Progress::step(const Step& step) {
  const char* what = step.warmup ? "warm-up" : "measuring";
  if (style_ == Style::terminal) {
    fmt::print(out_, "{}{}: round {}/{}, prompt {}/{}", clear_line, what, step.round + 1, step.rounds, step.prompt + 1,
               step.prompts);
    (void)std::fflush(out_);
    line_open_ = true;
  } else if (step.round == 0 && step.prompt == 0) {
    say(fmt::format("{}: {} x {} prompts", what, step.rounds, step.prompts));
  }
}

void Progress::clear() {
  if (line_open_) fmt::print(out_, "{}", clear_line);
  line_open_ = false;
}

}  // namespace perftrend::runner
