#pragma once
// A judged trend as JSON columns, written without a document in between: a trend may have 100,000 points.

#include <cstddef>
#include <string>

#include "server/detect/history.h"
#include "server/store/series.h"

namespace perftrend::http {

/// The policy a trend was judged by, and the version of the project's own policies it is of.
struct JudgedBy {
  detect::Policy policy;
  std::int64_t version = 0;
};

/// Appends one object of schema Trend with the newest `last` points of `trend`; the judgement covers all of them.
void append_trend(std::string& body, const store::SeriesKey& series, const store::TrendColumns& trend,
                  const detect::History& history, const JudgedBy& by, std::size_t last);

}  // namespace perftrend::http
