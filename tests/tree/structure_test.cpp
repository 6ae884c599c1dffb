// The rules of the tree (docs/architecture.md, "Modules"): which module may include which, where each library is used,
// names that say nothing, and the length of files and functions. The checker works on any list of files, so every rule
// is also tested on a sample that breaks it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tree/source_files.h"

namespace {

namespace fs = std::filesystem;
using perftrend::tests::is_cpp;
using perftrend::tests::is_test;
using perftrend::tests::is_web;
using perftrend::tests::lines_of;
using perftrend::tests::SourceFile;
using perftrend::tests::starts_with_any;

constexpr std::size_t file_lines_max = 600;     // beyond this a file has two reasons to change
constexpr std::size_t function_lines_max = 70;  // a function fits a screen

/// What a C++ file includes, as written: "core/model.h", "<httplib.h>" without its brackets.
struct Include {
  std::string target;
  bool quoted = false;
};

std::vector<Include> includes_of(const std::string& text) {
  static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> found;
  for (const std::string& line : lines_of(text)) {
    std::smatch match;
    if (std::regex_search(line, match, pattern)) found.push_back({match[2], match[1] == "\""});
  }
  return found;
}

/// What a web source imports: `from "x"`, `import "x"`, `import("x")`, `@import "x"`.
std::vector<std::string> imports_of(const std::string& text) {
  static const std::regex pattern(R"((?:\bfrom\s*|\bimport\s*\(?\s*(?:url\()?\s*)["']([^"']+)["'])");
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it)
    found.push_back((*it)[1]);
  return found;
}

// --------------------------------------------------------------------------------------------------------- modules

/// The module a path belongs to: the longest prefix below that has rules of its own; "" for what has no rules (tests,
/// bench).
std::string module_of(std::string_view path) {
  if (path == "core/model.h" || path == "server/clock.h") return std::string(path);
  if (!starts_with_any(path, {"core/", "server/", "runner/"})) return "";
  const std::size_t first = path.find('/');
  const std::size_t second = path.find('/', first + 1);
  return std::string(second == std::string_view::npos ? path.substr(0, first) : path.substr(0, second));
}

/// What each module may include besides itself. A module that is not listed here is refused: decide its place first.
const std::map<std::string, std::set<std::string>>& allowed_modules() {
  static const std::set<std::string> core = {"core/model.h", "core/text",    "core/files",   "core/time",  "core/stats",
                                             "core/junit",   "core/formats", "core/metrics", "core/detect"};
  const auto with_core = [](std::set<std::string> others) {
    others.insert(core.begin(), core.end());
    return others;
  };
  static const std::map<std::string, std::set<std::string>> allowed = {
      {"core/model.h", {"core/text"}},
      {"core/text", {}},
      {"core/files", {"core/formats"}},
      {"core/time", {"core/text"}},
      {"core/stats", {}},
      {"core/junit", {"core/model.h", "core/text", "core/time"}},
      {"core/metrics", {"core/model.h", "core/text", "core/time", "core/stats", "core/junit"}},
      {"core/formats", {"core/model.h", "core/text", "core/time", "core/junit", "core/metrics"}},
      {"core/detect", {"core/model.h", "core/stats"}},
      {"server/points", with_core({"server/db"})},
      {"server/clock.h", {}},
      {"server/db", {"core/model.h", "core/text", "core/time", "server/clock.h"}},
      {"server/store", {"core/model.h", "core/text", "core/time", "core/metrics", "server/points", "server/db"}},
      {"server/triage", with_core({"server/points", "server/db", "server/store"})},
      {"server/orchestrate", with_core({"server/points", "server/db", "server/store", "server/triage"})},
      {"server/intake", with_core({"server/clock.h", "server/points", "server/db", "server/store", "server/triage",
                                   "server/corrections"})},
      {"server/corrections",
       with_core({"server/clock.h", "server/points", "server/db", "server/store", "server/triage"})},
      {"server/notify", {"core/model.h"}},
      {"server/http", with_core({"server/clock.h", "server/points", "server/db", "server/store", "server/triage",
                                 "server/orchestrate", "server/intake", "server/corrections", "server/notify"})},
      {"server/jobs", with_core({"server/clock.h", "server/db", "server/store", "server/corrections"})},
      {"server/commands",
       with_core({"server/clock.h", "server/points", "server/db", "server/store", "server/triage", "server/orchestrate",
                  "server/intake", "server/corrections", "server/notify", "server/http", "server/jobs"})},
      {"server", {"server/commands", "server/db"}},
      {"runner", {"runner/commands", "runner/system"}},
      {"runner/commands", with_core({"runner/scenario", "runner/engines", "runner/measure", "runner/machine",
                                     "runner/report", "runner/delivery", "runner/show", "runner/system"})},
      {"runner/delivery", with_core({"runner/report", "runner/show", "runner/system"})},
      {"runner/show",
       with_core({"runner/scenario", "runner/measure", "runner/machine", "runner/report", "runner/system"})},
      {"runner/measure",
       with_core({"runner/scenario", "runner/engines", "runner/machine", "runner/report", "runner/system"})},
      {"runner/report", with_core({"runner/scenario", "runner/system"})},
      {"runner/machine", with_core({"runner/scenario", "runner/engines", "runner/system"})},
      {"runner/scenario", with_core({"runner/engines", "runner/system"})},
      {"runner/engines", with_core({"runner/system"})},
      {"runner/system", {"core/text"}},
  };
  return allowed;
}

