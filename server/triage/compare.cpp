#include "server/triage/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "core/detect/run.h"
#include "core/metrics/ci_variables.h"
#include "core/stats/median.h"
#include "core/stats/ranks.h"
#include "server/db/id_parts.h"
#include "server/points/points.h"
#include "server/store/commits.h"
#include "server/store/names.h"
#include "server/store/runs.h"
#include "server/triage/branch_base.h"
#include "server/triage/judge.h"
#include "server/triage/lane_states.h"

namespace perftrend::triage {
namespace {

constexpr double significance = 0.05;

/// What makes two series the same: case, metric, configuration, and testbed ("" where it does not matter).
using SeriesPlace = std::tuple<Id, std::string, Id, std::string>;

/// One side's values of one series.
struct SideSeries {
  store::RunSeries series;
  Id configuration = 0;
  std::vector<double> values;  ///< medians of runs, or the samples of a single run
  std::int64_t environment = 0;
};

using SideValues = std::map<SeriesPlace, SideSeries>;

std::optional<Id> parse_id(const std::string& text) {
  Id id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id < 1) return std::nullopt;
  return id;
}

class SideFinder {
 public:
  SideFinder(db::Connection& connection, Id project) : connection_(connection), project_(project) {}

  tl::expected<ComparisonSide, std::string> find(const SideQuestion& question, std::string_view side) {
    std::vector<ComparisonSide> found;
    const auto spellings = store::find_spellings(connection_, project_, question.name);
    for (const auto kind : {SideKind::branch, SideKind::commit, SideKind::run}) {
      if (question.kind && *question.kind != kind) continue;
      if (auto one = find_as(question.name, kind, spellings)) found.push_back(std::move(*one));
    }
    if (found.empty() && !spellings.ambiguous.empty() && question.kind.value_or(SideKind::commit) == SideKind::commit) {
      return tl::unexpected(
          fmt::format("'{}' is the beginning of several commits, for example {} and {}: give more digits",
                      question.name, spellings.ambiguous.front(), spellings.ambiguous.back()));
    }
    if (found.empty()) {
      return tl::unexpected(fmt::format("{} is not a {} of this project: '{}'", side,
                                        question.kind ? side_kind_name(*question.kind) : "branch, commit or run",
                                        question.name));
    }
    if (found.size() > 1) {
      return tl::unexpected(fmt::format("'{}' is a {} and a {}: state {}_kind=branch, commit or run", question.name,
                                        side_kind_name(found[0].kind), side_kind_name(found[1].kind), side));
    }
    return std::move(found.front());
  }

 private:
  std::optional<ComparisonSide> find_as(const std::string& name, SideKind kind,
                                        const store::CommitSpellings& spellings) {
    ComparisonSide side{kind, name, "", {}};
    if (kind == SideKind::run) {
      const auto id = parse_id(name);
      if (!id) return std::nullopt;
      side.runs = runs_where("id = $3", {*id});
    } else if (kind == SideKind::commit) {
      const auto of_commit = "excluded = '' AND commit_id IN " + spellings.places(3);
      side.runs = runs_where("purpose = 0 AND " + of_commit, spellings.after({}));
      if (side.runs.empty()) side.runs = runs_where(of_commit, spellings.after({}));  // a confirmation or a bisection
    } else {
      const auto branch = metrics::plain_branch(name);
      side.name = store::resolve_name(connection_, project_, store::NameKind::branch, branch.empty() ? name : branch);
      side.runs = newest_of_branch(side.name);
    }
    if (side.runs.empty()) return std::nullopt;
    return side;
  }

  /// `params` are the parameters of the condition, from $3 on.
  std::vector<Id> runs_where(std::string_view condition, const std::vector<db::Param>& params) {
    std::vector<Id> runs;
    std::vector<db::Param> all = {project_, compared_runs_max};
    all.insert(all.end(), params.begin(), params.end());
    connection_.query(fmt::format("SELECT first_part, max(at_us) FROM run WHERE project_id = $1 AND {} "
                                  "GROUP BY first_part ORDER BY max(at_us) DESC, first_part DESC LIMIT $2",
                                  condition),
                      all, [&](const db::Row& row) { runs.push_back(row.integer(0)); });
    return runs;
  }

