#pragma once
// k6's stream of every measured value (`k6 run --out json=FILE`): one JSON object per line.

#include <string_view>

#include "core/junit/limits.h"
#include "core/junit/report_builder.h"

namespace perftrend::formats {

/// True when the first line is of such a stream.
bool is_k6_stream(std::string_view bytes);

/// Reads the stream as k6 itself summarises it: the same cases and metrics as of its summary. Lines are parsed one by
/// one, so a stream may be as large as a body. Memory: 8 bytes for each value of a trend.
void read_k6_stream(std::string_view bytes, const junit::ReadLimits& limits, junit::ReportBuilder& builder);

}  // namespace perftrend::formats