/// What a folder inside a module may not include. In server/http, wire/ carries bytes, json/ writes JSON, routes/ uses
/// both, and server.cpp connects them.
struct FolderRule {
  std::string_view folder;
  std::vector<std::string> forbidden;  ///< prefixes of includes
};

const std::vector<FolderRule>& folder_rules() {
  static const std::vector<FolderRule> rules = {
      {"server/http/wire/", {"server/http/json/", "server/http/routes/", "server/http/server.h"}},
      {"server/http/json/", {"server/http/routes/", "server/http/server.h"}},
      {"server/http/routes/", {"server/http/server.h"}},
  };
  return rules;
}

void check_folders(const SourceFile& file, std::vector<std::string>& findings) {
  for (const FolderRule& rule : folder_rules()) {
    if (!file.path.starts_with(rule.folder)) continue;
    for (const Include& include : includes_of(file.text)) {
      if (include.quoted && starts_with_any(include.target, rule.forbidden))
        findings.push_back(file.path + ": " + std::string(rule.folder) + " may not include " + include.target);
    }
  }
}

void check_modules(const SourceFile& file, std::vector<std::string>& findings) {
  const std::string own = module_of(file.path);
  if (own.empty()) return;
  const auto rule = allowed_modules().find(own);
  if (rule == allowed_modules().end()) {
    findings.push_back(file.path + ": the module " + own + " has no rules yet; decide what it may include");
    return;
  }
  for (const Include& include : includes_of(file.text)) {
    if (!include.quoted || include.target.starts_with("cmake/")) continue;  // generated by the build, not a module
    const std::string other = module_of(include.target);
    if (other.empty()) {
      if (!is_test(file.path) || !include.target.starts_with("tests/"))
        findings.push_back(file.path + ": \"" + include.target + "\" is not written from the root of the tree");
    } else if (other != own && !rule->second.contains(other) &&
               !(is_test(file.path) && own.starts_with("core/") && other.starts_with("core/"))) {
      findings.push_back(file.path + ": " + own + " may not include " + include.target);
    }
  }
}

/// A module that is entered through one header: the others in its folder are internal.
const std::map<std::string, std::string>& doors() {
  static const std::map<std::string, std::string> found = {{"server/points", "server/points/points.h"}};
  return found;
}

