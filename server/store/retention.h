#pragma once
// Retention: which documents, samples and points are deleted after how long. Without rules nothing is deleted.
//
// Never deleted, whatever the rules say: everything of a series with a suspected or open (confirmed,
// acknowledged) regression, the documents of the runs it names, and the newest points of every series. Runs, their
// counts and the records of regressions stay: they are small, and they are the history of the project.

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

/// Ages are days from the run's time in the trend until now; nullopt: never deleted. The first rule that matches a
/// run's project and branch applies.
struct RetentionRule {
  std::string project = "*", branch = "*";  ///< patterns with * and ?
  std::optional<int> documents_days;        ///< the raw reports
  std::optional<int> samples_days;          ///< the repetitions of a point; its median, minimum and spread stay
  std::optional<int> points_days;
  std::optional<int> thin_days;  ///< older points are thinned to a few in each thin_every_days
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

/// Which of the points (oldest first) are deleted: those before `before_us`, except the first, last, smallest and
/// largest of each bucket of `every_us`, and except those of `kept_runs` with both neighbours, which determine where a
/// change point lies. Pure.
std::vector<ThinPoint> points_to_thin(const std::vector<ThinPoint>& points, const std::set<Id>& kept_runs,
                                      std::int64_t before_us, std::int64_t every_us);

/// Deletes what the rules say, in transactions of at most rows_a_transaction rows, so that uploads continue between
/// them; with `dry_run` it only counts. Checks `stop` between two transactions. Interrupted at any time, it leaves
/// whole points and documents, and a later call continues.
Pruned prune(db::Database& database, const std::vector<RetentionRule>& rules, std::int64_t now_us, bool dry_run,
             const std::function<bool()>& stop = {});

constexpr std::size_t rows_a_transaction = 1000;
/// Points of each series that are never deleted: as many as judgement replays, so that it never meets a gap from
/// pruning.
constexpr std::size_t newest_points_kept = 1500;

}  // namespace perftrend::store
