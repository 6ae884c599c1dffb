#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#else
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
#include <iostream>

TEST_CASE("passes") {
  std::cout << "Prompt 0: prefill = 10.12ms\n";
  REQUIRE(true);
}
TEST_CASE("fails") {
  REQUIRE(1 == 2);
}