/// Tests and benches may look inside.
void check_doors(const SourceFile& file, std::vector<std::string>& findings) {
  if (!is_cpp(file.path) || is_test(file.path) || file.path.starts_with("bench/")) return;
  for (const Include& include : includes_of(file.text)) {
    const auto door = doors().find(module_of(include.target));
    if (include.quoted && door != doors().end() && include.target != door->second &&
        module_of(file.path) != door->first)
      findings.push_back(file.path + ": " + include.target + " is internal; include " + door->second);
  }
}

// ------------------------------------------------------------------------------------------------------- libraries

struct LibraryRule {
  std::string library;
  std::vector<std::string> headers;  ///< prefixes of what is written between the brackets
  std::vector<std::string> homes;    ///< prefixes of the paths that may include them
};

const std::vector<LibraryRule>& library_rules() {
  static const std::vector<LibraryRule> rules = {
      {"pugixml", {"pugixml", "pugiconfig"}, {"core/junit/", "core/formats/"}},
      {"cpp-httplib",
       {"httplib"},
       {"server/http/", "server/notify/", "runner/delivery/", "runner/agent", "runner/engines/http/"}},
      {"a database", {"SQLiteCpp/", "sqlite3", "pqxx/", "libpq"}, {"server/db/"}},
  };
  return rules;
}

void check_libraries(const SourceFile& file, std::vector<std::string>& findings) {
  if (is_test(file.path) || file.path.starts_with("bench/")) return;  // a bench measures against the bare library
  for (const Include& include : includes_of(file.text)) {
    for (const LibraryRule& rule : library_rules()) {
      if (starts_with_any(include.target, rule.headers) && !starts_with_any(file.path, rule.homes))
        findings.push_back(file.path + ": <" + include.target + "> belongs where " + rule.library + " lives");
    }
  }
}

/// core is pure: the same input gives the same answer. It reads no clock, file, socket, terminal, environment variable
/// or random device. core/files is the one exception: both programs read whole files, and neither may include the
/// other.
void check_purity(const SourceFile& file, std::vector<std::string>& findings) {
  if (!file.path.starts_with("core/") || is_test(file.path) || file.path.starts_with("core/files/")) return;
  static const std::vector<std::string> io = {"filesystem", "fstream",  "iostream", "unistd.h", "fcntl.h",
                                              "sys/",       "netinet/", "netdb.h",  "arpa/",    "poll.h",
                                              "thread",     "future",   "time.h",   "ctime",    "sys_time.h"};
  for (const Include& include : includes_of(file.text)) {
    if (!include.quoted && starts_with_any(include.target, io))
      findings.push_back(file.path + ": core is pure and may not include <" + include.target + ">");
  }
  static const std::regex call(
      R"(_clock::now\b|\b(?:clock_gettime|gettimeofday|getenv|random_device|fopen|freopen)\b|\bstd::time\()");
  std::smatch match;
  if (std::regex_search(file.text, match, call))
    findings.push_back(file.path + ": core is pure and may not call " + match.str());
}

void check_web(const SourceFile& file, std::vector<std::string>& findings) {
  if (is_test(file.path)) return;
  const bool in_charts = file.path.starts_with("web/src/charts/");
  for (const std::string& import : imports_of(file.text)) {
    if (!in_charts && (import == "uplot" || import.starts_with("uplot/")))
      findings.push_back(file.path + ": only web/src/charts may import " + import);
    const fs::path resolved = import.starts_with(".")    ? fs::path(file.path).parent_path() / import
                              : import.starts_with("@/") ? fs::path("web/src") / import.substr(2)
                                                         : fs::path(import);
    const std::string target = resolved.lexically_normal().generic_string();
    if (in_charts &&
        (target == "web/src/api" || target.starts_with("web/src/api/") || target.starts_with("web/src/api.")))
      findings.push_back(file.path + ": charts may not know the API (" + import + ")");
  }
}

// ---------------------------------------------------------------------------------------------- names and lengths