  /// The runs of the newest commit on each testbed.
  std::vector<Id> newest_of_branch(const std::string& branch) {
    std::vector<Id> runs;
    connection_.query(
        "SELECT DISTINCT r.first_part FROM lane l CROSS JOIN run n CROSS JOIN run r WHERE l.project_id = $1 "
        "AND l.branch = $2 AND n.id = l.last_run AND r.project_id = l.project_id AND r.testbed = l.testbed "
        "AND r.branch = l.branch AND r.purpose = 0 AND r.excluded = '' AND (r.first_part = n.first_part OR "
        "(n.commit_id <> '' AND r.commit_id = n.commit_id)) ORDER BY r.first_part DESC LIMIT $3",
        {project_, branch, compared_runs_max}, [&](const db::Row& row) { runs.push_back(row.integer(0)); });
    return runs;
  }

  db::Connection& connection_;
  const Id project_;
};

std::map<Id, Id> configurations_of(db::Connection& connection, std::span<const Id> series) {
  std::map<Id, Id> found;
  db::for_each_part(series, 1, [&](const std::string& places, std::span<const Id> part) {
    const std::vector<db::Param> params(part.begin(), part.end());
    connection.query("SELECT id, configuration_id FROM series WHERE id IN " + places, params,
                     [&](const db::Row& row) { found[row.integer(0)] = row.integer(1); });
  });
  return found;
}

/// The uploads that the runs came in, with their environments.
std::vector<std::pair<Id, Id>> parts_of(db::Connection& connection, std::span<const Id> runs) {
  std::vector<std::pair<Id, Id>> parts;
  for (const Id run : runs) {
    connection.query("SELECT id, environment_id FROM run WHERE first_part = $1 ORDER BY id", {run},
                     [&](const db::Row& row) { parts.emplace_back(row.integer(0), row.integer(1)); });
  }
  return parts;
}

/// The values of all series of the runs. A series with a single point has its samples as values.
std::map<Id, SideSeries> read_runs(db::Connection& connection, std::span<const Id> runs) {
  std::map<Id, SideSeries> series;
  std::map<Id, std::vector<double>> samples;
  for (const auto& [part, environment] : parts_of(connection, runs)) {
    for (auto& of_run : store::list_run_series(connection, part)) {
      auto& side = series[of_run.key.id];
      side.environment = environment;
      side.series = std::move(of_run);
    }
    for (auto& point : store::list_run_points(connection, part)) {
      series[point.series].values.push_back(point.value);
      samples[point.series] = std::move(point.samples);
    }
  }
  for (auto& [id, side] : series) {
    if (side.values.size() == 1 && samples[id].size() > 1) side.values = std::move(samples[id]);
  }
  return series;
}

void place(db::Connection& connection, std::map<Id, SideSeries> series, bool with_testbed, SideValues& to) {
  std::vector<Id> ids;
  for (const auto& [id, side] : series)
    ids.push_back(id);
  const auto configurations = configurations_of(connection, ids);
  for (auto& [id, side] : series) {
    if (side.values.empty()) continue;
    const auto configuration = configurations.find(id);
    side.configuration = configuration == configurations.end() ? 0 : configuration->second;
    const auto& key = side.series.key;
    to[{side.series.case_id, key.metric, side.configuration, with_testbed ? key.testbed : ""}] = std::move(side);
  }
}

std::set<std::string> testbeds_of(const std::map<Id, SideSeries>& series) {
  std::set<std::string> testbeds;
  for (const auto& [id, side] : series)
    testbeds.insert(side.series.key.testbed);
  return testbeds;
}

void set_medians(SeriesComparison& row, std::vector<double> base, std::vector<double> head) {
  row.base_values = base.size();
  row.head_values = head.size();
  row.base_median = stats::median(base);
  row.head_median = stats::median(head);
  if (row.base_median != 0) row.effect = (row.head_median - row.base_median) / std::abs(row.base_median);
  if (row.base_median == 0 && row.head_median != 0) row.effect = row.head_median > 0 ? 1 : -1;
}

void judge_by_ranks(SeriesComparison& row, std::span<const double> base, std::span<const double> head,
                    const detect::Policy& policy) {
  if (base.size() < stats::rank_samples_min || head.size() < stats::rank_samples_min || row.base_median == 0) return;
  const auto shift = stats::shift_between(base, head);
  const double scale = std::abs(row.base_median);
  row.method = CompareMethod::ranks;
  row.effect = shift.estimate / scale;
  row.effect_low = shift.low / scale;
  row.effect_high = shift.high / scale;
  row.p_value = stats::rank_p_value(base, head);
  row.verdict = Verdict::ok;
  if (*row.p_value >= significance || std::abs(row.effect) < policy.minimum_effect) return;
  const bool is_worse = (row.effect > 0) == (policy.better == Better::lower);
  row.verdict = is_worse ? Verdict::regressed : Verdict::improved;
}

SeriesComparison describe(const SideSeries& side, const detect::Policy& policy) {
  SeriesComparison row;
  row.key = side.series.key.key;
  row.metric = side.series.key.metric;
  row.unit = side.series.key.unit;
  row.testbed = side.series.key.testbed;
  row.better = policy.better;
  return row;
}

class SideComparer {
 public:
  SideComparer(db::Connection& connection, const Policies& policies, Id project, std::string_view project_name)
      : connection_(connection), policies_(policies), project_(project), name_(project_name) {}

