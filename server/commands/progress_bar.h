#pragma once
// How far a command is with many files or runs, on stderr: a bar that is written anew on a terminal, else a plain line
// for every tenth part.

#include <chrono>
#include <cstddef>
#include <string>

namespace perftrend {

class ProgressBar {
 public:
  /// `doing` is what the line begins with ("importing"). Elsewhere than on a terminal, fewer than plain_total_min steps
  /// are not told of.
  ProgressBar(std::string doing, std::size_t total);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

  void step();
  /// Takes the bar off the terminal, so that a line may be printed; the next step draws it again.
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