/// Words of a file's or a folder's name, in lower case: "TrendManager.cpp" is trend, manager, cpp.
std::set<std::string> words_of(std::string_view name) {
  std::set<std::string> words;
  std::string word;
  for (std::size_t i = 0; i <= name.size(); ++i) {
    const auto c = static_cast<unsigned char>(i < name.size() ? name[i] : '\0');
    const bool hump = std::isupper(c) != 0 && !word.empty();
    if (std::isalnum(c) == 0 || hump) {
      if (!word.empty()) words.insert(word);
      word.clear();
    }
    if (std::isalnum(c) != 0) word.push_back(static_cast<char>(std::tolower(c)));
  }
  return words;
}

void check_names(const SourceFile& file, std::vector<std::string>& findings) {
  for (const fs::path& part : fs::path(file.path)) {
    for (const std::string& word : words_of(part.string())) {
      static const std::set<std::string> empty_words = {"util", "utils", "common", "helper", "helpers", "manager"};
      if (empty_words.contains(word))
        findings.push_back(file.path + ": '" + word + "' says nothing; name what it does");
    }
  }
  if (is_test(file.path)) return;  // samples of such names, as below
  static const std::regex manager(R"(\b(?:class|struct|interface)\s+(\w*Manager)\b)");
  std::smatch match;
  if (std::regex_search(file.text, match, manager))
    findings.push_back(file.path + ": '" + match[1].str() + "' says nothing; name what it does");
}

/// In the project's format a function of a namespace begins and ends in the first column, and an inline method of a
/// class in the third.
void check_lengths(const SourceFile& file, std::vector<std::string>& findings) {
  const std::vector<std::string> lines = lines_of(file.text);
  if (lines.size() > file_lines_max)
    findings.push_back(file.path + ": " + std::to_string(lines.size()) + " lines; split it by reason to change");
  if (!is_cpp(file.path) || is_test(file.path)) return;
  static const std::regex other_block(R"(^ *(?:namespace|class|struct|enum|union|extern)\b|=\s*\{$|;\s*(?://.*)?$)");
  for (const std::size_t indent : {std::size_t{0}, std::size_t{2}}) {
    std::size_t first = 0;
    bool inside = false;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string& line = lines[i];
      if (line.find_first_not_of(' ') != indent) continue;
      if (line[indent] == '}') {
        const std::size_t length = i - first + 1;
        if (inside && length > function_lines_max)
          findings.push_back(file.path + ":" + std::to_string(first + 1) + ": a function of " + std::to_string(length) +
                             " lines does not fit a screen");
        inside = false;
      } else if (std::isalpha(static_cast<unsigned char>(line[indent])) != 0) {
        first = i;
        inside = !std::regex_search(line, other_block);
      }
    }
  }
}

bool is_script(std::string_view path) {
  return path == "dev" || path.starts_with("dev.d/");
}

/// A function of a script begins with "name() {" and ends with "}" in the first column.
void check_script(const SourceFile& file, std::vector<std::string>& findings) {
  static const std::regex head(R"(^[a-z_0-9]+\(\) [{(].*)");
  const std::vector<std::string> lines = lines_of(file.text);
  std::size_t first = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (std::regex_match(lines[i], head)) first = i;
    if (lines[i] == "}" && i - first + 1 > function_lines_max)
      findings.push_back(file.path + ":" + std::to_string(first + 1) + ": a function of " +
                         std::to_string(i - first + 1) + " lines does not fit a screen");
  }
}

std::vector<std::string> findings_of(const std::vector<SourceFile>& files) {
  std::vector<std::string> findings;
  for (const SourceFile& file : files) {
    if (is_cpp(file.path)) {
      check_modules(file, findings);
      check_folders(file, findings);
      check_doors(file, findings);
      check_libraries(file, findings);
      check_purity(file, findings);
    }
    if (is_web(file.path)) check_web(file, findings);
    if (is_script(file.path)) check_script(file, findings);
    check_names(file, findings);
    check_lengths(file, findings);
  }
  return findings;
}

// --------------------------------------------------------------------------------------------------- the tree itself

