#include "core/metrics/values.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace perftrend::metrics {
namespace {

struct ValueRow {
  const char* text;
  ValueKind kind;
  std::vector<double> numbers;
  const char* unit;
};

void expect_read(const std::vector<ValueRow>& rows) {
  ParsedValues values;
  for (const ValueRow& row : rows) {
    parse_values(row.text, 5, values);
    EXPECT_EQ(values.kind, row.kind) << row.text;
    ASSERT_EQ(values.numbers.size(), row.numbers.size()) << row.text;
    for (std::size_t i = 0; i < row.numbers.size(); ++i)
      EXPECT_DOUBLE_EQ(values.numbers[i], row.numbers[i]) << row.text;
    EXPECT_EQ(values.unit ? values.unit->name : "", row.unit) << row.text;
  }
}

TEST(Values, ListsUnitsAndOtherTexts) {
  expect_read({
      {"5", ValueKind::numbers, {5}, ""},
      {" 10.081 10.079\n", ValueKind::numbers, {10.081, 10.079}, ""},
      {"[1.5, 2.5,3]", ValueKind::numbers, {1.5, 2.5, 3}, ""},
      {"1, 2; 3", ValueKind::numbers, {1, 2, 3}, ""},
      {"10.12ms", ValueKind::numbers, {10.12}, "ms"},
      {"3 KiB", ValueKind::numbers, {3}, "kib"},
      {"1 2 3 us", ValueKind::numbers, {1, 2, 3}, "us"},
      {"1.5s 500ms", ValueKind::numbers, {1.5, 0.5}, "s"},
      {"12.5%", ValueKind::numbers, {12.5}, "percent"},
      {"40.5 tokens/s", ValueKind::numbers, {40.5}, "per_s"},
      {"", ValueKind::text, {}, ""},
      {"1.2.3", ValueKind::text, {}, ""},
      {"2026-11-23", ValueKind::text, {}, ""},
      {"12:30", ValueKind::text, {}, ""},
      {"0x1F", ValueKind::text, {}, ""},
      {"1234abc", ValueKind::text, {}, ""},
      {"2nd", ValueKind::text, {}, ""},
      {"192.168.0.1", ValueKind::text, {}, ""},
      {"5/10", ValueKind::text, {}, ""},
      {"ms", ValueKind::text, {}, ""},
      {"none", ValueKind::text, {}, ""},
      {"[]", ValueKind::text, {}, ""},
      {"3 of 7", ValueKind::unreadable, {}, ""},
      {"12 requests failed", ValueKind::unreadable, {}, ""},
      {"1080p", ValueKind::unreadable, {}, ""},
      {"1'234.5 ms", ValueKind::unreadable, {}, ""},
      {"1_234 ms", ValueKind::unreadable, {}, ""},
      {"1\xC2\xA0"
       "234 ms",
       ValueKind::unreadable,
       {},
       ""},
      {"<1 ms", ValueKind::unreadable, {}, ""},
      {"$5", ValueKind::unreadable, {}, ""},
      {"5 ms.", ValueKind::unreadable, {}, ""},
      {"12ms p99", ValueKind::unreadable, {}, ""},
      {"12ms..15ms", ValueKind::unreadable, {}, ""},
      {"<none>", ValueKind::text, {}, ""},
      {"5d3f2a", ValueKind::text, {}, ""},
      {"NaN", ValueKind::not_finite, {}, ""},
      {"1 -inf 3", ValueKind::not_finite, {}, ""},
      {"1e999", ValueKind::not_finite, {}, ""},
      {"1,5", ValueKind::ambiguous, {}, ""},
      {"1,234", ValueKind::ambiguous, {}, ""},
      {"1.234,5", ValueKind::ambiguous, {}, ""},
      {"1.234,5 ms", ValueKind::ambiguous, {}, ""},
      {"1,234 ms", ValueKind::ambiguous, {}, ""},
      {"1,5 ms", ValueKind::ambiguous, {}, ""},
      {"1,2,3", ValueKind::ambiguous, {}, ""},
      {"1ms 2", ValueKind::mixed_units, {}, ""},
      {"1ms 2KiB", ValueKind::mixed_units, {}, ""},
      {"1 2 3 4 5 6", ValueKind::too_many, {}, ""},
  });
}

TEST(Values, AsToolsWriteThem) {
  expect_read({
      {"35.2 t/s", ValueKind::numbers, {35.2}, "per_s"},
      {"17.3 GFLOPS", ValueKind::numbers, {17.3}, "gflops"},
      {"812.5 GFLOP/s", ValueKind::numbers, {812.5}, "gflops"},
      {"1.2 TFLOPS", ValueKind::numbers, {1.2}, "tflops"},
      {"120 MB/sec", ValueKind::numbers, {120}, "mb_per_s"},
      {"512 MB/s", ValueKind::numbers, {512}, "mb_per_s"},
      {"2 GiB per second", ValueKind::numbers, {2}, "gib_per_s"},
      {"12 iter/sec", ValueKind::numbers, {12}, "per_s"},
      {"600 req/min", ValueKind::numbers, {600}, "per_min"},
      {"1.2 Mops/s", ValueKind::numbers, {1.2}, "per_s"},
      {"1.2M ops/s", ValueKind::numbers, {1.2e6}, "per_s"},
      {"3.2K", ValueKind::numbers, {3200}, ""},
      {"5k", ValueKind::numbers, {5000}, ""},
      {"7 allocs/op", ValueKind::numbers, {7}, "allocs/op"},
      {"48 B/op", ValueKind::numbers, {48}, "bytes"},
      {"2.02 ms/token", ValueKind::numbers, {2.02}, "ms"},
      {"12.5ms/req", ValueKind::numbers, {12.5}, "ms"},
      {"325 ns/op", ValueKind::numbers, {325}, "ns"},
      {"3 ns per iter", ValueKind::numbers, {3}, "ns"},
      {"5,933 ns/iter", ValueKind::numbers, {5933}, "ns"},
      {"5,933 ns/iter (+/- 12)", ValueKind::numbers, {5933}, "ns"},
      {"1,234.5 ms", ValueKind::numbers, {1234.5}, "ms"},
      {"1,234,567 ops/sec \xC2\xB1"
       "0.42% (92 runs sampled)",
       ValueKind::numbers,
       {1234567},
       "per_s"},
      {"12.3 ms \xC2\xB1 0.4", ValueKind::numbers, {12.3}, "ms"},
      {"12.3 \xC2\xB1 0.4 ms", ValueKind::numbers, {12.3}, "ms"},
      {"(12.3 \xC2\xB1 0.4) ms", ValueKind::numbers, {12.3}, "ms"},
      {"12.3ms +/- 0.4ms", ValueKind::numbers, {12.3}, "ms"},
      {"~12 ms", ValueKind::numbers, {12}, "ms"},
      {"12 ms (mean)", ValueKind::numbers, {12}, "ms"},
      {"12 (ms)", ValueKind::numbers, {12}, "ms"},
      {"12 [ms]", ValueKind::numbers, {12}, "ms"},
      {"1.5 s/it", ValueKind::numbers, {1.5}, "s"},
      {"1m30s", ValueKind::numbers, {90}, "s"},
      {"1h 2m", ValueKind::numbers, {3720}, "s"},
      {"1h2m3.5s", ValueKind::numbers, {3723.5}, "s"},
      {"1s500ms", ValueKind::numbers, {1.5}, "s"},
      {"1s 500ms", ValueKind::numbers, {1, 0.5}, "s"},
      {"2m 5s 30ms", ValueKind::numbers, {125.03}, "s"},
      {"2 min 30 s", ValueKind::numbers, {150}, "s"},
      {"00:01:30.5", ValueKind::numbers, {90.5}, "s"},
      {"1.5 h", ValueKind::numbers, {1.5}, "h"},
      {"2 min", ValueKind::numbers, {2}, "min"},
      {"95 %", ValueKind::numbers, {95}, "percent"},
      {"1e3ms", ValueKind::numbers, {1000}, "ms"},
      {"3 \xC2\xB5s", ValueKind::numbers, {3}, "us"},
      {"3 \xCE\xBCs", ValueKind::numbers, {3}, "us"},
      {"80 Mbit/s", ValueKind::numbers, {80}, "bytes_per_s"},
      {"1 Gbps", ValueKind::numbers, {1}, "bytes_per_s"},
      {"512Mi", ValueKind::numbers, {512}, "mib"},
      {"2.5x", ValueKind::numbers, {2.5}, "x"},
      {"40 W", ValueKind::numbers, {40}, "W"},
      {"5 apples", ValueKind::numbers, {5}, "apples"},
      {"5 widgets/op", ValueKind::numbers, {5}, "widgets/op"},
      {"7 errors", ValueKind::numbers, {7}, "errors"},
  });
  ParsedValues values;
  parse_values("5 apples", 5, values);
  EXPECT_TRUE(values.is_unit_unknown);
  parse_values("7 allocs/op", 5, values);
  EXPECT_FALSE(values.is_unit_unknown);
  parse_values("7B", 5, values);
  EXPECT_TRUE(values.is_bare_b);
  parse_values("7 kB", 5, values);
  EXPECT_FALSE(values.is_bare_b);
  parse_values("00:01:30", 5, values);
  EXPECT_TRUE(values.is_clock);
}

TEST(Units, FactorsOfTheirFamily) {
  struct UnitRow {
    const char* text;
    UnitFamily family;
    double factor;
  };
  const UnitRow rows[] = {{"h", UnitFamily::time, 3600e3},
                          {"ops/ms", UnitFamily::rate, 1e3},
                          {"req/min", UnitFamily::rate, 1. / 60},
                          {"Mtok/s", UnitFamily::rate, 1e6},
                          {"GHz", UnitFamily::rate, 1e9},
                          {"Mbit/s", UnitFamily::size_rate, 1e6 / 8},
                          {"MiB/s", UnitFamily::size_rate, 1024. * 1024},
                          {"MB/min", UnitFamily::size_rate, 1e6 / 60},
                          {"TFLOPS", UnitFamily::flop_rate, 1e3},
                          {"flops", UnitFamily::flop_rate, 1e-9},
                          {"us/call", UnitFamily::time, 1e-3},
                          {"apples/s", UnitFamily::rate, 1},
                          {"tokens_per_second", UnitFamily::rate, 1},
                          {"1/s", UnitFamily::rate, 1},
                          {"/s", UnitFamily::rate, 1},
                          {"per_s", UnitFamily::rate, 1}};
  for (const UnitRow& row : rows) {
    const auto unit = known_unit(row.text);
    ASSERT_TRUE(unit) << row.text;
    EXPECT_EQ(unit->family, row.family) << row.text;
    EXPECT_DOUBLE_EQ(unit->factor, row.factor) << row.text;
  }
  for (const char* text : {"Mb", "apples", "widgets/op", "ms/s", "", "/", "per", "3", "m"})
    EXPECT_EQ(known_unit(text), std::nullopt) << text;
}

TEST(Units, SuffixesAndFamilies) {
  EXPECT_EQ(unit_of_suffix("prefill_ms")->name, "ms");
  EXPECT_EQ(unit_of_suffix("tokens_per_s")->family, UnitFamily::rate);
  EXPECT_EQ(unit_of_suffix("io_mib_per_s")->family, UnitFamily::size_rate);
  EXPECT_EQ(unit_of_suffix("wall_s")->factor, 1000);
  EXPECT_EQ(unit_of_suffix("_ms"), std::nullopt);
  EXPECT_EQ(unit_of_suffix("tokens"), std::nullopt);
  EXPECT_EQ(unit_of_suffix("class_S"), std::nullopt);
  EXPECT_EQ(unit_of_suffix("link_Mb"), std::nullopt);
  EXPECT_EQ(unit_of_suffix("latency_min"), std::nullopt);
  EXPECT_EQ(unit_suffix_bytes("prefill_ms"), 3U);
  EXPECT_EQ(unit_suffix_bytes("tokens_per_s"), 6U);
  EXPECT_EQ(unit_suffix_bytes("io_mb_per_s"), 9U);
  EXPECT_EQ(unit_suffix_bytes("latency (ms)"), 5U);
  EXPECT_EQ(unit_suffix_bytes("plain"), 0U);
  EXPECT_EQ(known_unit("\xC2\xB5s"), known_unit("us"));
  EXPECT_EQ(family_unit(*known_unit("GiB")).name, "bytes");
  EXPECT_EQ(unit_of_suffix("ops_per_ms")->name, "per_ms");
  EXPECT_EQ(unit_of_suffix("parse_ns_per_op")->name, "ns");
  EXPECT_EQ(unit_of_suffix("gemm_tflops")->name, "tflops");
  EXPECT_TRUE(find_name_unit("tokens_s")->is_guess);
  EXPECT_FALSE(find_name_unit("tokens_per_s")->is_guess);
}

}  // namespace
}  // namespace perftrend::metrics
