#include "server/http/wire/memory_budget.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace perftrend::http {
namespace {

TEST(MemoryBudget, HoldsTheSumOfAllShares) {
  MemoryBudget budget(100);
  MemoryBudget::Share first(budget);
  EXPECT_TRUE(first.grow_to(60));
  EXPECT_TRUE(first.grow_to(10));  // never less than it was
  {
    MemoryBudget::Share second(budget);
    EXPECT_FALSE(second.grow_to(41));
    EXPECT_TRUE(second.grow_to(40));
    EXPECT_EQ(budget.used(), 100U);
    EXPECT_FALSE(first.grow_to(61));
  }
  EXPECT_EQ(budget.used(), 60U);
  EXPECT_TRUE(first.grow_to(100));
}

TEST(MemoryBudget, IsNeverExceededByManyThreads) {
  MemoryBudget budget(50);
  std::atomic<bool> exceeded = false;
  constexpr std::size_t threads_count = 8;
  std::vector<std::thread> threads;
  threads.reserve(threads_count);
  for (std::size_t i = 0; i < threads_count; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 2000; ++round) {
        MemoryBudget::Share share(budget);
        std::size_t held = 0;
        for (std::size_t bytes = 5; bytes <= 25; bytes += 5) {
          if (share.grow_to(bytes)) held = bytes;
        }
        exceeded = exceeded || held > 50;
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  EXPECT_FALSE(exceeded);
  EXPECT_EQ(budget.used(), 0U);
}

}  // namespace
}  // namespace perftrend::http
