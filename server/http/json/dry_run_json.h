#pragma once

#include "server/http/json/json.h"
#include "server/triage/dry_run.h"

namespace perftrend::http {

/// The schema DryRun; `perftrend-server dry-run` prints the same.
Json dry_run_json(const triage::DryRun& result);

}  // namespace perftrend::http
