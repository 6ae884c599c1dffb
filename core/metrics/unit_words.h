#pragma once
// Words that make up units: times, sizes, counted things and their SI prefixes. For units.cpp and name_units.cpp.
// Pure; makes no allocations.

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "core/metrics/name_words.h"
#include "core/metrics/units.h"

namespace perftrend::metrics {

/// Longest unit that is looked up.
inline constexpr std::size_t unit_bytes_max = 64;

/// A text in lower case, ASCII only; of a longer text the first unit_bytes_max bytes.
class Lower {
 public:
  explicit Lower(std::string_view text);
  [[nodiscard]] std::string_view view() const { return {text_.data(), bytes_}; }

 private:
  std::array<char, unit_bytes_max> text_{};
  std::size_t bytes_;
};

/// "ms", "Sec", "MINUTES".
std::optional<Unit> find_time(std::string_view text);

/// "kB", "MiB", "MBytes", "gigabytes".
std::optional<Unit> find_size(std::string_view text);

/// "Mbit", "Gbits", "Mb": of bytes.
std::optional<Unit> find_bits(std::string_view text);

/// "GFLOP", "Tflops".
std::optional<Unit> find_flops(std::string_view text);

/// "fps", "kIOPS", "Gbps", and by their form "krps", "Mpps", "MLUPS", "GTEPS", "TOPS".
std::optional<Unit> find_rate(std::string_view text);

/// A thing that is counted, in singular or plural and any case: "token", "Queries".
bool is_noun(std::string_view text);

/// A counted thing with its SI prefix.
struct Counted {
  std::string_view word;     ///< without the prefix
  double factor = 1;         ///< of the prefix
  bool is_noun = false;      ///< the word is known
  bool is_doubtful = false;  ///< the prefix may be the first letter of a word: "Mutants"
};

/// "Mops" is a million ops, "kcells" a thousand cells, "Messages" a word. Words that are not known have a prefix if
/// they can't be English ("Gcell"), or continue in upper case ("MLUP"); else it is doubtful. "million rows" is read
/// too.
Counted read_counted(std::string_view text);

/// A size per time. Its name says the size per second; per another time it is bytes per second.
Unit size_per_time(const Unit& size, const Unit& time);

/// Something per time; nothing for a time per time, which is a share.
std::optional<Unit> per_time(std::string_view counted, const Unit& time);

}  // namespace perftrend::metrics
