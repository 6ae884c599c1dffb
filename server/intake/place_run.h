#pragma once
// Coordinates of an upload: what the request states, else what its report states, else a default. Pure; any thread.

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/intake/intake.h"

namespace perftrend::intake {

/// Why the request's parameters are refused; nullopt where they are not.
std::optional<Refusal> check_parameters(const Upload& upload);

/// The upload's coordinates take precedence over the report's (`stated`). Missing ones get their default, except the
/// times. `upload` has passed check_parameters.
tl::expected<Coordinates, Refusal> place(const Upload& upload, const Report& report, Coordinates stated,
                                         std::vector<std::string>& warnings);

/// Appends "[SHARD]" to the name of each case, so that equal cases of several shards differ. Nothing for "".
void label_cases(Report& report, std::vector<MetricValue>& metrics, std::string_view shard);

/// A clock may be this far ahead of the server's.
constexpr std::int64_t clock_tolerance_us = 10LL * 60 * 1'000'000;

/// Replaces a missing start by the time of arrival, and each time that is too far ahead of it, with a warning: such a
/// run would be newer than all that follow. True where a time was replaced for that reason.
bool clamp_times(Coordinates& where, std::int64_t received_us, std::vector<std::string>& warnings);

}  // namespace perftrend::intake
