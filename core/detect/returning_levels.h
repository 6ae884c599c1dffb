#pragma once
// Levels that return: a series that goes to the same other level again and again, each time for a while, has two modes.
// A switch between them is not a change point. Values are in noise units. Pure functions; any thread.

#include <cstddef>
#include <span>
#include <vector>

namespace perftrend::detect {

/// A level that lasts this long is a change point, even if it returned before.
inline constexpr std::size_t lasting_points = 30;

/// Visits of the same level nearby that make another one known; the gate uses the same number (history.cpp).
inline constexpr int visits_known = 2;

/// `change_points` (ascending) without those around a level that lasts less than lasting_points, lies between two equal
/// levels, and has visits_known such visits nearby. Levels are equal within one noise unit.
std::vector<std::size_t> without_returning_levels(std::span<const double> values,
                                                  std::span<const std::size_t> change_points);

}  // namespace perftrend::detect