  Comparison compare(ComparisonSide base, ComparisonSide head) {
    result_.base = std::move(base);
    result_.head = std::move(head);
    auto base_runs = read_runs(connection_, result_.base.runs);
    auto head_runs = read_runs(connection_, result_.head.runs);
    const auto base_testbeds = testbeds_of(base_runs);
    const auto head_testbeds = testbeds_of(head_runs);
    const bool with_testbed = base_testbeds.size() > 1 || head_testbeds.size() > 1;
    find_end();
    place(connection_, std::move(base_runs), with_testbed, base_);
    place(connection_, std::move(head_runs), with_testbed, head_);
    describe_sides();
    for (const auto& [at, of_head] : head_) {
      const auto other = base_.find(at);
      if (other == base_.end()) {
        add_head(of_head);
      } else if (const auto factor = factor_from_base(other->second.series.key.unit, of_head.series.key.unit)) {
        add(other->second, of_head, *factor);
      } else {  // another quantity under the same name
        add_head(of_head);
        add_base(other->second);
      }
    }
    for (const auto& [at, of_base] : base_) {
      if (!head_.contains(at)) add_base(of_base);
    }
    limit_false_discoveries();
    finish();
    return std::move(result_);
  }

 private:
  [[nodiscard]] detect::Policy policy_of(const SideSeries& side) const {
    return policies_.find(name_, side.series.key.metric, side.series.key.unit, side.series.key.better);
  }
  [[nodiscard]] SeriesComparison one_sided(const SideSeries& side) const { return describe(side, policy_of(side)); }

  /// The base branch's points count up to the merge base of the head.
  void find_end() {
    if (result_.base.kind != SideKind::branch || result_.head.runs.empty()) return;
    LongLivedBranches only_base{result_.base.name, {}};
    const auto base = find_branch_base(connection_, only_base, project_, result_.head.runs.front());
    if (base && base->branch == result_.base.name) {
      end_ = base->end;
      note_ = base->note;
    }
  }

  void describe_sides() {
    for (auto* const side : {&result_.base, &result_.head}) {
      side->text = fmt::format("{} {}", side_kind_name(side->kind), side->name);
      if (side->kind == SideKind::branch && side == &result_.base) {
        side->text += fmt::format(", its newest points (at most {})", compared_window);
        if (!note_.empty()) side->text += ". " + note_.substr(0, note_.size() - 1);  // sentences that the reader ends
      } else if (side->kind != SideKind::run) {
        side->text += fmt::format(", {} run{}", side->runs.size(), side->runs.size() == 1 ? "" : "s");
      }
    }
  }

  void add_base(const SideSeries& base) {
    auto row = one_sided(base);
    row.base_series = base.series.key.id;
    row.base_values = base.values.size();
    row.base_median = stats::median(base.values);
    result_.only_base.push_back(std::move(row));
  }

  void add_head(const SideSeries& head) {
    auto row = one_sided(head);
    row.head_series = head.series.key.id;
    row.head_values = head.values.size();
    row.head_median = stats::median(head.values);
    result_.only_head.push_back(std::move(row));
  }

  /// `factor` is from the unit of the base to that of the head, in which all numbers are.
  void add(const SideSeries& base, const SideSeries& head, double factor) {
    const auto policy = policy_of(head);
    auto row = describe(head, policy);
    row.base_series = base.series.key.id;
    row.head_series = head.series.key.id;
    if (result_.base.kind == SideKind::branch) {
      judge_by_baseline(row, base, head, policy, factor);
    } else {
      auto values = base.values;
      for (double& value : values)
        value *= factor;
      set_medians(row, values, head.values);
      judge_by_ranks(row, values, head.values, policy);
    }
    result_.series.push_back(std::move(row));
  }

