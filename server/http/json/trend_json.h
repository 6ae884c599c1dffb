#pragma once
// A judged trend as JSON columns, written without a document in between: a trend may have 100,000 points.

#include <cstddef>
#include <optional>
#include <string>

#include "core/detect/history.h"
#include "server/points/points.h"
#include "server/store/series.h"

namespace perftrend::http {

/// The policy a trend was judged by, and the version of the project's own policies it is of.
struct JudgedBy {
  detect::Policy policy;
  std::int64_t version = 0;
};

/// What is shown of a trend.
struct TrendExtent {
  std::size_t last = 0;  ///< the newest so many points
  std::optional<std::size_t>
      points_max;  ///< of these what a plot needs (downsample.h); at least downsampled_points_min
};

/// Appends one object of schema Trend; the judgement covers all points of `trend`, whatever is shown.
void append_trend(std::string& body, const store::SeriesKey& series, const points::TrendColumns& trend,
                  const detect::History& history, const JudgedBy& by, const TrendExtent& extent);

}  // namespace perftrend::http
