#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <chrono>
#include <thread>

TEST_CASE("passes") {
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK(true);
}
TEST_CASE("fails") {
  CHECK(1 == 2);
}
