#define BOOST_TEST_MODULE interop
#include <boost/test/included/unit_test.hpp>

#include <chrono>
#include <thread>

BOOST_AUTO_TEST_CASE(passes) {
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  BOOST_TEST(true);
}
BOOST_AUTO_TEST_CASE(fails) {
  BOOST_TEST(1 == 2);
}
BOOST_AUTO_TEST_CASE(skips, *boost::unit_test::disabled()) {}
