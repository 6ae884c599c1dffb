// The vocabulary of this project: words that are not used, each with its replacement. The rule holds for code, API,
// user interface, documents and schema. A file may use such a word only for a reason that is listed below.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tree/source_files.h"

namespace {

using perftrend::tests::SourceFile;

struct BannedWord {
  const char* words;  ///< in lower case, separated by blanks; the humps and underscores of a name separate words too
  const char* replacement;
};

const BannedWord banned_words[] = {
    {"told", "reported, notified"},
    {"untold", "unknown, not available"},
    {"tell", "report, notify, print"},
    {"tells", "reports, notifies, prints"},
    {"telling", "reporting; points_to_keep"},
    {"lent", "borrowed"},
    {"lend", "borrow"},
    {"lends", "borrows"},
    {"lender", "owner"},
    {"beside", "next to, with, in addition to"},
    {"behind", "after"},
    {"anew", "again"},
    {"whoever", "the caller"},
    {"nobody", "no one"},
    {"somebody", "another process, a user"},
    {"anybody", "any user"},
    {"is no", "is not a"},
    {"is none", "is not one; does not exist"},
    {"there are no", "X has no ...; no ... was found"},
    {"there are none", "it is empty; it has none"},
    {"holds now", "is the current one"},
    {"beyond the band", "outside the normal range"},
    {"a stay", "a quarantine entry"},
    {"this stay", "this quarantine entry"},
    {"what is over", "closed"},
    {"stands", "is, means"},
    {"mend", "fix"},
    {"mends", "fixes"},
    {"mended", "fixed"},
    {"room", "module; arena"},
    {"rooms", "modules"},
    {"wants", "requires"},
    {"is away", "is unreachable"},
    {"night", "run; nightly run"},
    {"nights", "runs; nightly runs"},
    {"tonight", "this run"},
    {"lateness", "detection delay"},
    {"reread", "reprocess"},
    {"keeper", "cache"},
    {"kept histories", "history cache"},
    {"kept project", "project histories"},
    {"keep verdict", "save_verdict"},
    {"just stored", "InsertedRun"},
    {"touch project", "bump_revision"},
    {"fold", "compact"},
    {"folds", "compacts"},
    {"folded", "compacted"},
    {"gathered", "pending; collected"},
    {"farewell", "HelpOrError"},
    {"occasion", "RunContext"},
    {"quiet wish", "QuietPolicy"},
    {"look around", "sample_machine"},
    {"grave factor", "severe_factor"},
    {"signals held back", "ScopedSignalBlock"},
    {"listed group", "TrackedProcessGroup"},
    {"courier", "uploader"},
    {"receipt", "upload result"},
    {"spoken", "display_name"},
    {"placing", "locate"},
    {"words are above", "see the output above"},
    {"lists its words", "lists the commands"},
    {"our fault", "internal error"},
    {"is no matter", "is below the minimum effect"},
    {"throw that up", "expected by chance"},
    {"of which", "a sentence with subject, verb and object"},
};

/// Names as the API, the command line or the code had them.
const BannedWord banned_names[] = {
    {"with_all", "part_of_common_shift"},
    {"moved_run", "common_shift_run"},
    {"late_points", "detection_delay_points"},
    {"clean_needed", "clean_runs_required"},
    {"take_step", "add_action"},
};

/// Uses that are right, with their reason. `path` is a prefix.
struct TrueUse {
  const char* path;
  const char* words;
  const char* reason;
};

const TrueUse true_uses[] = {
    {"tests/tree/vocabulary_test.cpp", "", "this list"},
    {"tests/tree/dev_test.cpp", "", "commit subjects that the rule refuses"},
    {"tests/reading/differential.py", "is none", "Python's None"},
    {"tests/tree/type_names_test.cpp", "lender", "a name with two meanings"},
    {"runner/engines/reference/tokenizer.cpp", "somebody", "the text that the tokenizer is trained with"},
    {"docs/operations.md", "wants", "the key Wants of a systemd unit"},
};

// ----------------------------------------------------------------------------------------------------------- search

struct Token {
  std::string word;  ///< in lower case
  std::size_t line = 1;
  bool continues = false;  ///< only blanks, comment marks or underscores are between this and the token before
};

bool is_lower(const std::string& text, std::size_t at) {
  return at < text.size() && std::islower(static_cast<unsigned char>(text[at])) != 0;
}

std::vector<Token> tokens_of(const std::string& text) {
  std::vector<Token> tokens;
  std::size_t line = 1;
  bool continues = false;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (std::isalnum(c) != 0) {
      const bool hump = inside && std::isupper(c) != 0 && (is_lower(text, i - 1) || is_lower(text, i + 1));
      if (!inside || hump) tokens.push_back({"", line, hump || continues});
      tokens.back().word.push_back(static_cast<char>(std::tolower(c)));
      inside = true;
      continues = true;
      continue;
    }
    inside = false;
    if (c == '\n') ++line;
    if (std::string_view(" \n\t/*#_-").find(static_cast<char>(c)) == std::string_view::npos) continues = false;
  }
  return tokens;
}

std::vector<std::string> split(std::string_view words) {
  std::vector<std::string> parts;
  for (const Token& token : tokens_of(std::string(words)))
    parts.push_back(token.word);
  return parts;
}

