#include "server/triage/branch_base.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "server/store/commits.h"
#include "server/store/series.h"
#include "server/store/statements.h"

namespace perftrend::triage {
namespace {

struct BaseRun {
  Id run = 0;
  std::int64_t at_us = 0;
  std::string commit;
};

/// The newest run of the base with the commit.
std::optional<BaseRun> find_commit(db::Connection& connection, const BranchRun& run, std::string_view base,
                                   const store::CommitSpellings& spellings) {
  std::optional<BaseRun> found;
  connection.query(
      "SELECT first_part, at_us, commit_id FROM run WHERE project_id = $1 AND testbed = $2 AND branch = $3 "
      "AND purpose = 0 AND excluded = '' AND commit_id IN " +
          spellings.places(4) + " ORDER BY at_us DESC, id DESC LIMIT 1",
      spellings.after({run.project, run.testbed, base}), [&](const db::Row& row) {
        found = BaseRun{row.integer(0), row.integer(1), row.string(2)};
      });
  return found;
}

/// The time of a commit that was measured on any branch or testbed.
std::optional<std::int64_t> find_commit_time(db::Connection& connection, const BranchRun& run,
                                             const store::CommitSpellings& spellings) {
  std::optional<std::int64_t> found;
  connection.query(
      "SELECT max(at_us) FROM run WHERE project_id = $1 AND excluded = '' AND commit_id IN " + spellings.places(2),
      spellings.after({run.project}), [&](const db::Row& row) { found = row.optional_integer(0); });
  return found;
}

/// The newest run of the base up to `end`.
std::optional<BaseRun> find_newest(db::Connection& connection, const BranchRun& run, std::string_view base,
                                   const HistoryEnd& end) {
  std::optional<BaseRun> found;
  connection.query(
      "SELECT first_part, at_us, commit_id FROM run WHERE project_id = $1 AND testbed = $2 AND branch = $3 "
      "AND purpose = 0 AND excluded = '' AND (at_us < $4 OR (at_us = $4 AND id <= $5)) "
      "ORDER BY at_us DESC, id DESC LIMIT 1",
      {run.project, run.testbed, base, end.at_us, end.run}, [&](const db::Row& row) {
        found = BaseRun{row.integer(0), row.integer(1), row.string(2)};
      });
  return found;
}

std::string describe(const BaseRun& run) {
  return run.commit.empty() ? fmt::format("run {}", run.run) : fmt::format("run {} (commit {})", run.run, run.commit);
}

void take_newest(db::Connection& connection, const BranchRun& run, BranchBase& base) {
  const auto newest = find_newest(connection, run, base.branch, base.end);
  if (!newest) {
    base.note = fmt::format("{} has no run on testbed {} before this one.", base.branch, run.testbed);
    return;
  }
  base.run = newest->run;
  base.commit = newest->commit;
  base.note = fmt::format("Judged against {} up to {}.", base.branch, describe(*newest));
  if (!run.base_commit.empty())
    base.note += fmt::format(" The stated base commit {} has no run there.", run.base_commit);
}

}  // namespace

std::optional<BranchBase> find_branch_base(db::Connection& connection, const LongLivedBranches& long_lived,
                                           const BranchRun& run) {
  if (long_lived.default_branch.empty() || long_lived.contains(run.branch)) return std::nullopt;
  BranchBase base;
  const bool stated = !run.base_branch.empty() && run.base_branch != run.branch;
  base.branch = stated ? std::string(run.base_branch) : long_lived.default_branch;
  base.end = {run.at_us, INT64_MAX};
  if (!run.base_commit.empty()) {
    const auto spellings = store::find_spellings(connection, run.project, run.base_commit);
    if (const auto merge_base = find_commit(connection, run, base.branch, spellings)) {
      base.end = {merge_base->at_us, merge_base->run};
      base.run = merge_base->run;
      base.commit = merge_base->commit;
      base.is_merge_base = true;
      base.note = fmt::format("Judged against {} up to the merge base, {}.", base.branch, describe(*merge_base));
      return base;
    }
    if (const auto at_us = find_commit_time(connection, run, spellings)) base.end.at_us = std::min(run.at_us, *at_us);
  }
  take_newest(connection, run, base);
  return base;
}

std::optional<BranchBase> find_branch_base(db::Connection& connection, const LongLivedBranches& long_lived, Id project,
                                           Id run) {
  std::optional<BranchBase> base;
  std::string testbed, branch, base_branch, base_commit;
  std::optional<std::int64_t> at_us;
  connection.query("SELECT testbed, branch, base_branch, base_commit, at_us FROM run WHERE project_id = $1 AND id = $2",
                   {project, run}, [&](const db::Row& row) {
                     testbed = row.string(0);
                     branch = row.string(1);
                     base_branch = row.string(2);
                     base_commit = row.string(3);
                     at_us = row.integer(4);
                   });
  if (!at_us) return std::nullopt;
  return find_branch_base(connection, long_lived, {project, run, testbed, branch, base_branch, base_commit, *at_us});
}

std::optional<store::RunSeries> find_base_series(db::Connection& connection, Id series, std::string_view base_branch) {
  const auto id = connection.query_integer(
      "SELECT b.id FROM series s JOIN series b ON b.project_id = s.project_id AND b.case_id = s.case_id "
      "AND b.metric = s.metric AND b.testbed = s.testbed AND b.configuration_id = s.configuration_id "
      "AND b.purpose = s.purpose AND b.branch = $1 WHERE s.id = $2",
      {base_branch, series});
  if (!id) return std::nullopt;
  const auto project = connection.require_integer("SELECT project_id FROM series WHERE id = $1", {*id});
  auto found = store::list_series_keys(connection, project, 0, *id, 1);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::optional<double> factor_from_base(std::string_view base_unit, std::string_view unit) {
  if (base_unit.empty() || unit.empty()) return 1;
  return store::conversion_factor(base_unit, unit);
}

void rescale(points::TrendColumns& trend, double factor) {
  if (factor == 1) return;
  for (auto* const column : {&trend.value, &trend.min, &trend.mad}) {
    for (double& value : *column)
      value *= factor;
  }
}

std::string explain_unjudged(const BranchRun& run, const BranchBase& base, const BranchCounts& counts,
                             int minimum_points) {
  if (counts.series == 0) return "";
  if (!base.run) {
    return fmt::format(
        "nothing of {} is judged: its base {} has no earlier run on testbed {}. Measure {} there, or state another "
        "base_branch.",
        run.branch, base.branch, run.testbed, base.branch);
  }
  if (counts.other_quantity > 0) {
    return fmt::format(
        "{} of {} series of {} are not judged: {} has them in units of another quantity, for example {}. State the "
        "same "
        "unit, or set the unit of the series.",
        counts.other_quantity, counts.series, run.branch, base.branch, counts.example);
  }
  if (counts.without_base == counts.series) {
    return fmt::format(
        "nothing of {} is judged: {} has none of its series on testbed {}. Another configuration or other case names "
        "begin other series.",
        run.branch, base.branch, run.testbed);
  }
  if (counts.without_base + counts.learning == counts.series) {
    return fmt::format("nothing of {} is judged yet: {} has fewer than {} accepted runs up to {}.", run.branch,
                       base.branch, minimum_points,
                       base.commit.empty() ? fmt::format("run {}", *base.run) : "commit " + base.commit);
  }
  return "";
}

std::string explain_flagged_levels(std::string_view base_branch, std::size_t by_flagged_level) {
  if (by_flagged_level == 0) return "";
  return fmt::format(
      " In {} series {} itself changed lately, and the change is not confirmed yet: they are judged against that new "
      "level, so the change is not a finding of this branch.",
      by_flagged_level, base_branch);
}

namespace {

/// The end of the base for each run of the series' branch, by run. Costs one statement, and a few for each base commit.
std::map<Id, HistoryEnd> find_ends(db::Connection& connection, const LongLivedBranches& long_lived, Id project,
                                   const store::SeriesKey& series) {
  struct Row {
    Id run = 0;
    std::int64_t at_us = 0;
    std::string base_branch, base_commit;
  };
  std::vector<Row> rows;
  connection.query(
      "SELECT first_part, at_us, base_branch, base_commit FROM run WHERE project_id = $1 AND testbed = $2 "
      "AND branch = $3",
      {project, series.testbed, series.branch}, [&](const db::Row& row) {
        rows.push_back({row.integer(0), row.integer(1), row.string(2), row.string(3)});
      });
  std::map<Id, HistoryEnd> ends;
  std::map<std::pair<std::string, std::string>, std::optional<HistoryEnd>> of_commits;
  for (const auto& row : rows) {
    ends[row.run] = {row.at_us, INT64_MAX};
    if (row.base_commit.empty()) continue;
    const auto [known, is_new] = of_commits.try_emplace({row.base_branch, row.base_commit});
    if (is_new) {
      const auto base = find_branch_base(
          connection, long_lived,
          {project, row.run, series.testbed, series.branch, row.base_branch, row.base_commit, INT64_MAX});
      if (base) known->second = base->end;
    }
    if (known->second) ends[row.run] = *known->second;
    if (ends[row.run].run == INT64_MAX) ends[row.run].at_us = std::min(ends[row.run].at_us, row.at_us);
  }
  return ends;
}

}  // namespace

SeriesJudgement judge_trend(db::Connection& connection, const LongLivedBranches& long_lived, Id project,
                            const store::SeriesKey& series, const points::TrendColumns& trend,
                            const detect::Policy& policy) {
  SeriesJudgement result;
  if (trend.run.empty()) return result;
  if (series.purpose != Purpose::trend) {  // never judged: its points have no verdict
    result.history.points.resize(trend.run.size());
    return result;
  }
  const auto newest = find_branch_base(connection, long_lived, project, trend.run.back());
  if (!newest) {
    result.history = judge(trend, policy);
    return result;
  }
  result.base_branch = newest->branch;
  result.history.points.resize(trend.run.size());
  const auto base = find_base_series(connection, series.id, newest->branch);
  if (!base) return result;
  result.base_series = base->key.id;
  std::vector<BranchPoint> points;
  points.reserve(trend.run.size());
  const auto ends = find_ends(connection, long_lived, project, series);
  for (std::size_t i = 0; i < trend.run.size(); ++i) {
    const auto end = ends.find(trend.run[i]);
    points.push_back({observation(trend, i), end != ends.end() ? end->second : HistoryEnd{trend.at_us[i], INT64_MAX}});
  }
  const auto factor = factor_from_base(base->key.unit, series.unit);
  if (!factor) return result;
  auto base_trend = points::read_trend(connection, base->key.id, judged_window(base->points));
  rescale(base_trend, *factor);
  const auto judged = judge_against(base_trend, policy, points);
  std::transform(judged.begin(), judged.end(), result.history.points.begin(),
                 [](const BranchJudgement& each) { return each.judgement; });
  return result;
}

}  // namespace perftrend::triage
