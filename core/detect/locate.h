#pragma once
// Where exactly a level changed, once it is sure that it did: the place at which the values before and after are most
// likely. Values are in noise units.

#include <cstddef>
#include <span>

#include "core/detect/evidence.h"

namespace perftrend::detect {

/// A change moves at most so many points to its best place.
inline constexpr std::size_t relocation_max = 30;

/// The place between left + left_min and right - right_min, at most relocation_max from `at`, that makes the values
/// most likely. The noise is not taken for normal: its density is estimated from the values beside the change, by
/// kernels (Silverman 1986), each value's own left out. Two modes, an edge or a long tail tell two levels apart far
/// better than distances from the two means do. `scratch` is working memory.
std::size_t locate_change(const Proposal& proposal, std::size_t left_min, std::size_t right_min,
                          std::span<const double> values);

}  // namespace perftrend::detect
