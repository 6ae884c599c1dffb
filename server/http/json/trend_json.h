#pragma once
// A judged trend as JSON columns (schema Trend). A trend may have 100,000 points.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "server/http/json/json_writer.h"
#include "server/http/json/judgement_json.h"
#include "server/points/points.h"
#include "server/store/series.h"
#include "server/triage/branch_base.h"

namespace perftrend::http {

/// The part of a trend that an answer shows.
struct TrendExtent {
  std::size_t last = 0;                   ///< at most this many of the newest points
  std::optional<std::size_t> points_max;  ///< downsampled to about this many; at least downsampled_points_min
  std::vector<std::string> subjects{};    ///< of the newest points, each a JSON object: what was measured
};

/// Writes one object. The judgement covers all points of `trend`, whatever part of them is shown.
void write_trend(JsonWriter& out, const store::SeriesKey& series, const points::TrendColumns& trend,
                 const triage::SeriesJudgement& judged, const VersionedPolicy& by, const TrendExtent& extent);

}  // namespace perftrend::http
