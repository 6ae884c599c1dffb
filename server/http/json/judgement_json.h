#pragma once
// The API's explanation of a verdict in numbers (schemas Policy and Judgement).

#include <cstdint>
#include <string_view>

#include "core/detect/verdict.h"
#include "server/http/json/json_writer.h"

namespace perftrend::http {

/// A policy, and the version of the project's own policies that it is part of (0: the project has none).
struct VersionedPolicy {
  const detect::Policy& policy;
  std::int64_t version = 0;
};

/// One judged point. References and text are borrowed for the call.
struct ExplainedPoint {
  const detect::Judgement& judged;
  VersionedPolicy by;
  double value = 0;
  std::string_view unit;
};

void write_members(JsonWriter& out, const VersionedPolicy& by);

/// Writes the window, centre, spread, effect with its interval, the rule that decided, the values that would have been
/// flagged, and the policy.
void write_members(JsonWriter& out, const ExplainedPoint& point);

}  // namespace perftrend::http
