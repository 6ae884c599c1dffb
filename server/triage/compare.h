#pragma once
// Comparison of two sides of a project: branches, commits or runs, series by series. A pure function of what is stored.
// Functions run in the caller's transaction.

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/detect/verdict.h"
#include "server/db/sql.h"
#include "server/store/series.h"
#include "server/triage/policies.h"

namespace perftrend::triage {

enum class SideKind { branch, commit, run };
std::string_view side_kind_name(SideKind kind);

/// How the interval and the verdict of a series were found.
enum class CompareMethod {
  none,      ///< too few values: medians only
  ranks,     ///< at least 4 values on both sides: Hodges-Lehmann shift, interval of Moses, test of Mann and Whitney
  baseline,  ///< against the accepted points of the base branch, as an upload is judged
};
std::string_view method_name(CompareMethod method);

struct ComparisonSide {
  SideKind kind = SideKind::run;
  std::string name;      ///< as it was asked for; of a branch its plain, present name
  std::string text;      ///< what it means: "branch main, its newest 30 points up to run 25"
  std::vector<Id> runs;  ///< first parts; of a base branch the newest one alone
};

struct SeriesComparison {
  CaseKey key;
  std::string metric, unit;
  std::string testbed;  ///< of the head
  Better better = Better::lower;
  Id base_series = 0, head_series = 0;  ///< 0: the side does not have it
  std::size_t base_values = 0, head_values = 0;
  double base_median = 0, head_median = 0;
  double effect = 0;  ///< relative change of the median, signed; with an interval its estimate
  std::optional<double> effect_low, effect_high;  ///< 95 % interval of the effect
  std::optional<double> p_value;
  CompareMethod method = CompareMethod::none;
  Verdict verdict = Verdict::too_few;
  bool expected_by_chance = false;  ///< significant alone, but expected by chance among this many series: verdict ok
};

struct Comparison {
  ComparisonSide base, head;
  std::vector<SeriesComparison> series;  ///< regressed first, then improved, ok, too few; each by size of the effect
  std::vector<SeriesComparison> only_base, only_head;
  std::size_t regressed = 0, improved = 0, unchanged = 0, undecided = 0;
};

/// A side as a caller names it; without a kind it is found by name.
struct SideQuestion {
  std::string name;
  std::optional<SideKind> kind;
};

/// At most so many runs of a commit count, the newest ones.
inline constexpr int compared_runs_max = 50;
/// At most so many newest points of a base branch count.
inline constexpr std::size_t compared_window = 30;

/// A branch as base is its newest points of each series, up to the merge base where the head is a run of a branch that
/// states one; a branch as head is the runs of its newest commit. Excluded runs
/// are left out, and so are runs of purposes other than `trend`, unless a run is named by its id or a commit has no
/// others. Series are the same by case, metric and configuration, and by testbed
/// unless each side has one alone. The false discovery rate is limited to 5 % over all series. The error says which
/// side is unknown or ambiguous.
tl::expected<Comparison, std::string> compare(db::Connection& connection, const Policies& policies, Id project,
                                              std::string_view project_name, const SideQuestion& base,
                                              const SideQuestion& head);

/// The comparison as Markdown, for a comment on a pull request. `url` is the address of the page; may be empty.
std::string to_markdown(const Comparison& comparison, std::string_view project_name, std::string_view url);

}  // namespace perftrend::triage
