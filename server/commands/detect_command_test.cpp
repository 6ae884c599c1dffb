#include "server/commands/detect_command.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace perftrend {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DetectCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() / fmt::format("perftrend-detect-{}-{}", test->name(), ::getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = folder_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

  std::string missing() const { return (folder_ / "missing.csv").string(); }

  int run(const DetectOptions& options) {
    answers_.str("");
    errors_.str("");
    return run_detect(options, answers_, errors_);
  }

  std::vector<json> lines() const {
    std::vector<json> all;
    std::istringstream text(answers_.str());
    for (std::string line; std::getline(text, line);)
      all.push_back(json::parse(line));
    return all;
  }

  std::string error() const { return errors_.str(); }

 private:
  std::filesystem::path folder_;
  std::ostringstream answers_;
  std::ostringstream errors_;
};

/// Twenty of 10, then twenty of 20, each row made by `row` of index and value.
template <typename Row>
std::string step(const std::string& header, const Row& row) {
  std::string text = header;
  for (int i = 0; i < 40; ++i)
    text += row(i, i < 20 ? "10" : "20");
  return text;
}

TEST_F(DetectCommand, ReadsEveryFormOfCsv) {
  const std::vector<std::pair<const char*, std::string>> forms = {
      {"time and value", step("time,value\n", [](int i, auto* v) { return fmt::format("{},{}\n", i, v); })},
      {"value is not the last column",
       step("value,note\n", [](int i, auto* v) { return fmt::format("{},{}\n", v, i); })},
      {"the last column where none is named value",
       step("commit,ms\n", [](int i, auto* v) { return fmt::format("c{},{}\n", i, v); })},
      {"no header", step("", [](int, auto* v) { return fmt::format("{}\n", v); })},
      {"no header, two columns", step("", [](int i, auto* v) { return fmt::format("{},{}\n", i, v); })},
      {"carriage returns", step("time,value\r\n", [](int i, auto* v) { return fmt::format("{},{}\r\n", i, v); })},
      {"quotes and blanks",
       step("\"time\", \"value\"\n", [](int i, auto* v) { return fmt::format("\"{}\", \"{}.0\"\n", i, v); })},
      {"empty lines", step("value\n\n", [](int, auto* v) { return fmt::format("{}e0\n\n", v); })},
  };
  for (const auto& [what, text] : forms) {
    ASSERT_EQ(run({.files = {file("a.csv", text)}, .list = ""}), 0) << what << ": " << error();
    ASSERT_EQ(lines().size(), 1U) << what;
    EXPECT_THAT(lines()[0].at("change_points").get<std::vector<int>>(), ElementsAre(20)) << what;
    EXPECT_THAT(lines()[0].at("levels").get<std::vector<double>>(), ElementsAre(10, 20)) << what;
    EXPECT_EQ(lines()[0].at("points"), 40) << what;
  }
}

TEST_F(DetectCommand, AMissingValueIsNotAPointButItsRowCounts) {
  for (const auto* none : {"", "nan", "NaN", "NA", "null", " "}) {
    const auto text =
        step("time,value\n", [&](int i, auto* v) { return fmt::format("{},{}\n", i, i % 4 == 1 ? none : v); });
    ASSERT_EQ(run({.files = {file("a.csv", text)}, .list = ""}), 0) << none << ": " << error();
    EXPECT_THAT(lines()[0].at("change_points").get<std::vector<int>>(), ElementsAre(20)) << none;
    EXPECT_THAT(lines()[0].at("levels").get<std::vector<double>>(), ElementsAre(10, 20)) << none;
    EXPECT_EQ(lines()[0].at("points"), 30) << none;
    EXPECT_EQ(lines()[0].at("missing"), 10) << none;
  }
}

TEST_F(DetectCommand, TheLastLineNeedsNoNewline) {
  ASSERT_EQ(run({.files = {file("a.csv", "value\n1\n2")}, .list = ""}), 0);
  EXPECT_EQ(lines()[0].at("points"), 2);
}

TEST_F(DetectCommand, NothingIsAnAnswerToo) {
  for (const auto* text : {"", "value\n", "time,value\n", "\n\n"}) {
    ASSERT_EQ(run({.files = {file("a.csv", text)}, .list = ""}), 0) << text;
    EXPECT_THAT(lines()[0].at("change_points").get<std::vector<int>>(), IsEmpty());
    EXPECT_EQ(lines()[0].at("points"), 0);
  }
}

TEST_F(DetectCommand, AnswersInOrderFilesFirstThenTheList) {
  const auto one = file("1.csv", "value\n1\n");
  const auto two = file("2.csv", "value\n1\n1\n");
  const auto three = file("3.csv", "value\n1\n1\n1\n");
  const auto list = file("list", two + "\r\n\n" + one);
  ASSERT_EQ(run({.files = {three}, .list = list}), 0) << error();
  ASSERT_EQ(lines().size(), 3U);
  EXPECT_EQ(lines()[0].at("points"), 3);
  EXPECT_EQ(lines()[1].at("points"), 2);
  EXPECT_EQ(lines()[2].at("points"), 1);
}

TEST_F(DetectCommand, ABadFileIsRefusedWithItsLine) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"time,value\n1,2\n2,slow\n", "line 3: no finite number in the value column"},
      {"time,value\n1,2\n\n2,nanny\n", "line 4: no finite number in the value column"},
      {"time,value\n1,nan(1)\n", "line 2: no finite number in the value column"},
      {"time,value\n1,inf\n", "line 2: no finite number in the value column"},
      {"time,value\n1,1e999\n", "line 2: no finite number in the value column"},
      {"value,note\nx,1\n", "line 2: no finite number in the value column"},
      {"time,value\n7\n", "line 2: no finite number in the value column"},
      {"value\n1 2\n", "line 2: no finite number in the value column"},
      {std::string("value\n\0\0\n", 9), "line 2: no finite number in the value column"},
  };
  for (const auto& [text, message] : cases) {
    const auto path = file("bad.csv", text);
    EXPECT_EQ(run({.files = {path}, .list = ""}), 2) << text;
    EXPECT_EQ(error(), fmt::format("perftrend-server detect: {}: {}\n", path, message));
    EXPECT_THAT(lines(), IsEmpty());
  }
}

TEST_F(DetectCommand, WhatCannotBeReadIsSaidOnce) {
  EXPECT_EQ(run({.files = {missing()}, .list = ""}), 2);
  EXPECT_THAT(error(), EndsWith("cannot read " + missing() + "\n"));
  EXPECT_EQ(run({.files = {}, .list = missing()}), 2);
  EXPECT_THAT(error(), HasSubstr("cannot read the list"));
  EXPECT_EQ(run({.files = {}, .list = file("list", missing() + "\n")}), 2);
  EXPECT_EQ(std::ranges::count(error(), '\n'), 1);
}

TEST_F(DetectCommand, AFullDiskIsAnError) {
  std::ofstream full("/dev/full");
  if (!full) GTEST_SKIP() << "no /dev/full on this system";
  std::ostringstream errors;
  EXPECT_EQ(run_detect({.files = {file("a.csv", "value\n1\n")}, .list = ""}, full, errors), 2);
}

}  // namespace
}  // namespace perftrend
