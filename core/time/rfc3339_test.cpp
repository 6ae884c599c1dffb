#include "core/time/rfc3339.h"

#include <gtest/gtest.h>

#include <vector>

namespace perftrend::times {
namespace {

TEST(ParseRfc3339, Table) {
  struct Case {
    const char* text;
    const char* expected;  ///< "" is refused
  };
  for (const auto& [text, expected] : std::vector<Case>{
           {"2026-11-23T02:00:00Z", "2026-11-23T02:00:00Z"},
           {"2026-11-23t02:00:00z", "2026-11-23T02:00:00Z"},
           {"2026-11-23 02:00:00Z", "2026-11-23T02:00:00Z"},
           {"2026-11-23T03:30:00+01:30", "2026-11-23T02:00:00Z"},
           {"2026-11-22T21:00:00-05:00", "2026-11-23T02:00:00Z"},
           {"2026-11-23T02:00:00.5Z", "2026-11-23T02:00:00.500000Z"},
           {"2026-11-23T02:00:00.1234567+00:00", "2026-11-23T02:00:00.123456Z"},
           {"2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z"},
           {"2023-02-29T00:00:00Z", ""},
           {"2026-11-23T25:00:00Z", ""},
           {"2026-11-23T02:00:00", ""},
           {"2026-11-23T02:00:00.Z", ""},
           {"2026-11-23T02:00:00Z and more", ""},
           {"2026-11-23", ""},
           {"yesterday", ""},
           {"", ""},
       }) {
    const auto time = parse_rfc3339(text);
    EXPECT_EQ(time ? to_rfc3339(*time) : "", expected) << text;
  }
}

TEST(ToRfc3339, Table) {
  using std::chrono::microseconds;
  EXPECT_EQ(to_rfc3339(Time(microseconds(0))), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339(Time(microseconds(1'795'399'200'000'000))), "2026-11-23T02:00:00Z");
  EXPECT_EQ(to_rfc3339(Time(microseconds(1'795'399'200'000'001))), "2026-11-23T02:00:00.000001Z");
}

}  // namespace
}  // namespace perftrend::times
