// One name, one meaning: no two types at namespace scope have the same name, whatever their namespaces are.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tree/source_files.h"

namespace {

using perftrend::tests::SourceFile;

/// The end of the comment, literal or preprocessor line that begins at `i`; `i` where none begins.
std::size_t end_of_other_text(const std::string& text, std::size_t i) {
  const auto line_end = [&](std::size_t from) { return std::min(text.find('\n', from), text.size()); };
  if (text[i] == '#' || text.compare(i, 2, "//") == 0) return line_end(i);
  if (text.compare(i, 2, "/*") == 0) return std::min(text.find("*/", i), text.size() - 2) + 2;
  if (text.compare(i, 2, "R\"") == 0) {
    const std::size_t open = text.find('(', i);
    const std::string close = ")" + text.substr(i + 2, open - i - 2) + "\"";
    return std::min(text.find(close, open), text.size() - close.size()) + close.size();
  }
  const bool separator = text[i] == '\'' && i > 0 && std::isalnum(static_cast<unsigned char>(text[i - 1])) != 0;
  if (text[i] != '"' && (text[i] != '\'' || separator)) return i;
  std::size_t end = i + 1;
  while (end < text.size() && text[end] != text[i] && text[end] != '\n')
    end += text[end] == '\\' ? std::size_t{2} : std::size_t{1};
  return std::min(end + 1, text.size());
}

/// The names of the classes, structs, unions and enums that are defined outside of classes and functions.
std::vector<std::string> types_of(const std::string& text) {
  static const std::regex namespace_head(R"(^\s*(?:inline\s+)?(?:namespace\b|extern\s*$).*)");
  static const std::regex type_head(
      R"(^\s*(?:template\s*<.*>\s*)?(?:struct|class|union|enum(?:\s+(?:class|struct))?)\s+(?:\w+\s*\([^)]*\)\s*)?(\w+)\s*(?:final\s*)?(?::(?!:).*)?$)");
  std::vector<std::string> found;
  std::size_t others = 0;  // open braces that are not a namespace's
  std::size_t namespaces = 0;
  std::string statement;  // what was read since the last ';', '{' or '}' at namespace scope
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (const std::size_t end = end_of_other_text(text, i); end > i) {
      i = end - 1;
      statement.push_back(' ');
    } else if (text[i] == '{') {
      std::smatch match;
      if (others == 0 && std::regex_match(statement, namespace_head)) {
        ++namespaces;
      } else {
        if (others == 0 && std::regex_match(statement, match, type_head)) found.push_back(match[1]);
        ++others;
      }
      statement.clear();
    } else if (text[i] == '}') {
      if (others > 0)
        --others;
      else if (namespaces > 0)
        --namespaces;
      statement.clear();
    } else if (text[i] == ';') {
      statement.clear();
    } else if (others == 0) {
      statement.push_back(text[i] == '\n' ? ' ' : text[i]);
    }
  }
  return found;
}

std::vector<std::string> findings_of(const std::vector<SourceFile>& files) {
  std::map<std::string, std::vector<std::string>> homes;
  for (const SourceFile& file : files) {
    for (const std::string& type : types_of(file.text))
      homes[type].push_back(file.path);
  }
  std::vector<std::string> findings;
  for (const auto& [type, paths] : homes) {
    if (paths.size() < 2) continue;
    std::string finding = "'" + type + "' is defined more than once; give each a name of its own:";
    for (const std::string& path : paths)
      finding += " " + path;
    findings.push_back(finding);
  }
  return findings;
}

TEST(TypeNames, EachHasOneMeaning) {
  std::vector<SourceFile> files;
  for (SourceFile& file : perftrend::tests::read_sources()) {
    if (perftrend::tests::is_cpp(file.path) && !perftrend::tests::is_test(file.path) &&
        perftrend::tests::starts_with_any(file.path, {"core/", "server/", "runner/"}))
      files.push_back(std::move(file));
  }
  // An empty list would mean that the tree was not read.
  ASSERT_THAT(files, testing::SizeIs(testing::Gt(200)));
  for (const std::string& finding : findings_of(files))
    ADD_FAILURE() << finding;
}

TEST(TypeNames, FindsTwoTypesOfOneName) {
  const std::vector<std::string> findings = findings_of(
      {{"core/a.h", "namespace a {\nstruct Verdict {\n};\n}"},
       {"server/b.cpp", "#include <x>\nnamespace b {\nnamespace {\nenum class Verdict : char { good };\n}\n}"}});
  EXPECT_THAT(findings,
              testing::ElementsAre(testing::AllOf(testing::HasSubstr("'Verdict'"), testing::HasSubstr("core/a.h"),
                                                  testing::HasSubstr("server/b.cpp"))));
}

TEST(TypeNames, CountsDefinitionsAtNamespaceScope) {
  EXPECT_THAT(types_of("namespace a::b {\nclass A final : public B<int> { struct Inner { int x{}; }; };\n}"),
              testing::ElementsAre("A"));
  EXPECT_THAT(types_of("struct A::Impl {};"), testing::IsEmpty());
  EXPECT_THAT(types_of("struct A; class B; enum class C : int;"), testing::IsEmpty());
  EXPECT_THAT(types_of("template <class T>\nstruct A : B<T> {};"), testing::ElementsAre("A"));
  EXPECT_THAT(types_of("template <>\nstruct fmt::formatter<A> {};\ntemplate <> struct hash<A> {};"),
              testing::IsEmpty());
  EXPECT_THAT(types_of("void f() {\n  struct Local { int a; };\n}\nstruct After {};"), testing::ElementsAre("After"));
  EXPECT_THAT(
      types_of("// struct A {\nconst char* s = \"struct B {\"; const char c = '{'; int n = 1'000;\nstruct D {};"),
      testing::ElementsAre("D"));
  EXPECT_THAT(types_of("const char* s = R\"x(struct B { )x\";\nclass CAPABILITY(\"mutex\") Mutex {};"),
              testing::ElementsAre("Mutex"));
}

}  // namespace