TEST(Structure, TreeKeepsTheRules) {
  std::vector<SourceFile> files = perftrend::tests::read_sources();
  for (SourceFile& file : perftrend::tests::read_texts()) {
    if (is_script(file.path)) files.push_back(std::move(file));
  }
  std::set<std::string> paths;
  for (const SourceFile& file : files)
    paths.insert(file.path);
  // Where these are not found, the tree was not read and silence would mean nothing.
  EXPECT_THAT(paths, testing::IsSupersetOf({"core/model.h", "core/junit/junit_reader.cpp", "runner/main.cpp",
                                            "tests/tree/structure_test.cpp", "dev", "dev.d/build"}));
  for (const std::string& finding : findings_of(files))
    ADD_FAILURE() << finding;
}

// ------------------------------------------------------------------------------------- every rule fails when broken

struct Sample {
  const char* what;
  const char* path;
  std::string text;
  const char* finding;  ///< part of the one finding; empty: allowed
};

class StructureSamples : public testing::TestWithParam<Sample> {};

TEST_P(StructureSamples, FindsWhatItShould) {
  const Sample& sample = GetParam();
  const std::vector<std::string> findings = findings_of({{sample.path, sample.text}});
  if (std::string_view(sample.finding).empty())
    EXPECT_THAT(findings, testing::IsEmpty());
  else
    EXPECT_THAT(findings, testing::ElementsAre(testing::HasSubstr(sample.finding)));
}

std::string include(const std::string& target) {
  return "#pragma once\n#include " + target + "\n";
}

std::string function_of(std::size_t lines) {
  std::string text = "int long_one(int a,\n             int b) {\n";
  for (std::size_t i = 3; i < lines; ++i)
    text += "  a += b;\n";
  return text + "}\n";
}

std::string repeated(const char* line, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i)
    text += line;
  return text;
}

