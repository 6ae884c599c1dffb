#pragma once
// Evidence for a proposed change point from the values on both sides. All values are in noise units: standard
// deviations of the noise of the series (see noise.h), so that every constant here is a plain number.

#include <cstddef>
#include <span>
#include <vector>

namespace perftrend::detect {

/// Deviations are clamped to this many standard deviations: three spikes in a row cannot outweigh a level.
inline constexpr double influence_max = 3.5;

/// Values used of each side: distant noise may be different noise. With them, a step of half of the noise is four
/// standard errors.
inline constexpr std::size_t side_points_most = 150;

/// Fewest values of each side for which the rank statistic is nearly normal.
inline constexpr std::size_t rank_points_min = 12;

/// A change is proposed at `at` between the values [left, at) and [at, right); both are non-empty.
struct Proposal {
  std::size_t left = 0;
  std::size_t at = 0;
  std::size_t right = 0;
};

/// The two sides without distant values.
Proposal near_by(const Proposal& whole);

struct Evidence {
  double distance = 0;  ///< of the two levels in standard errors of independent noise, as a normal deviate; >= 0
  double step = 0;      ///< distance of the two levels in standard deviations of the noise around them
  double shift = 0;     ///< the same in noise units
  double centre = 0;    ///< median of both sides, in noise units
};

/// The larger of two statistics: a winsorised two-sample t (after Yuen 1974) around the common median and, if both
/// sides are long enough, the rank statistic of Mann and Whitney (1947). On normal noise the two agree. On noise with a
/// long tail or two modes, ranks show changes that means do not. `scratch` is working memory.
Evidence evidence_for(const Proposal& proposal, std::span<const double> values, std::vector<double>& scratch);

}  // namespace perftrend::detect
