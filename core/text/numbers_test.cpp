#include "core/text/numbers.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <random>
#include <string>

namespace perftrend::text {
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

}  // namespace
}  // namespace perftrend::text
