#include "server/store/run_times.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>

namespace perftrend::store {
namespace {

static_assert(std::endian::native == std::endian::little, "run times are stored as they lie in memory");

using Fields = std::array<std::int64_t, 3>;

}  // namespace

void add_run_time(std::vector<RunTime>& times, const RunTime& time) {
  const auto is_same = [&](const RunTime& other) {
    return other.untrusted == time.untrusted && other.backfilled == time.backfilled &&
           std::abs(other.started_us - time.started_us) <= same_session_us;
  };
  if (std::any_of(times.begin(), times.end(), is_same)) return;
  const auto place = std::upper_bound(times.begin(), times.end(), time,
                                      [](const RunTime& a, const RunTime& b) { return a.started_us < b.started_us; });
  times.insert(place, time);
  if (times.size() > run_times_max) times.erase(times.begin());
}

std::string pack_run_times(const std::vector<RunTime>& times) {
  std::string bytes(times.size() * sizeof(Fields), '\0');
  char* to = bytes.data();
  for (const auto& time : times) {
    const Fields fields = {time.started_us, time.received_us, (time.untrusted ? 1 : 0) + (time.backfilled ? 2 : 0)};
    std::memcpy(to, fields.data(), sizeof(Fields));
    to += sizeof(Fields);
  }
  return bytes;
}

std::vector<RunTime> unpack_run_times(db::Blob bytes) {
  if (bytes.size() % sizeof(Fields) != 0) throw db::Unusable("the run times of a lane are damaged");
  std::vector<RunTime> times(bytes.size() / sizeof(Fields));
  const std::byte* from = bytes.data();
  for (auto& time : times) {
    Fields fields{};
    std::memcpy(fields.data(), from, sizeof(Fields));
    from += sizeof(Fields);
    time = {fields[0], fields[1], (fields[2] & 1) != 0, (fields[2] & 2) != 0};
  }
  return times;
}

}  // namespace perftrend::store
