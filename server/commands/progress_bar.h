#pragma once
// Progress of a command over many files or runs, on stderr: a bar on a terminal, else one line for each tenth of the
// work.

#include <chrono>
#include <cstddef>
#include <string>

namespace perftrend {

class ProgressBar {
 public:
  /// `doing` begins the line ("importing"). If stderr is not a terminal, fewer than plain_total_min steps show nothing.
  ProgressBar(std::string doing, std::size_t total);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

  void step();
  /// Removes the bar from the terminal, so that a line can be printed. The next step draws it again.
  void clear();

  static constexpr std::size_t plain_total_min = 100;

 private:
  void draw(std::chrono::steady_clock::time_point now);

  std::string doing_;
  std::size_t total_, done_ = 0;
  bool on_terminal_, drawn_ = false;
  std::chrono::steady_clock::time_point began_, drawn_at_;
};

}  // namespace perftrend