  void judge_by_baseline(SeriesComparison& row, const SideSeries& base, const SideSeries& head,
                         const detect::Policy& policy, double factor) {
    const auto total = base.series.points;
    auto trend = points::read_trend(connection_, base.series.key.id, judged_window(total));
    rescale(trend, factor);
    std::vector<double> window;
    for (std::size_t i = trend.value.size(); i-- > 0 && window.size() < compared_window;) {
      if (std::pair(trend.at_us[i], trend.run[i]) > std::pair(end_.at_us, end_.run) || trend.suspect[i] != 0) continue;
      window.push_back(trend.value[i]);
    }
    set_medians(row, window, head.values);
    const BranchPoint point = {{.value = row.head_median,
                                .mad = 0,
                                .samples = static_cast<int>(head.values.size()),
                                .suspect = false,
                                .environment = head.environment},
                               end_};
    const auto [judged, by_flagged_level] = judge_against(trend, policy, std::span(&point, 1)).front();
    if (judged.window_points < policy.minimum_points) return judge_by_ranks(row, window, head.values, policy);
    row.method = CompareMethod::baseline;
    flagged_levels_ += by_flagged_level ? 1 : 0;
    row.verdict = judged.verdict;
    row.effect = judged.effect;
    row.effect_low = judged.effect_low;
    row.effect_high = judged.effect_high;
    row.p_value = judged.p_value;
  }

  void limit_false_discoveries() {
    std::vector<double> p_values;
    for (const auto& row : result_.series) {
      if (row.p_value) p_values.push_back(*row.p_value);
    }
    const auto discovered = detect::discoveries(p_values);
    std::size_t next = 0;
    for (auto& row : result_.series) {
      if (!row.p_value) continue;
      const bool flagged = row.verdict == Verdict::regressed || row.verdict == Verdict::improved;
      if (!discovered[next++] && flagged) {
        row.verdict = Verdict::ok;
        row.expected_by_chance = true;
      }
    }
  }

  void finish() {
    if (auto text = explain_flagged_levels(result_.base.name, flagged_levels_); !text.empty())
      result_.base.text += "." + text.substr(0, text.size() - 1);
    const auto rank = [](const SeriesComparison& row) {
      switch (row.verdict) {
        case Verdict::regressed:
          return 0;
        case Verdict::improved:
          return 1;
        case Verdict::ok:
          return 2;
        default:
          return 3;
      }
    };
    std::stable_sort(result_.series.begin(), result_.series.end(), [&](const auto& a, const auto& b) {
      return std::pair(rank(a), -std::abs(a.effect)) < std::pair(rank(b), -std::abs(b.effect));
    });
    for (const auto& row : result_.series) {
      auto& count = rank(row) == 0   ? result_.regressed
                    : rank(row) == 1 ? result_.improved
                    : rank(row) == 2 ? result_.unchanged
                                     : result_.undecided;
      ++count;
    }
  }

  db::Connection& connection_;
  const Policies& policies_;
  const Id project_;
  const std::string_view name_;
  HistoryEnd end_;
  std::size_t flagged_levels_ = 0;
  std::string note_;
  SideValues base_, head_;
  Comparison result_;
};

}  // namespace

std::string_view side_kind_name(SideKind kind) {
  return kind == SideKind::branch ? "branch" : kind == SideKind::commit ? "commit" : "run";
}

std::string_view method_name(CompareMethod method) {
  return method == CompareMethod::ranks ? "ranks" : method == CompareMethod::baseline ? "baseline" : "none";
}

tl::expected<Comparison, std::string> compare(db::Connection& connection, const Policies& policies, Id project,
                                              std::string_view project_name, const SideQuestion& base,
                                              const SideQuestion& head) {
  SideFinder finder(connection, project);
  auto found_base = finder.find(base, "base");
  if (!found_base) return tl::unexpected(found_base.error());
  auto found_head = finder.find(head, "head");
  if (!found_head) return tl::unexpected(found_head.error());
  return SideComparer(connection, policies, project, project_name)
      .compare(std::move(*found_base), std::move(*found_head));
}

}  // namespace perftrend::triage
