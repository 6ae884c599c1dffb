#include "server/store/id_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace perftrend::store {
namespace {

using ::testing::ElementsAre;

db::Blob as_blob(const std::string& bytes) {
  return std::as_bytes(std::span(bytes));
}

TEST(IdLists, ArePackedAsDistances) {
  EXPECT_EQ(pack_ids({}), "");
  EXPECT_EQ(pack_ids(std::vector<Id>{7, 8, 9, 137, 400}), "\x07\x01\x01\x80\x01\x87\x02");
}

TEST(IdLists, ComeBack) {
  std::mt19937_64 random(1);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same lists every time
  for (const unsigned bits : {1U, 4U, 20U, 40U}) {
    std::vector<Id> ids;
    Id id = 0;
    for (int i = 0; i < 1000; ++i)
      ids.push_back(id += 1 + static_cast<Id>(random() >> (64 - bits)));
    EXPECT_EQ(unpack_ids(as_blob(pack_ids(ids))), ids);
  }
  const std::vector<Id> last = {std::numeric_limits<Id>::max()};
  EXPECT_EQ(unpack_ids(as_blob(pack_ids(last))), last);
  EXPECT_EQ(unpack_ids(as_blob("")), std::vector<Id>{});
}

TEST(IdLists, AreRefusedWhereTheyAreDamaged) {
  for (const auto& bytes : {std::string("\x80"), std::string("\x01\x00", 2), std::string(11, '\xff'),
                            pack_ids(std::vector<Id>{std::numeric_limits<Id>::max()}) + "\x01",
                            std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")})
    EXPECT_THROW(unpack_ids(as_blob(bytes)), db::Unusable);
}

TEST(IdLists, GoIntoStatementsInFewSizes) {
  std::vector<std::string> places;
  std::vector<std::vector<Id>> parts;
  const auto take = [&](const std::string& text, std::span<const Id> part) {
    places.push_back(text);
    parts.emplace_back(part.begin(), part.end());
  };
  for_each_part({}, 1, take);
  EXPECT_TRUE(places.empty());
  for_each_part(std::vector<Id>{5, 6}, 3, take);
  EXPECT_THAT(places, ElementsAre("($3, $4, $5, $6)"));
  EXPECT_THAT(parts.front(), ElementsAre(5, 6, 6, 6));

  places.clear();
  parts.clear();
  std::vector<Id> many;
  for (Id id = 1; id <= 2500; ++id)
    many.push_back(id);
  for_each_part(many, 1, take);
  ASSERT_EQ(parts.size(), 3U);
  std::vector<Id> all;
  for (const auto& part : parts) {
    EXPECT_EQ(part.size(), 1024U);
    all.insert(all.end(), part.begin(), part.end());
  }
  all.erase(std::unique(all.begin(), all.end()), all.end());
  EXPECT_EQ(all, many);
}

}  // namespace
}  // namespace perftrend::store
