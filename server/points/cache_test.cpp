#include "server/points/cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace perftrend::points {
namespace {

void add_histories(ProjectState& state, int count) {
  for (int i = 1; i <= count; ++i)
    state.save(i, {{}, detect::GrowingHistory(detect::Policy{}), ProjectState::points_min});
}

void save_histories(Cache& cache, const std::string& project, int count) {
  auto checkout = cache.check_out(project);
  add_histories(checkout.state(), count);
  checkout.save(1);
}

bool has_state(Cache& cache, const std::string& project) {
  auto checkout = cache.check_out(project);
  const bool found = checkout.state().find(1) != nullptr;
  if (found) checkout.save(checkout.state().revision());
  return found;
}

Cache::Text text_of(std::size_t bytes) {
  return std::make_shared<const std::string>(bytes, 'x');
}

TEST(Cache, ReturnsAStateWithItsRevision) {
  Cache cache;
  {
    auto checkout = cache.check_out("p");
    EXPECT_EQ(checkout.state().revision(), 0);
    add_histories(checkout.state(), 3);
    checkout.save(7);
  }
  EXPECT_EQ(cache.check_out("q").state().find(3), nullptr);
  const auto bytes = cache.bytes();
  EXPECT_GT(bytes, 0U);
  {
    auto checkout = cache.check_out("p");
    EXPECT_EQ(checkout.state().revision(), 7);
    EXPECT_NE(checkout.state().find(3), nullptr);
    EXPECT_EQ(cache.bytes(), bytes) << "what is checked out counts";
  }
  EXPECT_EQ(cache.bytes(), 0U) << "what is not given back is dropped";
  EXPECT_EQ(cache.check_out("p").state().find(3), nullptr);
}

TEST(Cache, DoesNotStoreShortHistories) {
  ProjectState state(1, 1U << 20U);
  state.save(1, {{}, detect::GrowingHistory(detect::Policy{}), ProjectState::points_min - 1});
  EXPECT_EQ(state.find(1), nullptr);
}

TEST(Cache, EvictsWhatWasUsedLongestAgo) {
  Cache measure;
  save_histories(measure, "p1", 10);
  Cache cache(3 * measure.bytes());
  for (const char* project : {"p1", "p2", "p3", "p4"})
    save_histories(cache, project, 10);
  EXPECT_EQ(cache.bytes(), 3 * measure.bytes());
  EXPECT_FALSE(has_state(cache, "p1"));
  EXPECT_TRUE(has_state(cache, "p4"));
  EXPECT_TRUE(has_state(cache, "p2"));
  cache.save_answer("p9", "which?", 1, text_of(measure.bytes()));
  EXPECT_FALSE(has_state(cache, "p3")) << "answers and states share the budget";
  EXPECT_TRUE(has_state(cache, "p2"));
}

TEST(Cache, ChecksOutAProjectToOneThreadAtATime) {
  Cache cache;
  std::atomic<int> inside = 0;
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        auto checkout = cache.check_out("p");
        EXPECT_EQ(++inside, 1);
        const auto before = checkout.state().revision();
        --inside;
        if (round % 7 != 0) checkout.save(before + 1);
      }
    });
  }
  auto other = cache.check_out("q");  // does not wait for "p"
  for (auto& thread : threads)
    thread.join();
}

TEST(Cache, ServesWaitingThreadsInOrder) {
  Cache cache;
  std::vector<int> served;
  std::vector<std::future<void>> waiting;
  {
    const auto first = cache.check_out("p");
    for (int i = 0; i < 5; ++i) {
      waiting.push_back(std::async(std::launch::async, [&, i] {
        const auto checkout = cache.check_out("p");
        served.push_back(i);
      }));
      while (cache.waiting("p") != static_cast<std::size_t>(i + 1))
        std::this_thread::yield();
    }
  }
  for (auto& each : waiting)
    each.get();
  EXPECT_EQ(served, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(Cache, AnswersForTheSameRevision) {
  Cache cache;
  cache.save_answer("p", "2 1000", 7, text_of(10));
  EXPECT_NE(cache.find_answer("p", "2 1000", 7), nullptr);
  EXPECT_EQ(cache.find_answer("p", "2 1000", 8), nullptr) << "the project changed";
  EXPECT_EQ(cache.find_answer("p", "2 999", 7), nullptr);
  EXPECT_EQ(cache.find_answer("q", "2 1000", 7), nullptr);
  cache.save_answer("p", "2 1000", 8, text_of(20));
  EXPECT_EQ(cache.find_answer("p", "2 1000", 7), nullptr);
  EXPECT_EQ(cache.find_answer("p", "2 1000", 8)->size(), 20U);
  EXPECT_EQ(cache.bytes(), 20U);
}

TEST(Cache, EvictsAnswersUsedLongestAgo) {
  Cache cache(100);
  for (const char* question : {"1", "2", "3"})
    cache.save_answer("p", question, 1, text_of(33));
  cache.find_answer("p", "1", 1);
  cache.save_answer("p", "4", 1, text_of(33));
  EXPECT_NE(cache.find_answer("p", "1", 1), nullptr);
  EXPECT_EQ(cache.find_answer("p", "2", 1), nullptr);
  EXPECT_NE(cache.find_answer("p", "4", 1), nullptr);
  cache.save_answer("p", "5", 1, text_of(101));
  EXPECT_EQ(cache.find_answer("p", "5", 1), nullptr) << "larger than the whole budget";
  EXPECT_NE(cache.find_answer("p", "4", 1), nullptr);
}

}  // namespace
}  // namespace perftrend::points
