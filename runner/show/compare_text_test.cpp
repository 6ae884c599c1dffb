#include "runner/show/compare_text.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/compared_reports.h"

namespace perftrend::runner {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(HistogramsOf, AreBarsOverCommonBins) {
  const Histograms drawn = histograms_of(Samples{1, 1, 1, 1, 2}, Samples{5, 5});
  EXPECT_EQ(drawn.low, 1);
  EXPECT_EQ(drawn.high, 5);
  const auto cells = [](int count) { return std::string(static_cast<std::size_t>(count), ' '); };
  EXPECT_EQ(drawn.before, "█" + cells(9) + "▂" + cells(29));
  EXPECT_EQ(drawn.after, cells(39) + "█");
}

TEST(HistogramsOf, AValueFarAwayDoesNotFlattenTheOthers) {
  Samples outlier(ten);
  outlier.push_back(1000);
  const Histograms drawn = histograms_of(ten, outlier);
  EXPECT_LT(drawn.high, 20);
  EXPECT_THAT(drawn.after, testing::EndsWith("█")) << "it is drawn at the edge";
  EXPECT_EQ(histograms_of(Samples{1}, Samples{1}).before, "█" + std::string(39, ' ')) << "no width at all";
}

TEST(Comparison, TextAndJson) {
  const ReportComparison comparison =
      compare(report(property("prefill_ms", list(ten)) + property("prompt_tokens", "5 5 5 5 5 5 5 5")),
              report(property("prefill_ms", list(times(ten, 1.4))) + property("prompt_tokens", "5 5 5 5 5 5 5 5")));
  const std::string text = to_text(comparison);
  EXPECT_THAT(text, testing::StartsWith("c t prefill_ms\n  before        10.18 ms   MAD 0.075     n 8    |"));
  EXPECT_THAT(text, HasSubstr("\n  regressed: +40.0 % ["));
  EXPECT_THAT(text, HasSubstr("\n1 series are equal in every sample\n"));
  EXPECT_THAT(text,
              HasSubstr("\n1 regressed, 0 improved, 1 ok, 0 suspect, 0 with too few samples\nSamples of one run each"));
  const auto object = to_object(comparison);
  EXPECT_EQ(object["judged"], "samples");
  EXPECT_EQ(object["regressed"], 1);
  EXPECT_EQ(object["series"][0]["verdict"], "regressed");
  EXPECT_EQ(object["series"][0]["before"]["n"], 8);
  EXPECT_THAT(object["only_after"], IsEmpty());
}

TEST(CompareText, SaysWhatElseDiffers) {
  const auto before = report(property("prefill_ms", list(ten)), property("environment.engine_build", "b1"));
  const auto after = report(property("prefill_ms", list(times(ten, 2))),
                            property("environment.engine_build", "b2") + property("perftrend.suspect", "load 9"));
  const std::string text = to_text(compare(before, after));
  EXPECT_THAT(text, HasSubstr("environment changed: engine_build: b1 -> b2\n"));
  EXPECT_THAT(text, HasSubstr("after is suspect: load 9\n"));
  EXPECT_THAT(to_text(compare(after, before)), HasSubstr("before is suspect: load 9\n"));
}

TEST(CompareText, ACommonShiftIsSaidFirst) {
  std::string left, right;
  for (int i = 0; i < 10; ++i) {
    left += property(fmt::format("m{}_ms", i), list(ten));
    right += property(fmt::format("m{}_ms", i), list(times(ten, 1.3)));
  }
  EXPECT_THAT(to_text(compare(report(left), report(right))),
              HasSubstr("almost every series changed, by +30.0 %: check the machine before the code"));
}

}  // namespace
}  // namespace perftrend::runner
