#include "server/commands/progress_bar.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "core/text/progress_text.h"

namespace perftrend {
namespace {

constexpr const char* clear_line = "\r\x1b[K";
constexpr std::size_t plain_lines = 10;
constexpr std::chrono::milliseconds redraw_after{100};  // faster updates cannot be read

}  // namespace

ProgressBar::ProgressBar(std::string doing, std::size_t total)
    : doing_(std::move(doing)),
      total_(total),
      on_terminal_(::isatty(STDERR_FILENO) == 1),
      began_(std::chrono::steady_clock::now()) {}

ProgressBar::~ProgressBar() {
  clear();
}

void ProgressBar::clear() {
  if (drawn_) fmt::print(stderr, "{}", clear_line);
  drawn_ = false;
}

void ProgressBar::step() {
  ++done_;
  if (on_terminal_) {
    const auto now = std::chrono::steady_clock::now();
    if (!drawn_ || now - drawn_at_ >= redraw_after || done_ == total_) draw(now);
  } else if (total_ >= plain_total_min && done_ * plain_lines / total_ != (done_ - 1) * plain_lines / total_) {
    fmt::print(stderr, "{} {} of {}\n", doing_, done_, total_);
  }
}

void ProgressBar::draw(std::chrono::steady_clock::time_point now) {
  const double seconds = std::chrono::duration<double>(now - began_).count();
  fmt::print(stderr, "{}{} {}", clear_line, doing_, text::progress_text(done_, total_, seconds));
  (void)std::fflush(stderr);
  drawn_ = true;
  drawn_at_ = now;
}

}  // namespace perftrend
