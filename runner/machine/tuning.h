#pragma once
// Tuning of the machine for a run: cores, priority, transparent huge pages. Cores and priority apply to this process
// and its children. Huge pages are a setting of the whole machine; a guardian process restores it when this process
// ends, whatever the cause.

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

struct TuningOptions {
  std::vector<int> cpus;           ///< to run on; empty: unchanged
  std::optional<int> priority;     ///< nice value: -20 (first) to 19 (last); lowering it needs a privilege
  std::optional<bool> huge_pages;  ///< "always" or "never" for the whole machine; needs root
};

/// Parses "0-2,5" as 0, 1, 2, 5: ascending, without duplicates; nullopt for anything else.
std::optional<std::vector<int>> parse_cpus(std::string_view text);

class Tuning {
 public:
  /// Changes nothing.
  Tuning() = default;
  /// Applies the options. The error is one line and says what to do. Call it before the first thread is started. `root`
  /// is "/" except in tests; it only applies to huge pages.
  static tl::expected<Tuning, std::string> apply(const TuningOptions& options, const std::filesystem::path& root);
  /// Restores the huge pages and waits until it is done.
  ~Tuning();
  Tuning(Tuning&& other) noexcept;
  Tuning& operator=(Tuning&&) = delete;
  Tuning(const Tuning&) = delete;
  Tuning& operator=(const Tuning&) = delete;

 private:
  /// Returns when the guardian is ready: it restores everything that is changed afterwards. `file` is open for writing.
  void start_guardian(int file, const std::string& before);

  pid_t guardian_ = -1;
  int alive_ = -1;  ///< write end of a pipe; the guardian restores when it is closed
};

/// The tuning as parts of the fingerprint "environment.NAME", so that times with and without it are not compared.
junit::Properties to_properties(const TuningOptions& options);

}  // namespace perftrend::runner
