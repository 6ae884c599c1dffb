#include "core/time/timestamps.h"

#include <gtest/gtest.h>

namespace perftrend::times {
namespace {

TEST(Timestamps, AsProducersWriteThem) {
  constexpr std::int64_t us = 1795399200000000;  // 2026-11-23T02:00:00Z
  const char* same[] = {"2026-11-23T02:00:00Z",
                        "2026-11-23T02:00:00",
                        "2026-11-23 02:00:00",
                        "2026-11-23T 02:00:00.000",
                        "2026-11-23T03:00:00+01:00",
                        "2026-11-22T18:30:00-0730",
                        "20261123T020000Z",
                        "20261123 02:00:00.000",
                        "2026-11-23 02:00:00 UTC",
                        "2026-11-23 02:00:00.000000Z",
                        "2026-11-23T04:00:00 +02",
                        "Mon, 23 Nov 2026 02:00:00 GMT",
                        "Mon Nov 23 02:00:00 UTC 2026",
                        "23 Nov 2026 02:00:00 GMT",
                        "Nov 23, 2026 2:00:00 AM",
                        "Nov 23, 2026 2:00:00AM",
                        "11/23/2026 2:00:00",
                        "11/23/2026 02:00:00",
                        "23/11/2026 02:00",
                        "1795399200",
                        "1795399200000",
                        "2026-11-23T02:00:00.0000000000Z"};
  for (const char* text : same)
    EXPECT_EQ(parse_time_us(text), us) << text;
  EXPECT_EQ(parse_time_us("2026-11-23T02:00:00.25Z"), us + 250'000);
  EXPECT_EQ(parse_time_us("2026-11-23"), us - std::int64_t{2} * 3600 * 1'000'000);
  EXPECT_EQ(parse_time_us("2016-12-31T23:59:60Z"), parse_time_us("2017-01-01T00:00:00Z"));
  EXPECT_EQ(parse_time_us("2026-11-22T24:00:00Z"), parse_time_us("2026-11-23T00:00:00Z"));
  EXPECT_EQ(parse_time_us("Nov 23, 2026 12:00:00 PM"), parse_time_us("2026-11-23T12:00:00Z"));
  const char* none[] = {"",
                        "yesterday",
                        "0000-01-01T00:00:00Z",
                        "99999-01-01T00:00:00Z",
                        "0001-01-01",
                        "1970-01-01T00:00:00Z",
                        "2026-02-30",
                        "2026-13-01",
                        "2018-38-06T02:38:04",
                        "2026-11-23T25:00:00",
                        "06/07/2018 20:33:39",
                        "2026-11-23T02:00:00+99:00",
                        "2026-11-23T02:61:00",
                        "12345",
                        "2026-11-23T02:00:00Zx",
                        "2026-11-23T",
                        "2026-11-23T02,00:00",
                        "Mon Nov 23 02:00:00 PST 2026",
                        "9999999999999999999999"};
  for (const char* text : none)
    EXPECT_EQ(parse_time_us(text), std::nullopt) << text;
}

}  // namespace
}  // namespace perftrend::times
