#pragma once
// Statements about a series: its unit, its direction, and who said so. A later upload may state what an earlier one
// left open, or state it in another unit. Pure functions; any thread.
//
// Precedence: inferred < report < policy < person. Values are stored in the unit of their series.

#include <optional>
#include <string>
#include <string_view>

#include "core/model.h"

namespace perftrend::store {

/// The unit is borrowed.
struct SeriesStatement {
  std::string_view unit;  ///< "" where no one has said it
  StatedBy unit_by = StatedBy::inferred;
  Better better = Better::lower;
  StatedBy better_by = StatedBy::inferred;
  friend bool operator==(const SeriesStatement&, const SeriesStatement&) = default;
};

/// How a value of a new upload fits its series.
struct Agreement {
  std::optional<double> factor;  ///< to the unit of the series; nullopt: another quantity, so it is not a point
  SeriesStatement series;        ///< what is known from then on
  std::string warning;           ///< empty: there is nothing to say
};

/// - The first unit that is stated becomes the unit of a series without one. Values so far are taken to be in it.
/// - A value without a unit is taken to be in the unit of the series.
/// - A value in another unit of the same family is converted. One of another family is a contradiction.
/// - A direction that the report states replaces an inferred one. If it contradicts one that was stated before, that
/// one
///   stays.
Agreement agree(const MetricValue& value, const SeriesStatement& series);

/// The factor from one unit to another of the same family; nullopt where it does not exist.
std::optional<double> conversion_factor(std::string_view from, std::string_view to);

/// A direction in words: "lower", "higher".
std::string_view direction_text(Better better);

}  // namespace perftrend::store
