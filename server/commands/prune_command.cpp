#include "server/commands/prune_command.h"

#include <fmt/format.h>

#include "server/clock.h"
#include "server/commands/copying.h"
#include "server/commands/exit_codes.h"
#include "server/commands/retention_file.h"
#include "server/db/open.h"

namespace perftrend {

int run_prune(const PruneOptions& options) {
  const auto rules = read_retention_file(options.retention);
  if (!rules) return fail(exit_usage, rules.error());
  require_existing(options.database);
  const auto database = db::open_database(options.database);
  const auto pruned = store::prune(*database, *rules, now_us(), options.dry_run);
  fmt::print("{}: {} documents ({} bytes), {} samples ({} bytes), {} points\n",
             options.dry_run ? "would be deleted" : "deleted", pruned.documents, pruned.document_bytes, pruned.samples,
             pruned.sample_bytes, pruned.points);
  return exit_ok;
}

}  // namespace perftrend
