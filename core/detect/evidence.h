#pragma once
// What the values on both sides of a proposed change point say. All values are in noise units: standard deviations of
// the series' noise (see noise.h), so that every constant here is a plain number.

#include <cstddef>
#include <span>
#include <vector>

namespace perftrend::detect {

/// A deviation counts for at most so many standard deviations: three spikes in a row cannot outweigh a level.
inline constexpr double influence_max = 3.5;

/// Values looked at on the longer side: so many times the shorter one, but at least and at most so many. A change that
/// needs more to be seen is smaller than 0.4 of the noise; and noise far away may be another noise.
inline constexpr std::size_t side_ratio = 16;
inline constexpr std::size_t side_points_least = 100;
inline constexpr std::size_t side_points_most = 250;

/// Fewest values of a side whose ranks are a normal deviate.
inline constexpr std::size_t rank_points_min = 12;

/// A change is proposed at `at` between the values [left, at) and [at, right); both are non-empty.
struct Proposal {
  std::size_t left = 0;
  std::size_t at = 0;
  std::size_t right = 0;
};

struct Evidence {
  double distance = 0;  ///< of the two levels in standard errors of independent noise, as a normal deviate; >= 0
  double step = 0;      ///< distance of the two levels in standard deviations of the noise beside them
  double shift = 0;     ///< the same in noise units
  double centre = 0;    ///< median of both sides, in noise units
};

/// The larger one of a winsorised two-sample t (after Yuen 1974) around the common median and, on sides that are long
/// enough, of Mann and Whitney's rank statistic (1947): on normal noise the two agree, on noise with a long tail or two
/// modes ranks see what means do not. `scratch` is working memory.
Evidence evidence_for(const Proposal& proposal, std::span<const double> values, std::vector<double>& scratch);

}  // namespace perftrend::detect