INSTANTIATE_TEST_SUITE_P(
    Includes, StructureSamples,
    testing::Values(
        Sample{"http knows store", "server/http/runs.cpp", include("\"server/store/runs.h\""), ""},
        Sample{"http knows ingest", "server/http/runs.cpp", include("\"core/junit/junit_reader.h\""), ""},
        Sample{"store knows db", "server/store/runs.cpp", include("\"server/db/sql.h\""), ""},
        Sample{"detect knows model", "core/detect/noise.h", include("\"core/model.h\""), ""},
        Sample{"main dispatches", "server/main.cpp", include("\"server/commands/serve.h\""), ""},
        Sample{"runner knows engines", "runner/measure/measure.cpp", include("\"runner/engines/engine.h\""), ""},
        Sample{"tests know all", "tests/x_test.cpp", include("\"server/store/runs.h\""), ""},
        Sample{"detect knows db", "core/detect/noise.h", include("\"server/db/sql.h\""), "may not include"},
        Sample{"detect knows ingest", "core/detect/a.cpp", include("\"core/metrics/metrics.h\""), "may not include"},
        Sample{"detect's test knows store", "core/detect/a_test.cpp", include("\"server/store/runs.h\""),
               "may not include"},
        Sample{"db knows store", "server/db/sqlite.cpp", include("\"server/store/runs.h\""), "may not include"},
        Sample{"store knows http", "server/store/runs.cpp", include("\"server/http/server.h\""), "may not include"},
        Sample{"store knows triage", "server/store/runs.cpp", include("\"server/triage/triage.h\""), "may not include"},
        Sample{"triage knows http", "server/triage/a.h", include("\"server/http/server.h\""), "may not include"},
        Sample{"ingest knows http", "core/junit/a.h", include("\"server/http/server.h\""), "may not include"},
        Sample{"ingest knows store", "core/junit/a.h", include("\"server/store/runs.h\""), "may not include"},
        Sample{"intake knows http", "server/intake/a.h", include("\"server/http/server.h\""), "may not include"},
        Sample{"intake knows triage", "server/intake/a.h", include("\"server/triage/triage.h\""), ""},
        Sample{"model knows a module", "core/model.h", include("\"server/db/sql.h\""), "may not include"},
        Sample{"http reads the clock", "server/http/a.cpp", include("\"server/clock.h\""), ""},
        Sample{"triage reads the clock", "server/triage/a.cpp", include("\"server/clock.h\""), "may not include"},
        Sample{"store reads the clock", "server/store/a.cpp", include("\"server/clock.h\""), "may not include"},
        Sample{"core calls the clock", "core/time/a.cpp", "auto t = std::chrono::system_clock::now();\n",
               "may not call _clock::now"},
        Sample{"core calls for a seed", "core/detect/a.cpp", "std::random_device seed;\n",
               "may not call random_device"},
        Sample{"core reads a variable", "core/text/a.cpp", "auto home = std::getenv(\"HOME\");\n",
               "may not call getenv"},
        Sample{"core opens a file", "core/text/a.cpp", include("<fstream>"), "may not include <fstream>"},
        Sample{"core asks the system", "core/text/a.cpp", include("<sys/stat.h>"), "may not include <sys/stat.h>"},
        Sample{"core/files opens a file", "core/files/a.cpp", include("<fstream>"), ""},
        Sample{"core's test opens a file", "core/text/a_test.cpp", include("<fstream>"), ""},
        Sample{"http knows main", "server/http/a.cpp", include("\"server/config.h\""), "may not include"},
        Sample{"server knows runner", "server/http/a.cpp", include("\"runner/scenario/scenario.h\""),
               "may not include"},
        Sample{"runner knows server", "runner/measure/measure.cpp", include("\"server/store/runs.h\""),
               "may not include"},
        Sample{"runner knows core", "runner/measure/measure.cpp", include("\"core/detect/noise.h\""), ""},
        Sample{"engines know runner", "runner/engines/mock.cpp", include("\"runner/scenario/scenario.h\""),
               "may not include"},
        Sample{"routes know wire", "server/http/routes/a.cpp", include("\"server/http/wire/answer.h\""), ""},
        Sample{"json knows wire", "server/http/json/a.cpp", include("\"server/http/wire/answer.h\""), ""},
        Sample{"wire knows json", "server/http/wire/a.cpp", include("\"server/http/json/json_writer.h\""),
               "may not include"},
        Sample{"wire knows the server", "server/http/wire/a.cpp", include("\"server/http/server.h\""),
               "may not include"},
        Sample{"json knows routes", "server/http/json/a.cpp", include("\"server/http/routes/routes.h\""),
               "may not include"},
        Sample{"routes know the server", "server/http/routes/a.cpp", include("\"server/http/server.h\""),
               "may not include"},
        Sample{"intake knows the door", "server/intake/a.cpp", include("\"server/points/points.h\""), ""},
        Sample{"intake includes an internal header of points", "server/intake/a.cpp",
               include("\"server/points/packing.h\""), "is internal"},
        Sample{"points knows itself", "server/points/a.cpp", include("\"server/points/packing.h\""), ""},
        Sample{"a bench includes an internal header of points", "bench/a.cpp", include("\"server/points/packing.h\""),
               ""},
        Sample{"a new module", "server/cache/a.h", include("<vector>"), "has no rules yet"},
        Sample{"not from the root", "core/detect/a.cpp", include("\"noise.h\""), "root of the tree"},
        Sample{"blanks in between", "server/db/a.cpp", "  #  include \"server/http/a.h\"", "may not include"}));

