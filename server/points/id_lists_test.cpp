#include "server/points/id_lists.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace perftrend::points {
namespace {

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

}  // namespace
}  // namespace perftrend::points
