#include "server/triage/groups.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>

namespace perftrend::triage {
namespace {

std::int64_t begin_of(const store::Regression& regression) {
  return regression.last_good_at_us.value_or(INT64_MIN);
}

std::int64_t end_of(const store::Regression& regression) {
  return regression.record.first_at_us;
}

/// Begins a group at each range that no group's first end lies in, going by ends: the greedy way is the shortest.
void group_lane(const std::vector<store::Regression>& all, std::vector<std::size_t> lane, std::vector<Group>& groups) {
  std::stable_sort(lane.begin(), lane.end(),
                   [&](std::size_t a, std::size_t b) { return end_of(all[a]) < end_of(all[b]); });
  std::size_t open = groups.size();  // the first group of this lane that may still take members
  for (const std::size_t index : lane) {
    const bool fits = open < groups.size() && begin_of(all[index]) < end_of(all[groups.back().first_bad]);
    if (!fits) {
      groups.push_back({{}, index, index});
      open = groups.size() - 1;
    }
    Group& group = groups.back();
    group.members.push_back(index);
    if (begin_of(all[index]) > begin_of(all[group.last_good])) group.last_good = index;
  }
}

}  // namespace

std::vector<Group> group_by_range(const std::vector<store::Regression>& regressions) {
  std::vector<Group> groups;
  std::map<std::tuple<std::string, bool, store::FindingKind, bool>, std::vector<std::size_t>> lanes;
  for (std::size_t i = 0; i < regressions.size(); ++i) {
    const auto& regression = regressions[i];
    if (regression.record.kind == store::FindingKind::drift) {
      groups.push_back({{i}, i, i});
    } else {
      const auto& record = regression.record;
      lanes[{regression.series.branch, record.worse, record.kind, record.confirmed_us.has_value()}].push_back(i);
    }
  }
  for (auto& [key, lane] : lanes) {
    std::vector<Group> of_lane;
    group_lane(regressions, std::move(lane), of_lane);
    groups.insert(groups.end(), of_lane.begin(), of_lane.end());
  }
  for (auto& group : groups)
    std::sort(group.members.begin(), group.members.end());
  std::stable_sort(groups.begin(), groups.end(), [&](const Group& a, const Group& b) {
    return end_of(regressions[a.first_bad]) > end_of(regressions[b.first_bad]);
  });
  return groups;
}

}  // namespace perftrend::triage
