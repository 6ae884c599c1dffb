#include "server/commands/progress_bar.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace perftrend {
namespace {

constexpr const char* clear_line = "\r\x1b[K";
constexpr std::size_t bar_cells = 30;
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
  const std::size_t full = total_ == 0 ? bar_cells : done_ * bar_cells / total_;
  const double seconds = std::chrono::duration<double>(now - began_).count();
  const double left = seconds / static_cast<double>(done_) * static_cast<double>(total_ - done_);
  fmt::print(stderr, "{}{} [{}{}] {} of {}, {:.0f} s left", clear_line, doing_, std::string(full, '#'),
             std::string(bar_cells - full, '.'), done_, total_, left);
  (void)std::fflush(stderr);
  drawn_ = true;
  drawn_at_ = now;
}

}  // namespace perftrend
