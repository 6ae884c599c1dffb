#pragma once
// Readers of formats that are text (schema/formats.md): what `go test -bench` and `cargo bench` print, and CSV. Each
// gets text that is valid UTF-8, and refuses through the builder, or with a place, what the format does not allow.
// Linear in the bytes. Pure; safe from any thread.

#include <tl/expected.hpp>

#include <string>
#include <string_view>

#include "core/junit/report_builder.h"
#include "core/junit/text.h"

namespace perftrend::formats {

/// Cuts lines off a text. Understands "\n" and "\r\n"; a line that was overwritten ("50 %\r100 %") is its last part.
class Lines {
 public:
  explicit Lines(std::string_view text) : left_(text) {}

  /// False at the end.
  bool next(std::string_view& line);

 private:
  std::string_view left_;
};

/// Removes sequences that colour a terminal. to_utf8 has replaced their first byte by '^'.
std::string without_colours(const junit::Text& text);

/// True when a line is the result of a benchmark: "BenchmarkFib-8   5000000   325 ns/op".
bool is_go_bench(std::string_view text);
void read_go_bench(std::string_view text, junit::ReportBuilder& builder);

/// True when a line is a result of libtest or Criterion: "test a ... bench:  5,933 ns/iter (+/- 107)",
/// "fib 20   time:   [26.0 us 26.2 us 26.5 us]".
bool is_cargo_bench(std::string_view text);
void read_cargo_bench(std::string_view text, junit::ReportBuilder& builder);

/// True when the first line names columns, one of them `case`, `name`, `benchmark` or `test`.
bool is_csv(std::string_view text);

/// For a table that lies among other files: true when a column states a unit or a measured quantity, or the table is
/// broken. A table of users has names too.
bool is_csv_of_benchmarks(const junit::Text& text, const junit::ReadLimits& limits);
tl::expected<Report, junit::ReadError> read_csv(const junit::Text& text, const junit::ReadLimits& limits);

}  // namespace perftrend::formats
