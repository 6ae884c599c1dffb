#include "server/http/json/json_writer.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>
#include <map>
#include <vector>

namespace perftrend::http {

struct Place {
  int x = 0, y = 0;
};

void write_members(JsonWriter& out, const Place& place) {
  out.member("x", place.x);
  out.member("y", place.y);
}

namespace {

TEST(JsonWriter, WritesEveryKindOfValueInOrder) {
  JsonWriter out;
  out.object([&] {
    out.member("text", "plain");
    out.member("true", true);
    out.member("null", nullptr);
    out.member("integer", std::numeric_limits<std::int64_t>::min());
    out.member("size", std::vector<int>(3).size());
    out.member("real", 0.1);
    out.member("absent", std::optional<double>());
    out.member("present", std::optional<std::string>("here"));
    out.member("place", Place{1, 2});
    out.array("places", std::vector<Place>{{3, 4}, {5, 6}});
    out.array("squares", std::vector<int>{1, 2}, [&](int each) { out.value(each * each); });
    out.member("empty", std::vector<double>());
    out.object("nothing", [] {});
    out.time("at", 1'767'225'600'000'000);
    out.time("never", std::nullopt);
  });
  EXPECT_EQ(out.finish(),
            R"({"text":"plain","true":true,"null":null,"integer":-9223372036854775808,"size":3,"real":0.1,)"
            R"("absent":null,"present":"here","place":{"x":1,"y":2},"places":[{"x":3,"y":4},{"x":5,"y":6}],)"
            R"("squares":[1,4],"empty":[],"nothing":{},"at":"2026-01-01T00:00:00Z","never":null})"
            "\n");
}

TEST(JsonWriter, NumbersComeBackAndWhatJsonCannotExpressIsNull) {
  for (const double number : {0.1, 1e300, -1e-300, 5e-324, 123456789.0, 1e15, 1.0 / 3}) {
    JsonWriter out;
    out.value(number);
    EXPECT_EQ(nlohmann::json::parse(out.finish()).get<double>(), number);
  }
  for (const double number : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    JsonWriter out;
    out.value(number);
    EXPECT_EQ(out.finish(), "null\n");
  }
}

TEST(JsonWriter, TextIsEscapedAndInvalidUtf8Replaced) {
  const std::map<std::string, std::string> texts = {{"", R"("")"},
                                                    {"a \"b\" \\ c", R"("a \"b\" \\ c")"},
                                                    {"line\nfeed\x01", R"("line\nfeed\u0001")"},
                                                    {"µs", R"("µs")"},
                                                    {"a\xff", "\"a\xef\xbf\xbd\""}};
  for (const auto& [text, written] : texts) {
    JsonWriter out;
    out.value(text);
    EXPECT_EQ(out.finish(), written + "\n");
  }
}

TEST(JsonWriter, AValueOfAnotherWriterBecomesPartOfTheDocument) {
  JsonWriter inner;
  inner.value(Place{1, 2});
  const auto known = inner.finish_value();
  JsonWriter out;
  out.object([&] {
    out.array("places", std::vector<std::string>{known, known}, [&](const auto& each) { out.json(each); });
    out.json_member("one", known);
  });
  EXPECT_EQ(out.finish(), R"({"places":[{"x":1,"y":2},{"x":1,"y":2}],"one":{"x":1,"y":2}})"
                          "\n");
}

}  // namespace
}  // namespace perftrend::http
