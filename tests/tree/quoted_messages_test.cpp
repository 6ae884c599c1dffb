// The messages that docs/operations.md explains under "When something is wrong" are messages of the programs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tree/source_files.h"

namespace {

using perftrend::tests::lines_of;
using perftrend::tests::SourceFile;

/// Messages of SQLite, which the programs pass on.
const std::vector<std::string> foreign_messages = {"database disk image is malformed", "disk I/O error"};

/// The texts in backquotes in the first column of the section's table, without "…" at either end.
std::vector<std::string> quoted_messages(const std::string& page, std::string_view section) {
  static const std::regex quoted("`([^`]+)`");
  static const std::regex ellipsis("^… | …$");
  std::vector<std::string> found;
  bool inside = false;
  for (const std::string& line : lines_of(page)) {
    if (line.starts_with("## ")) inside = line.substr(3) == section;
    if (!inside || !line.starts_with("| ")) continue;
    const std::string column = line.substr(2, line.find(" | ", 2) - 2);
    for (std::sregex_iterator it(column.begin(), column.end(), quoted), end; it != end; ++it)
      found.push_back(std::regex_replace((*it)[1].str(), ellipsis, ""));
  }
  return found;
}

/// The text with the literals of several lines joined, as the compiler joins them.
std::string with_joined_literals(const std::string& text) {
  static const std::regex join("\"\\s*\n\\s*\"");
  return std::regex_replace(text, join, "");
}

TEST(QuotedMessages, AreInTheSource) {
  std::string page, source;
  for (const SourceFile& file : perftrend::tests::read_texts()) {
    if (file.path == "docs/operations.md") page = file.text;
    const bool is_program =
        file.path.starts_with("server/") || file.path.starts_with("core/") || file.path.starts_with("runner/");
    if (is_program && file.path.ends_with(".cpp") && !perftrend::tests::is_test(file.path)) source += with_joined_literals(file.text);
  }
  const std::vector<std::string> messages = quoted_messages(page, "When something is wrong");
  ASSERT_THAT(messages, testing::SizeIs(testing::Ge(5)));  // an empty list would mean that the page was not read
  for (const std::string& message : messages) {
    if (std::find(foreign_messages.begin(), foreign_messages.end(), message) != foreign_messages.end()) continue;
    EXPECT_NE(source.find(message), std::string::npos) << "docs/operations.md quotes '" << message << "'";
  }
}

TEST(QuotedMessages, AreReadFromTheFirstColumn) {
  EXPECT_THAT(quoted_messages("## A\n| `x` | `y` |\n## B\n| `… b c` and 4 `d …` | `z` |\n", "B"),
              testing::ElementsAre("b c", "d"));
  EXPECT_EQ(with_joined_literals("f(\"a \"\n  \"b\")"), "f(\"a b\")");
}

}  // namespace
