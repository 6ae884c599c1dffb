#include "server/db/id_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace perftrend::db {
namespace {

using ::testing::ElementsAre;

TEST(IdParts, HaveFewSizes) {
  std::vector<std::string> places;
  std::vector<std::vector<std::int64_t>> parts;
  const auto take = [&](const std::string& text, std::span<const std::int64_t> part) {
    places.push_back(text);
    parts.emplace_back(part.begin(), part.end());
  };
  for_each_part({}, 1, take);
  EXPECT_TRUE(places.empty());
  for_each_part(std::vector<std::int64_t>{5, 6}, 3, take);
  EXPECT_THAT(places, ElementsAre("($3, $4, $5, $6)"));
  EXPECT_THAT(parts.front(), ElementsAre(5, 6, 6, 6));

  places.clear();
  parts.clear();
  std::vector<std::int64_t> many;
  for (std::int64_t id = 1; id <= 2500; ++id)
    many.push_back(id);
  for_each_part(many, 1, take);
  ASSERT_EQ(parts.size(), 3U);
  std::vector<std::int64_t> all;
  for (const auto& part : parts) {
    EXPECT_EQ(part.size(), 1024U);
    all.insert(all.end(), part.begin(), part.end());
  }
  all.erase(std::unique(all.begin(), all.end()), all.end());
  EXPECT_EQ(all, many);
}

}  // namespace
}  // namespace perftrend::db
