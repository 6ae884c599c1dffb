#pragma once
// What a run may ask of the machine: cores, priority, transparent huge pages. Cores and priority are those of this
// process and what it starts, and end with it. Huge pages are the whole machine's: a guardian process restores them
// when this one ends, however it ends.

#include <sys/types.h>
#include <tl/expected.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/junit/suite_report.h"

namespace perftrend::runner {

inline constexpr int priority_min = -20;
inline constexpr int priority_max = 19;

struct TuningWish {
  std::vector<int> cpus;           ///< to run on; empty: as it is
  std::optional<int> priority;     ///< nice value: -20 is first, 19 last; below the own needs a privilege
  std::optional<bool> huge_pages;  ///< "always" or "never" for the whole machine; needs root
};

/// "0-2,5" as 0, 1, 2, 5: ascending, without repeats; nullopt for anything else.
std::optional<std::vector<int>> parse_cpus(std::string_view text);

class Tuning {
 public:
  /// Nothing asked for.
  Tuning() = default;
  /// Does what is wished, or nothing and why, in one line with what to do. To be called before the first thread is
  /// started. `root` is "/" but in tests; only huge pages lie below it.
  static tl::expected<Tuning, std::string> apply(const TuningWish& wish, const std::filesystem::path& root);
  /// Restores the huge pages and waits until they are.
  ~Tuning();
  Tuning(Tuning&& other) noexcept;
  Tuning& operator=(Tuning&&) = delete;
  Tuning(const Tuning&) = delete;
  Tuning& operator=(const Tuning&) = delete;

 private:
  /// Returns when it is ready: what is changed afterwards is restored. `file` is open for writing.
  void start_guardian(int file, const std::string& before);

  pid_t guardian_ = -1;
  int alive_ = -1;  ///< end of a pipe; the guardian restores when nobody holds it any more
};

/// What was done, as parts of the fingerprint "environment.NAME": times with and without it are not compared.
junit::Properties to_properties(const TuningWish& wish);

}  // namespace perftrend::runner
