#include "core/metrics/values.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
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
      {"1.5s 500ms", ValueKind::ambiguous, {}, ""},
      {"1.5s, 2500ms", ValueKind::numbers, {1.5, 2.5}, "s"},
      {"[1s,500ms]", ValueKind::numbers, {1, 0.5}, "s"},
      {"1s; 500ms", ValueKind::numbers, {1, 0.5}, "s"},
      {"10ms 12ms 11ms", ValueKind::numbers, {10, 12, 11}, "ms"},
      {"1s 900ms 1.1s", ValueKind::numbers, {1, 0.9, 1.1}, "s"},
      {"1s, 500ms", ValueKind::ambiguous, {}, ""},
      {"12.5%", ValueKind::numbers, {12.5}, "percent"},
      {"40.5 tokens/s", ValueKind::numbers, {40.5}, "per_s"},
      {"", ValueKind::text, {}, ""},
      {"1.2.3", ValueKind::text, {}, ""},
      {"2026-11-23", ValueKind::text, {}, ""},
      {"0x1F", ValueKind::text, {}, ""},
      {"1234abc", ValueKind::text, {}, ""},
      {"2nd", ValueKind::text, {}, ""},
      {"192.168.0.1", ValueKind::text, {}, ""},
      {"5/10", ValueKind::unreadable, {}, ""},
      {"12 / 15", ValueKind::unreadable, {}, ""},
      {"ms", ValueKind::text, {}, ""},
      {"none", ValueKind::text, {}, ""},
      {"[]", ValueKind::text, {}, ""},
      {"3 of 7", ValueKind::unreadable, {}, ""},
      {"12 requests failed", ValueKind::unreadable, {}, ""},
      {"1080p", ValueKind::unreadable, {}, ""},
      {"100 101 102 ms", ValueKind::ambiguous, {}, ""},
      {"100 101 102", ValueKind::numbers, {100, 101, 102}, ""},
      {"1 234 567", ValueKind::ambiguous, {}, ""},
      {"US$ 0.12", ValueKind::unreadable, {}, ""},
      {"VmRSS: 12345 kB", ValueKind::unreadable, {}, ""},
      {"10-20 ms", ValueKind::unreadable, {}, ""},
      {"waits 5 s", ValueKind::unreadable, {}, ""},
      {"1.234.567 ms", ValueKind::unreadable, {}, ""},
      {"1.2x10^3 ms", ValueKind::unreadable, {}, ""},
      {"Llama-3.1-8B", ValueKind::text, {}, ""},
      {"AMD EPYC 7B13", ValueKind::text, {}, ""},
      {"Intel(R) Xeon(R) @ 2.60GHz", ValueKind::text, {}, ""},
      {"in 2026", ValueKind::text, {}, ""},
      {"P1M", ValueKind::text, {}, ""},
      {"p50=12ms", ValueKind::unreadable, {}, ""},
      {"<1 ms", ValueKind::unreadable, {}, ""},
      {"$5", ValueKind::unreadable, {}, ""},
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
      {"1.2 Mops/s", ValueKind::numbers, {1.2}, "m_per_s"},
      {"1.2M ops/s", ValueKind::numbers, {1.2}, "m_per_s"},
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
      {"1s 500ms", ValueKind::numbers, {1.5}, "s"},
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
  EXPECT_EQ(values.clock, ClockForm::full);
}

TEST(Values, DurationsOfSeveralParts) {
  const std::pair<const char*, double> rows[] = {
      {"90s 500ms", 90.5},
      {"3ms 200us", 0.0032},
      {"3ms200\xC2\xB5s", 0.0032},
      {"2m 30s 500ms", 150.5},
      {"1m 1s 20ms", 61.02},
      {"1h 2m 3s", 3723},
      {"1min 30s 5ms", 90.005},
      {"1 min. 30 sec.", 90},
      {"1m 30.5s", 90.5},
      {"2 minutes 5 seconds", 125},
      {"1 minute, 30 seconds", 90},
      {"1 hour and 5 minutes", 3900},
      {"0m12.345s", 12.345},
      {"1d 2h", 93600},
      {"1H30M", 5400},
      {"1h 120s", 3720},
      {"PT1M30.5S", 90.5},
      {"PT0.512S", 0.512},
      {"P1DT2H", 93600},
      {"pt5s", 5},
      {"0:12.34", 12.34},
      {"1:02.5", 62.5},
      {"1.02:03:04.5", 93784.5},
      {"1 day, 2:03:04", 93784},
      {"took 1m30s", 90},
      {"took 1h 5m", 3900},
  };
  ParsedValues values;
  for (const auto& [text, seconds] : rows) {
    parse_values(text, 5, values);
    ASSERT_EQ(values.kind, ValueKind::numbers) << text;
    ASSERT_EQ(values.numbers.size(), 1U) << text;
    EXPECT_NEAR(values.numbers[0], seconds, 1e-9) << text;
    EXPECT_EQ(values.unit->name, "s") << text;
    EXPECT_EQ(values.clock, ClockForm::none) << text;
  }
  for (const char* text : {"00:00:01.2345678", "1:02:03", "14:03:22"}) {
    parse_values(text, 5, values);
    EXPECT_EQ(values.clock, ClockForm::full) << text;
  }
  for (const char* text : {"01:30", "12:30"}) {
    parse_values(text, 5, values);
    EXPECT_EQ(values.clock, ClockForm::two_parts) << text;
  }
  for (const char* text : {"1m 90s", "30s 1m", "1:2", "1:60:00", "1:02:03:04", "P1Y", "PT", "P1", "1 second, 2 rows"}) {
    parse_values(text, 5, values);
    EXPECT_NE(values.kind, ValueKind::numbers) << text;
  }
}

