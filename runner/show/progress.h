#pragma once
// Messages while the runner works: on a terminal one line that is rewritten, elsewhere a few plain lines. Everything
// goes to stderr, so that stdout contains only the summary.

#include <cstdio>
#include <string>
#include <string_view>

#include "runner/measure/performance.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

class ProgressReporter {
 public:
  enum class Style {
    silent,
    plain,
    terminal,
    github  ///< plain; timing warnings are annotations of the job
  };

  /// Silent on request, github in GitHub Actions, terminal if stderr is one, else plain.
  static Style style_of(bool quiet, const Variables& variables);

  /// Writes to `out` (stderr except in tests), which must outlive this.
  ProgressReporter(Style style, std::FILE* out) : style_(style), out_(out) {}
  ~ProgressReporter() { clear(); }
  ProgressReporter(const ProgressReporter&) = delete;
  ProgressReporter& operator=(const ProgressReporter&) = delete;

  /// Prints a line, unless the style is silent.
  void say(std::string_view line);
  /// Prints a line in every style: warnings and errors.
  void warn(std::string_view line);
  /// Rewrites the line on a terminal; elsewhere prints only the first step of each block.
  void step(const ProgressStep& step);
  /// Says what the runner is waiting for: rewrites the line on a terminal, else prints every thirtieth call.
  void wait(std::string_view line);
  /// Rewrites the line on a terminal; prints nothing elsewhere.
  void show(std::string_view line);

 private:
  void clear();

  Style style_;
  std::FILE* out_;
  bool line_open_ = false;
  int waits_ = 0;
};

}  // namespace perftrend::runner
