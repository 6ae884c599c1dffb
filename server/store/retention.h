#pragma once
// What is kept how long. Without rules everything is kept.
//
// Never dropped, whatever the rules say: anything of a series with an open regression (suspected, confirmed,
// acknowledged) and the documents of the runs it names; and of every series its newest points. Runs, their counts and
// the life of regressions are kept for ever: they are small, and the record of what happened.

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

/// Ages are days before now of the run's place in the trend; nullopt: kept for ever. The first rule that matches a
/// run's project and branch holds for it.
struct RetentionRule {
  std::string project = "*", branch = "*";  ///< patterns with * and ?
  std::optional<int> documents_days;        ///< the raw reports
  std::optional<int> samples_days;          ///< the repetitions behind a point; its median, minimum and spread stay
  std::optional<int> points_days;
  std::optional<int> thin_days;  ///< older points are thinned to a few in every thin_every_days
  int thin_every_days = 7;
};

struct Pruned {
  std::int64_t documents = 0, document_bytes = 0, samples = 0, sample_bytes = 0, points = 0;
};

/// One point, as thinning sees it.
struct ThinPoint {
  std::int64_t at_us = 0;
  Id run = 0;
  double value = 0;
};

/// Which of the points (oldest first) go: of those before `before_us`, all but the first, the last, the smallest and
/// the largest of each bucket of `every_us`, and those of `kept_runs` with both their neighbours (a change point is
/// where it is because of the two points around it). Pure.
std::vector<ThinPoint> points_to_thin(const std::vector<ThinPoint>& points, const std::set<Id>& kept_runs,
                                      std::int64_t before_us, std::int64_t every_us);

/// Drops what the rules do not keep, in transactions of at most rows_a_transaction rows each, so that uploads go on
/// between them; with `dry_run` it only counts. `stop` is asked between two transactions. Ended at any moment, it has
/// dropped whole points and documents only, and a later call goes on.
Pruned prune(db::Database& database, const std::vector<RetentionRule>& rules, std::int64_t now_us, bool dry_run,
             const std::function<bool()>& stop = {});

constexpr std::size_t rows_a_transaction = 1000;
/// Of every series: as many as judgement replays, so that it never sees a gap that pruning made.
constexpr std::size_t newest_points_kept = 1500;

}  // namespace perftrend::store
