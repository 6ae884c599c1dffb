#include "server/http/routes/trend_cache.h"

#include <gtest/gtest.h>

namespace perftrend::http {
namespace {

TrendCache::Text text_of(std::size_t bytes) {
  return std::make_shared<const std::string>(bytes, 'x');
}

TEST(TrendCache, AnswersOnTheSameBasisAlone) {
  TrendCache cache;
  const TrendCache::Key key{1, 2, 1000};
  detect::Policy other;
  other.minimum_effect = 0.2;
  cache.save(key, {7, {}, 3}, text_of(10));
  EXPECT_NE(cache.find(key, {7, {}, 3}), nullptr);
  EXPECT_EQ(cache.find(key, {8, {}, 3}), nullptr) << "the project changed";
  EXPECT_EQ(cache.find(key, {7, other, 3}), nullptr);
  EXPECT_EQ(cache.find(key, {7, {}, 4}), nullptr);
  EXPECT_EQ(cache.find({1, 2, 999}, {7, {}, 3}), nullptr);
  EXPECT_EQ(cache.find({1, 3, 1000}, {7, {}, 3}), nullptr);
  cache.save(key, {8, {}, 3}, text_of(20));
  EXPECT_EQ(cache.find(key, {7, {}, 3}), nullptr);
  EXPECT_EQ(cache.find(key, {8, {}, 3})->size(), 20U);
}

TEST(TrendCache, ForgetsWhatWasAskedForLongestAgo) {
  TrendCache cache(100);
  const TrendCache::Basis basis;
  for (Id series = 1; series <= 3; ++series)
    cache.save({1, series, 10}, basis, text_of(33));
  cache.find({1, 1, 10}, basis);
  cache.save({1, 4, 10}, basis, text_of(33));
  EXPECT_NE(cache.find({1, 1, 10}, basis), nullptr);
  EXPECT_EQ(cache.find({1, 2, 10}, basis), nullptr);
  EXPECT_NE(cache.find({1, 4, 10}, basis), nullptr);
  cache.save({1, 5, 10}, basis, text_of(101));
  EXPECT_EQ(cache.find({1, 5, 10}, basis), nullptr) << "larger than all together may be";
  EXPECT_NE(cache.find({1, 4, 10}, basis), nullptr);
}

}  // namespace
}  // namespace perftrend::http
