#pragma once
// Times of the newest runs of a lane, from which its rhythm is learned. Pure; any thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "server/db/sql.h"

namespace perftrend::store {

/// When one complete run of a lane was measured and when it arrived.
struct RunTime {
  std::int64_t started_us = 0;  ///< never after received_us
  std::int64_t received_us = 0;
  bool untrusted = false;   ///< its stated time was ahead of the server's clock
  bool backfilled = false;  ///< it measured an old commit out of turn
  friend bool operator==(const RunTime&, const RunTime&) = default;
};

/// The newest run times of a lane that are stored: two days of runs every 20 minutes.
inline constexpr std::size_t run_times_max = 150;
/// A run that starts so soon after another one belongs to the same session and is not stored.
inline constexpr std::int64_t same_session_us = 20 * 60'000'000LL;

/// Adds a run to `times` (ascending by start), unless one of the same session is there. Drops the oldest beyond
/// run_times_max.
void add_run_time(std::vector<RunTime>& times, const RunTime& time);

/// Little-endian: for each run three 64-bit integers, which are the start, the arrival, and 1 where it is untrusted
/// plus 2 where it is backfilled.
std::string pack_run_times(const std::vector<RunTime>& times);
/// Throws db::Unusable where the bytes are damaged.
std::vector<RunTime> unpack_run_times(db::Blob bytes);

}  // namespace perftrend::store
