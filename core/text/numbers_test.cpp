#include "core/text/numbers.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <random>
#include <string>

#include "core/metrics/units.h"
#include "core/metrics/values.h"
#include "core/time/timestamps.h"

namespace perftrend::ingest {
namespace {

TEST(Numbers, Decimals) {
  struct Row {
    const char* text;
    std::optional<double> value;
  };
  const Row rows[] = {
      {"0", 0.0},        {"12", 12.0},    {"+1.5", 1.5},
      {"-2.25", -2.25},  {".5", 0.5},     {"5.", 5.0},
      {"1e3", 1000.0},   {"1E-3", 0.001}, {"1e-999", 0.0},
      {"-1e-999", -0.0}, {"1e999", {}},   {"nan", {}},
      {"inf", {}},       {"0x10", {}},    {"", {}},
      {".", {}},         {"e5", {}},      {"1e", {}},
      {"1e+", {}},       {" 1", {}},      {"1 ", {}},
      {"1_0", {}},       {"1,5", {}},     {"--1", {}},
      {"1.2.3", {}},     {"12s", {}},     {"+", {}},
      {"Infinity", {}},  {"0.1", 0.1},    {"123456789.123456789", 123456789.123456789},
      {"\xD9\xA1", {}},
  };
  for (const Row& row : rows)
    EXPECT_EQ(parse_decimal(row.text), row.value) << row.text;
}

TEST(Numbers, DecimalsAreTheNearestDoubles) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 100'000; ++i) {
    const auto digits = static_cast<int>(random() % 19);
    const std::string text = fmt::format("{}.{:0{}}", random() % 100'000, random() % 1'000'000'000, digits);
    EXPECT_EQ(parse_decimal(text), std::strtod(text.c_str(), nullptr)) << text;
  }
}

TEST(Numbers, SecondsAsProducersWriteThem) {
  struct Row {
    const char* text;
    std::optional<double> seconds;
  };
  const Row rows[] = {
      {" 1.5\n", 1.5},
      {"1,234.5", 1234.5},
      {"1,234", 1234.0},
      {"12,345,678.9", 12345678.9},
      {"0,5", 0.5},
      {"0,012", 0.012},
      {"1234,567", 1234.567},
      {"1,23", 1.23},
      {"1,2345", 1.2345},
      {"-0", 0.0},
      {"1,234,5", {}},
      {"1.234,5", {}},
      {",5", {}},
      {"5,", {}},
      {"-1", {}},
      {"-345345", {}},
      {"NaN", {}},
      {"Infinity", {}},
      {"0x1p3", {}},
      {"12s", {}},
      {"<<computed>>", {}},
      {"", {}},
      {" ", {}},
      {"1e400", {}},
      {"7.2e-05", 7.2e-05},
  };
  for (const Row& row : rows)
    EXPECT_EQ(parse_seconds(row.text), row.seconds) << row.text;
  EXPECT_FALSE(std::signbit(*parse_seconds("-0")));
}

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
                        "Mon Nov 23 02:00:00 PST 2026",
                        "9999999999999999999999"};
  for (const char* text : none)
    EXPECT_EQ(parse_time_us(text), std::nullopt) << text;
}

TEST(Values, ListsUnitsAndWhatIsNone) {
  struct Row {
    const char* text;
    ValueKind kind;
    std::vector<double> numbers;
    const char* unit;
  };
  const Row rows[] = {
      {"5", ValueKind::numbers, {5}, ""},
      {" 10.081 10.079\n", ValueKind::numbers, {10.081, 10.079}, ""},
      {"[1.5, 2.5,3]", ValueKind::numbers, {1.5, 2.5, 3}, ""},
      {"1, 2; 3", ValueKind::numbers, {1, 2, 3}, ""},
      {"10.12ms", ValueKind::numbers, {10.12}, "ms"},
      {"3 KiB", ValueKind::numbers, {3}, "kib"},
      {"1 2 3 us", ValueKind::numbers, {1, 2, 3}, "us"},
      {"1s 500ms", ValueKind::numbers, {1, 0.5}, "s"},
      {"12.5%", ValueKind::numbers, {12.5}, "percent"},
      {"40.5 tokens/s", ValueKind::numbers, {40.5}, "per_s"},
      {"", ValueKind::text, {}, ""},
      {"1.2.3", ValueKind::text, {}, ""},
      {"2026-11-23", ValueKind::text, {}, ""},
      {"12:30", ValueKind::text, {}, ""},
      {"3 of 7", ValueKind::text, {}, ""},
      {"0x1F", ValueKind::text, {}, ""},
      {"ms", ValueKind::text, {}, ""},
      {"none", ValueKind::text, {}, ""},
      {"[]", ValueKind::text, {}, ""},
      {"NaN", ValueKind::not_finite, {}, ""},
      {"1 -inf 3", ValueKind::not_finite, {}, ""},
      {"1e999", ValueKind::not_finite, {}, ""},
      {"1,5", ValueKind::ambiguous, {}, ""},
      {"1,234.5", ValueKind::ambiguous, {}, ""},
      {"1ms 2", ValueKind::mixed_units, {}, ""},
      {"1ms 2KiB", ValueKind::mixed_units, {}, ""},
      {"1 2 3 4 5 6", ValueKind::too_many, {}, ""},
  };
  Values values;
  for (const Row& row : rows) {
    parse_values(row.text, 5, values);
    EXPECT_EQ(values.kind, row.kind) << row.text;
    EXPECT_EQ(values.numbers, row.numbers) << row.text;
    EXPECT_EQ(values.unit ? values.unit->name : "", row.unit) << row.text;
  }
}

TEST(Units, SuffixesAndFamilies) {
  EXPECT_EQ(unit_of_suffix("prefill_ms")->name, "ms");
  EXPECT_EQ(unit_of_suffix("tokens_per_s")->family, UnitFamily::rate);
  EXPECT_EQ(unit_of_suffix("io_mib_per_s")->family, UnitFamily::size_rate);
  EXPECT_EQ(unit_of_suffix("wall_s")->factor, 1000);
  EXPECT_EQ(unit_of_suffix("_ms"), std::nullopt);
  EXPECT_EQ(unit_of_suffix("tokens"), std::nullopt);
  EXPECT_EQ(known_unit("Mb"), std::nullopt);  // megabits
  EXPECT_EQ(known_unit("\xC2\xB5s"), known_unit("us"));
  EXPECT_EQ(family_unit(*known_unit("GiB")).name, "bytes");
}

}  // namespace
}  // namespace perftrend::ingest