INSTANTIATE_TEST_SUITE_P(
    Libraries, StructureSamples,
    testing::Values(
        Sample{"the reader of Test.xml reads", "core/formats/ctest_reader.cpp", include("<pugixml.hpp>"), ""},
        Sample{"the reader reads", "core/junit/junit_reader.cpp", include("<pugixml.hpp>"), ""},
        Sample{"the writer writes", "core/junit/junit_writer.cpp", include("<pugixml.hpp>"), ""},
        Sample{"pugixml in metrics", "core/metrics/metrics.h", include("<pugixml.hpp>"), "pugixml"},
        Sample{"pugixml in http", "server/http/runs.cpp", include("<pugixml.hpp>"), "pugixml"},
        Sample{"httplib in http", "server/http/server.cpp", include("<httplib.h>"), ""},
        Sample{"httplib in upload", "runner/delivery/upload.cpp", include("<httplib.h>"), ""},
        Sample{"httplib in an engine", "runner/engines/http/http_exchange.cpp", include("<httplib.h>"), ""},
        Sample{"httplib in a test", "core/junit/a_test.cpp", include("<httplib.h>"), ""},
        Sample{"pugixml in a bench", "bench/read_bench.cpp", include("<pugixml.hpp>"), ""},
        Sample{"httplib in ingest", "core/junit/a.cpp", include("<httplib.h>"), "cpp-httplib"},
        Sample{"httplib in mock", "runner/engines/mock.cpp", include("<httplib.h>"), "cpp-httplib"},
        Sample{"SQLiteCpp in db", "server/db/sqlite.cpp", include("<SQLiteCpp/SQLiteCpp.h>"), ""},
        Sample{"SQLiteCpp in store", "server/store/a.cpp", include("<SQLiteCpp/SQLiteCpp.h>"), "a database"},
        Sample{"sqlite3 in store", "server/store/a.cpp", include("<sqlite3.h>"), "a database"},
        Sample{"pqxx in main", "server/main.cpp", include("<pqxx/pqxx>"), "a database"},
        Sample{"charts plot", "web/src/charts/plot.ts", "import uPlot from \"uplot\";", ""},
        Sample{"a page plots", "web/src/pages/a.ts", "import uPlot from 'uplot';", "only web/src/charts"},
        Sample{"a style plots", "web/src/a.css", "@import \"uplot/dist/uPlot.min.css\";", "only web/src/charts"},
        Sample{"a lazy page plots", "web/src/pages/a.ts", "await import('uplot')", "only web/src/charts"},
        Sample{"pages know api", "web/src/pages/a.ts", "import { get } from '../api/client';", ""},
        Sample{"charts know api", "web/src/charts/a.ts", "import type { T } from '../api/schema';", "the API"},
        Sample{"charts re-export api", "web/src/charts/a.ts", "export * from '../pages/../api';", "the API"}));

INSTANTIATE_TEST_SUITE_P(
    NamesAndLengths, StructureSamples,
    testing::Values(Sample{"utils", "server/http/utils.cpp", "", "'utils'"},
                    Sample{"a folder of helpers", "web/src/helpers/a.ts", "", "'helpers'"},
                    Sample{"string_util", "runner/string_util.h", "", "'util'"},
                    Sample{"a manager's file", "runner/RunManager.h", "", "'manager'"},
                    Sample{"a manager inside", "runner/a.h", "class RunManager {};", "'RunManager'"},
                    Sample{"uncommon is fine", "runner/uncommon.h", "", ""},
                    Sample{"a full file", "runner/a.cpp", repeated("// line\n", 600), ""},
                    Sample{"a long file", "runner/a.cpp", repeated("// line\n", 601), "601 lines"},
                    Sample{"a long script", "web/src/a.ts", repeated("// line\n", 601), "601 lines"},
                    Sample{"a long style", "web/src/a.css", repeated("a {}\n", 601), "601 lines"},
                    Sample{"a short command", "dev.d/a", "a() {\n" + repeated("  b\n", 68) + "}\n", ""},
                    Sample{"a long command", "dev.d/a", "a() {\n" + repeated("  b\n", 69) + "}\n", "71 lines"},
                    Sample{"a screenful", "runner/a.cpp", function_of(70), ""},
                    Sample{"more than a screen", "runner/a.cpp", function_of(71), "does not fit a screen"},
                    Sample{"a long table", "runner/a.cpp", "const T table[] = {\n" + repeated("  {1},\n", 100) + "};\n",
                           ""},
                    Sample{"a long inline method", "runner/a.h",
                           "class A {\n  int a() {\n" + repeated("    b();\n", 69) + "  }\n};\n", "71 lines"},
                    Sample{"a long class", "runner/a.h", "class A {\n" + repeated("  int a();\n", 100) + "};\n", ""}));

}  // namespace
