#pragma once

#include "server/http/json/json_writer.h"
#include "server/triage/dry_run.h"

namespace perftrend::http {

/// The schema DryRun; `perftrend-server dry-run` prints the same.
void write_members(JsonWriter& out, const triage::DryRun& result);

}  // namespace perftrend::http