/// Idioms that contain a banned word and are plain English.
bool is_idiom(const std::vector<Token>& tokens, std::size_t at, std::string_view words) {
  const auto word = [&](std::size_t i) { return i < tokens.size() ? std::string_view(tokens[i].word) : ""; };
  if (words == "is no" || words == "is none" || words == "there are no") {
    static const std::vector<std::string_view> after = {"longer", "more", "less", "such", "fewer", "other"};
    return std::find(after.begin(), after.end(), word(at + (words == "there are no" ? 3 : 2))) != after.end();
  }
  if (words == "behind") {  // a server behind a proxy, a module behind its header
    static const std::vector<std::string_view> after = {"proxy", "proxies", "balancer", "header"};
    for (std::size_t i = at + 1; i < at + 5; ++i)
      if (std::find(after.begin(), after.end(), word(i)) != after.end()) return true;
  }
  return false;
}

bool is_true_use(std::string_view path, std::string_view words) {
  return std::any_of(std::begin(true_uses), std::end(true_uses), [&](const TrueUse& use) {
    return path.starts_with(use.path) && (std::string_view(use.words).empty() || words == use.words);
  });
}

void find_words(const SourceFile& file, std::vector<std::string>& findings) {
  static const auto patterns = [] {
    std::vector<std::vector<std::string>> all;
    for (const BannedWord& banned : banned_words)
      all.push_back(split(banned.words));
    return all;
  }();
  const std::vector<Token> tokens = tokens_of(file.text);
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    for (std::size_t b = 0; b < patterns.size(); ++b) {
      const std::vector<std::string>& pattern = patterns[b];
      if (tokens[at].word != pattern[0] || at + pattern.size() > tokens.size()) continue;
      bool same = true;
      for (std::size_t i = 1; i < pattern.size() && same; ++i)
        same = tokens[at + i].continues && tokens[at + i].word == pattern[i];
      if (!same || is_idiom(tokens, at, banned_words[b].words) || is_true_use(file.path, banned_words[b].words))
        continue;
      findings.push_back(file.path + ":" + std::to_string(tokens[at].line) + ": '" + banned_words[b].words +
                         "'; write: " + banned_words[b].replacement);
    }
  }
}

void find_names(const SourceFile& file, std::vector<std::string>& findings) {
  const auto in_name = [&](std::size_t i) {
    return i < file.text.size() && (std::isalnum(static_cast<unsigned char>(file.text[i])) != 0 || file.text[i] == '_');
  };
  for (const BannedWord& banned : banned_names) {
    const std::string_view name = banned.words;
    for (std::size_t at = file.text.find(name); at != std::string::npos; at = file.text.find(name, at + 1)) {
      if ((at > 0 && in_name(at - 1)) || in_name(at + name.size()) || is_true_use(file.path, name)) continue;
      const auto line = 1 + std::count(file.text.begin(), file.text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
      findings.push_back(file.path + ":" + std::to_string(line) + ": '" + std::string(name) +
                         "'; write: " + banned.replacement);
    }
  }
}

std::vector<std::string> findings_of(const SourceFile& file) {
  std::vector<std::string> findings;
  find_words(file, findings);
  find_names(file, findings);
  return findings;
}

TEST(Vocabulary, TreeUsesPlainWords) {
  const std::vector<SourceFile> files = perftrend::tests::read_texts();
  // An empty list would mean that the tree was not read.
  ASSERT_THAT(files, testing::SizeIs(testing::Gt(300)));
  for (const SourceFile& file : files) {
    for (const std::string& finding : findings_of(file))
      ADD_FAILURE() << finding;
  }
}

struct Sample {
  const char* text;
  const char* finding;  ///< part of the one finding; empty: allowed
};

class VocabularySamples : public testing::TestWithParam<Sample> {};

TEST_P(VocabularySamples, FindsWhatItShould) {
  const std::vector<std::string> findings = findings_of({"server/a.cpp", GetParam().text});
  if (*GetParam().finding == '\0')
    EXPECT_THAT(findings, testing::IsEmpty());
  else
    EXPECT_THAT(findings, testing::ElementsAre(testing::HasSubstr(GetParam().finding)));
}

INSTANTIATE_TEST_SUITE_P(
    Words, VocabularySamples,
    testing::Values(Sample{"what is told once", "'told'; write: reported"}, Sample{"int told_points = 0;", "'told'"},
                    Sample{"class LentText {};", "'lent'"}, Sample{"a silent talent", ""},
                    Sample{"\n\nNobody reads it", "a.cpp:3: 'nobody'"}, Sample{"this is no\n/// list", "'is no'"},
                    Sample{"there is no list", "'is no'"}, Sample{"there are no more lists", ""},
                    Sample{"there are no lists", "'there are no'"}, Sample{"it is no longer open", ""},
                    Sample{"what it is. No list", ""}, Sample{"text behind it", "'behind'"}, Sample{"ANewRun", ""},
                    Sample{"a server behind a reverse proxy", ""}, Sample{"the nightly run", ""},
                    Sample{"every night", "'night'"}, Sample{"bool with_all = true;", "'with_all'"},
                    Sample{"together with all others", ""}, Sample{"QuietWish wish;", "'quiet wish'"}));

}  // namespace
