#include "core/metrics/values.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace perftrend::metrics {
namespace {

TEST(Values, ListsUnitsAndOtherTexts) {
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
  ParsedValues values;
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
}  // namespace perftrend::metrics
