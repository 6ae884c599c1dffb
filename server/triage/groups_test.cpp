#include "server/triage/groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perftrend::triage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

store::Regression range(std::optional<std::int64_t> last_good, std::int64_t first_bad, bool worse = true,
                        const std::string& branch = "main") {
  store::Regression made;
  made.record.first_at_us = first_bad;
  made.record.worse = worse;
  made.last_good_at_us = last_good;
  made.series.branch = branch;
  return made;
}

TEST(Groups, RangesThatShareAPlaceAreOne) {
  const auto groups = group_by_range({range(10, 20), range(15, 25), range(18, 20), range(20, 30), range(19, 40)});
  // 20 lies in the first three ranges; the fourth begins there, and its end lies in the fifth.
  ASSERT_THAT(groups, SizeIs(2));
  EXPECT_THAT(groups[0].members, ElementsAre(3, 4));
  EXPECT_THAT(groups[1].members, ElementsAre(0, 1, 2));
  EXPECT_EQ(groups[1].last_good, 2U) << "the newest last good run";
  EXPECT_EQ(groups[1].first_bad, 0U) << "the oldest first bad one";
}

TEST(Groups, DirectionsBranchesAndDriftsKeepApart) {
  auto drift = range(10, 20);
  drift.record.kind = store::FindingKind::drift;
  EXPECT_THAT(group_by_range({range(10, 20), range(10, 20, false), range(10, 20, true, "b"), drift, drift}), SizeIs(5));
  auto confirmed = range(10, 20);
  confirmed.record.confirmed_us = 1;
  EXPECT_THAT(group_by_range({range(10, 20), confirmed, confirmed}), SizeIs(2)) << "suspicions are apart";
  EXPECT_THAT(group_by_range({}), IsEmpty());
  EXPECT_THAT(group_by_range({range(std::nullopt, 20), range(10, 20)}), SizeIs(1));
}

}  // namespace
}  // namespace perftrend::triage
