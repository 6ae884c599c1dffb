#pragma once
// What a person sees while it runs: on a terminal one line that is written anew, elsewhere a few plain lines. All of it
// goes to stderr, so that stdout is the summary alone.

#include <cstdio>
#include <string>
#include <string_view>

#include "runner/measure/performance.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

class Progress {
 public:
  enum class Style {
    silent,
    plain,
    terminal,
    github  ///< plain, and a warning about times is an annotation of the job
  };

  /// Silent when asked for, annotations on GitHub, one line on a terminal (stderr), else plain.
  static Style style_of(bool quiet, const Variables& variables);

  /// Writes to `out` (stderr but in tests), which must outlive it.
  Progress(Style style, std::FILE* out) : style_(style), out_(out) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// A line that stays. Silent when silent.
  void say(std::string_view line);
  /// A line that stays, whatever the style: warnings and errors.
  void warn(std::string_view line);
  /// The line that is written anew; in the plain style only the first pass of warm-up and of measuring is told.
  void step(const Step& step);
  /// Why nothing happens: written anew on a terminal, else every thirtieth time a line.
  void wait(std::string_view line);
  /// What happens now, where it can be written anew: a terminal. Nothing elsewhere.
  void show(std::string_view line);

 private:
  void clear();

  Style style_;
  std::FILE* out_;
  bool line_open_ = false;
  int waits_ = 0;
};

}  // namespace perftrend::runner
