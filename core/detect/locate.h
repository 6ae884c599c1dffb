#pragma once
// Location of a change whose existence is certain: the position that makes the values before and after it most likely.
// Values are in noise units. Pure functions; any thread.

#include <cstddef>
#include <span>

#include "core/detect/evidence.h"

namespace perftrend::detect {

/// A change moves by at most this many points.
inline constexpr std::size_t relocation_max = 30;

/// The position between left + left_min and right - right_min, at most relocation_max from `at`, that makes the values
/// most likely. Noise is not assumed to be normal: a kernel estimate (Silverman 1986) gives its density from the values
/// around the change, leaving out the value itself. If the noise has two modes, an edge or a long tail, this separates
/// two levels far better than distances from the two means.
std::size_t locate_change(const Proposal& proposal, std::size_t left_min, std::size_t right_min,
                          std::span<const double> values);

}  // namespace perftrend::detect
