// Holds the table of constants in docs/detection.md and the code together, in both directions.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "tests/support/paths.h"

namespace perftrend::detect {
namespace {

const std::filesystem::path source = perftrend::tests::source_dir();

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// "file: name = value" for every match of `pattern` with groups name and value.
void collect(const std::string& file, const std::string& text, const std::string& pattern,
             std::set<std::string>& found) {
  const std::regex constant(pattern);
  for (std::sregex_iterator match(text.begin(), text.end(), constant), end; match != end; ++match)
    found.insert(file + ": " + match->str(1) + " = " + match->str(2));
}

std::set<std::string> constants_in_code() {
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(source / "core/detect")) {
    const std::string file = entry.path().filename().string();
    const bool is_test = file.ends_with("_test.cpp") || file == "generated_noise.h";
    if (is_test || !(file.ends_with(".h") || file.ends_with(".cpp"))) continue;
    collect(file, text_of(entry.path()), R"(constexpr (?:double|std::size_t|int) (\w+) = ([^;]+);)", found);
  }
  const std::string verdict = text_of(source / "core/detect/verdict.h");
  const std::size_t from = verdict.find("struct Policy {");
  const std::string policy = verdict.substr(from, verdict.find("\n};", from) - from);
  collect("verdict.h", policy, R"(  (?:int|double) (\w+) = ([^;]+);)", found);
  return found;
}

std::set<std::string> constants_in_text() {
  std::set<std::string> found;
  std::istringstream text(text_of(source / "docs/detection.md"));
  const std::regex row(R"(\| `(\w+)` \| (.+) \| `([\w.]+)` \| .+ \|)");
  for (std::string line; std::getline(text, line);) {
    std::smatch match;
    if (std::regex_match(line, match, row)) found.insert(match.str(3) + ": " + match.str(1) + " = " + match.str(2));
  }
  return found;
}

TEST(DocumentedConstants, AreThoseOfTheCode) {
  const std::set<std::string> code = constants_in_code();
  EXPECT_GE(code.size(), 60U);
  EXPECT_EQ(constants_in_text(), code);
}

}  // namespace
}  // namespace perftrend::detect