TEST(Values, BlanksSignsAndGroupsOfPeople) {
  expect_read({
      {"12\xC2\xA0ms", ValueKind::numbers, {12}, "ms"},
      {"12\xE2\x80\xAFms", ValueKind::numbers, {12}, "ms"},
      {"12\xE2\x80\x89ms", ValueKind::numbers, {12}, "ms"},
      {"1\xE2\x80\xAF"
       "234.5 ms",
       ValueKind::numbers,
       {1234.5},
       "ms"},
      {"1\xC2\xA0"
       "234\xC2\xA0ms",
       ValueKind::numbers,
       {1234},
       "ms"},
      {"12.5\xC2\xA0MB", ValueKind::numbers, {12.5}, "mb"},
      {"99.2\xC2\xA0%", ValueKind::numbers, {99.2}, "percent"},
      {"\xE2\x88\x92"
       "5 ms",
       ValueKind::numbers,
       {-5},
       "ms"},
      {"1 234.5 ms", ValueKind::numbers, {1234.5}, "ms"},
      {"1 234 567 ns", ValueKind::numbers, {1234567}, "ns"},
      {"12 345 req/s", ValueKind::numbers, {12345}, "per_s"},
      {"-1 234 ms", ValueKind::numbers, {-1234}, "ms"},
      {"1'234.5 ms", ValueKind::numbers, {1234.5}, "ms"},
      {"1\xE2\x80\x99"
       "234\xE2\x80\x99"
       "567 ns",
       ValueKind::numbers,
       {1234567},
       "ns"},
      {"1_234 ms", ValueKind::numbers, {1234}, "ms"},
      {"1,234,567", ValueKind::numbers, {1234567}, ""},
      {"2.5 million rows", ValueKind::numbers, {2.5e6}, "rows"},
      {"3 thousand tokens/s", ValueKind::numbers, {3000}, "per_s"},
      {"5 ms.", ValueKind::numbers, {5}, "ms"},
      {"12.3 ms avg", ValueKind::numbers, {12.3}, "ms"},
      {"mean 12.3 ms", ValueKind::numbers, {12.3}, "ms"},
      {"took 12.3ms", ValueKind::numbers, {12.3}, "ms"},
      {"took about 12 ms", ValueKind::numbers, {12}, "ms"},
      {"avg: 12.3", ValueKind::numbers, {12.3}, ""},
      {"approx. 12 MB", ValueKind::numbers, {12}, "mb"},
      {"= 12 ms", ValueKind::numbers, {12}, "ms"},
      {"in 5.2 s", ValueKind::numbers, {5.2}, "s"},
      {"5 s.", ValueKind::numbers, {5}, "s"},
      {"12;13;14 ms", ValueKind::numbers, {12, 13, 14}, "ms"},
      {"real\t0m5.200s", ValueKind::numbers, {5.2}, "s"},
  });
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
                          {"per_s", UnitFamily::rate, 1},
                          {"m_per_s", UnitFamily::rate, 1e6},
                          {"Mcell/s", UnitFamily::rate, 1e6},
                          {"Gcells/s", UnitFamily::rate, 1e9},
                          {"cells/s", UnitFamily::rate, 1},
                          {"Kpix/s", UnitFamily::rate, 1e3},
                          {"kupdates/s", UnitFamily::rate, 1e3},
                          {"krec/s", UnitFamily::rate, 1e3},
                          {"Medges/s", UnitFamily::rate, 1e6},
                          {"kfrobs/s", UnitFamily::rate, 1e3},
                          {"Gfrobs/s", UnitFamily::rate, 1e9},
                          {"kSamples/s", UnitFamily::rate, 1e3},
                          {"MLUP/s", UnitFamily::rate, 1e6},
                          {"MH/s", UnitFamily::rate, 1e6},
                          {"GT/s", UnitFamily::rate, 1e9},
                          {"Messages/s", UnitFamily::rate, 1},
                          {"Tokens/Sec", UnitFamily::rate, 1},
                          {"KEYS/S", UnitFamily::rate, 1},
                          {"M rows/s", UnitFamily::rate, 1e6},
                          {"Bops/s", UnitFamily::rate, 1e9},
                          {"katom-step/s", UnitFamily::rate, 1e3},
                          {"kIOPS", UnitFamily::rate, 1e3},
                          {"MIOPS", UnitFamily::rate, 1e6},
                          {"kpps", UnitFamily::rate, 1e3},
                          {"Mpps", UnitFamily::rate, 1e6},
                          {"krps", UnitFamily::rate, 1e3},
                          {"MQPS", UnitFamily::rate, 1e6},
                          {"ksps", UnitFamily::rate, 1e3},
                          {"Mnps", UnitFamily::rate, 1e6},
                          {"MLUPS", UnitFamily::rate, 1e6},
                          {"GTEPS", UnitFamily::rate, 1e9},
                          {"TEPS", UnitFamily::rate, 1},
                          {"GUPS", UnitFamily::rate, 1e9},
                          {"MIPS", UnitFamily::rate, 1e6},
                          {"TOPS", UnitFamily::rate, 1e12},
                          {"kops", UnitFamily::rate, 1e3},
                          {"tok/s/gpu", UnitFamily::rate, 1},
                          {"tokens/sec/user", UnitFamily::rate, 1},
                          {"tokens per second per user", UnitFamily::rate, 1},
                          {"tok/gpu/s", UnitFamily::rate, 1},
                          {"tok/(s*gpu)", UnitFamily::rate, 1},
                          {"req/s/core", UnitFamily::rate, 1},
                          {"tps/gpu", UnitFamily::rate, 1},
                          {"output tokens/s", UnitFamily::rate, 1},
                          {"ops s^-1", UnitFamily::rate, 1},
                          {"MB/s/core", UnitFamily::size_rate, 1e6},
                          {"Gbits/sec", UnitFamily::size_rate, 1e9 / 8},
                          {"MBytes/sec", UnitFamily::size_rate, 1e6},
                          {"PFLOPS", UnitFamily::flop_rate, 1e6},
                          {"TFLOP/s/GPU", UnitFamily::flop_rate, 1e3},
                          {"SEC", UnitFamily::time, 1e3},
                          {"Milliseconds", UnitFamily::time, 1},
                          {"NS", UnitFamily::time, 1e-6},
                          {"ms/token/layer", UnitFamily::time, 1},
                          {"megabytes", UnitFamily::size, 1e6},
                          {"GBytes", UnitFamily::size, 1e9}};
  for (const UnitRow& row : rows) {
    const auto unit = known_unit(row.text);
    ASSERT_TRUE(unit) << row.text;
    EXPECT_EQ(unit->family, row.family) << row.text;
    EXPECT_DOUBLE_EQ(unit->factor, row.factor) << row.text;
  }
  for (const char* text : {"Mb", "apples", "frobs/op", "ms/s", "", "/", "per", "3", "m"})
    EXPECT_EQ(known_unit(text), std::nullopt) << text;
}

TEST(Units, OneSpellingOfCounts) {
  const std::pair<const char*, const char*> rows[] = {{"error", "errors"},
                                                      {"Errors", "errors"},
                                                      {"alloc/op", "allocs/op"},
                                                      {"allocs/ops", "allocs/op"},
                                                      {"Query", "queries"},
                                                      {"miss", "misses"},
                                                      {"apple", "apples"},
                                                      {"dB", "dB"},
                                                      {"J/token", "J/token"},
                                                      {"box", "boxes"},
                                                      {"x", "x"},
                                                      {"dBm", "dBm"}};
  for (const auto& [text, expected] : rows)
    EXPECT_EQ(canonical_unit(text), expected) << text;
  EXPECT_EQ(known_unit("kallocs")->factor, 1e3);
  EXPECT_EQ(known_unit("kallocs")->name, "allocs");
  EXPECT_TRUE(known_unit("Mutants/s")->is_prefix_doubtful);
  EXPECT_FALSE(known_unit("Mcell/s")->is_prefix_doubtful);
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
