#include "core/metrics/case_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "core/metrics/name_patterns.h"
#include "core/text/trim.h"

namespace perftrend::metrics {

namespace {

bool is_word(char c) {
  return is_alnum(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

enum class Piece { literal, number, hex, word, any };

struct PatternPart {
  Piece piece = Piece::literal;
  std::string text;  ///< of a literal
};

std::vector<PatternPart> parse_pattern(std::string_view pattern) {
  constexpr std::array<std::pair<std::string_view, Piece>, 4> placeholders = {
      {{"{number}", Piece::number}, {"{hex}", Piece::hex}, {"{word}", Piece::word}, {"{any}", Piece::any}}};
  std::vector<PatternPart> parts;
  while (!pattern.empty()) {
    const auto* const found = std::find_if(placeholders.begin(), placeholders.end(),
                                           [&](const auto& one) { return pattern.starts_with(one.first); });
    if (found != placeholders.end()) {
      parts.push_back({found->second, ""});
      pattern.remove_prefix(found->first.size());
      continue;
    }
    if (parts.empty() || parts.back().piece != Piece::literal) parts.push_back({Piece::literal, ""});
    parts.back().text += pattern.front();
    pattern.remove_prefix(1);
  }
  return parts;
}

/// Longest text that {any} matches: it keeps a pattern's cost at one place bounded.
constexpr std::size_t any_bytes_max = 200;

/// Bytes that a placeholder matches at the start of `text`; 0 for none.
std::size_t placeholder_bytes(Piece piece, std::string_view text, const PatternPart* next) {
  if (piece == Piece::any) {
    const std::string_view near = text.substr(0, any_bytes_max);
    if (next == nullptr) return near.size();
    const std::size_t at = near.find(next->text, 1);
    return at == std::string_view::npos ? 0 : at;
  }
  const auto belongs = [&](char c) {
    return piece == Piece::number ? is_digit(c) : piece == Piece::hex ? is_hex(c) : is_word(c);
  };
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), belongs) - text.begin());
}

/// Bytes that the pattern matches at the start of `text`; 0 when it does not match.
std::size_t match_bytes(const std::vector<PatternPart>& parts, std::string_view text) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string_view rest = text.substr(at);
    const PatternPart* next = i + 1 < parts.size() ? &parts[i + 1] : nullptr;
    const bool is_literal = parts[i].piece == Piece::literal;
    const std::size_t bytes = is_literal ? (rest.starts_with(parts[i].text) ? parts[i].text.size() : 0)
                                         : placeholder_bytes(parts[i].piece, rest, next);
    if (bytes == 0) return 0;
    at += bytes;
  }
  return at;
}

std::string replace_pattern(const std::string& name, const NamePattern& pattern) {
  const std::vector<PatternPart> parts = parse_pattern(pattern.pattern);
  std::string replaced;
  for (std::size_t at = 0; at < name.size();) {
    const bool is_inside_run =
        at > 0 && parts.front().piece != Piece::literal && is_word(name[at - 1]) && is_word(name[at]);
    const std::size_t bytes = is_inside_run ? 0 : match_bytes(parts, std::string_view(name).substr(at));
    if (bytes > 0) {
      replaced += pattern.replacement;
      at += bytes;
    } else {
      replaced += name[at++];
    }
  }
  return replaced;
}

/// Every changing part contains a digit or lies below a temporary folder.
bool may_change(std::string_view name) {
  return std::any_of(name.begin(), name.end(), [](char c) { return is_digit(c) || c == '/' || c == '\\'; });
}

std::optional<std::string> replace_built_in(std::string_view name, NameParts parts, const RunTime& run) {
  std::string replaced;
  std::size_t copied = 0;
  bool is_changed = false;
  for (std::size_t from = 0; from < name.size();) {
    const auto [at, part] = find_changing_part(name, from, run);
    if (part.bytes == 0) break;
    from = at + part.kept + part.bytes;
    if (parts == NameParts::certain && !part.is_certain) continue;
    replaced.append(name.substr(copied, at + part.kept - copied)).append(part.replacement);
    copied = from;
    is_changed = true;
  }
  if (!is_changed) return std::nullopt;
  return replaced.append(name.substr(copied));
}

using Names = std::tuple<std::string, std::string, std::string>;  ///< suite, class, name

Names names_of(const ReportCase& one) {
  return {one.key.suite, one.key.classname, one.key.name};
}

/// Stable names of a report's cases.
class StableNames {
 public:
  StableNames(Report& report, const std::vector<NamePattern>& patterns, const RunTime& run)
      : report_(report), patterns_(patterns), run_(run) {}

  void run() {
    for (std::size_t i = 0; i < report_.cases.size(); ++i)
      add(i, NameParts::all);
    if (changed_.empty()) return;
    separate(NameParts::certain);
    number_the_rest();
    for (const auto& [i, names] : changed_)
      rename(report_.cases[i], names);
  }

 private:
  void add(std::size_t i, NameParts parts) {
    const CaseName& key = report_.cases[i].key;
    const auto classname = stable_name(key.classname, patterns_, parts, run_);
    const auto name = stable_name(key.name, patterns_, parts, run_);
    const auto& suite = stable_suite(key.suite, parts);
    if (!suite && !classname && !name) {
      changed_.erase(i);
      return;
    }
    const auto either = [](const std::optional<std::string>& stable, const text::BorrowedText& original) {
      return stable ? *stable : std::string(original);
    };
    changed_[i] = {either(suite, key.suite), either(classname, key.classname), either(name, key.name)};
  }

  /// Cases of one suite borrow its name from one place, so it is looked at once.
  const std::optional<std::string>& stable_suite(std::string_view suite, NameParts parts) {
    if (suite.data() != suite_.data() || suite.size() != suite_.size() || parts != suite_parts_) {
      suite_ = suite;
      suite_parts_ = parts;
      stable_suite_ = stable_name(suite, patterns_, parts, run_);
    }
    return stable_suite_;
  }

  /// Indices of the changed cases by their stable names, where these stand for several names.
  std::vector<std::vector<std::size_t>> collisions() {
    std::map<Names, std::vector<std::size_t>> by_names;
    for (const auto& [i, names] : changed_)
      by_names[names].push_back(i);
    std::vector<std::vector<std::size_t>> found;
    for (auto& [names, cases] : by_names) {
      std::set<Names> distinct;
      for (const std::size_t i : cases)
        distinct.insert(names_of(report_.cases[i]));
      if (distinct.size() > 1) found.push_back(std::move(cases));
    }
    return found;
  }

  /// Several dates in one report are parameters: they stay where cases differ by them.
  void separate(NameParts parts) {
    for (const auto& cases : collisions()) {
      for (const std::size_t i : cases)
        add(i, parts);
    }
  }

  /// What is still equal gets numbers in the order of the report.
  void number_the_rest() {
    for (const auto& cases : collisions()) {
      std::map<Names, std::size_t> numbers;
      for (const std::size_t i : cases) {
        const std::size_t number = numbers.emplace(names_of(report_.cases[i]), numbers.size() + 1).first->second;
        if (number > 1) std::get<2>(changed_[i]) += fmt::format(" #{}", number);
      }
      if (++numbered_ > 1) continue;
      report_.warnings.push_back(
          fmt::format("{} cases differ only by parts that change with every run; they are numbered in "
                      "the order of the report: '{}', ' #2' …; give them stable names",
                      numbers.size(), text::shortened(std::get<2>(changed_[cases.front()]), 120)));
    }
  }

  static void rename(ReportCase& one, const Names& names) {
    const auto replace = [](text::BorrowedText& text, const std::string& by) {
      if (text.view() != by) text = text::BorrowedText(by);
    };
    replace(one.key.suite, std::get<0>(names));
    replace(one.key.classname, std::get<1>(names));
    replace(one.key.name, std::get<2>(names));
  }

  Report& report_;
  const std::vector<NamePattern>& patterns_;
  const RunTime run_;
  std::map<std::size_t, Names> changed_;
  std::string_view suite_;
  NameParts suite_parts_ = NameParts::all;
  std::optional<std::string> stable_suite_;
  std::size_t numbered_ = 0;
};

}  // namespace

std::string_view fault_of(const NamePattern& pattern) {
  const std::vector<PatternPart> parts = parse_pattern(pattern.pattern);
  if (parts.empty()) return "it is empty";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool follows = i + 1 < parts.size();
    if (parts[i].piece != Piece::any) continue;
    if (i == 0 && !follows) return "it matches everything";
    if (follows && parts[i + 1].piece != Piece::literal) return "text must follow {any}";
  }
  return "";
}

std::optional<std::string> stable_name(std::string_view name, const std::vector<NamePattern>& patterns, NameParts parts,
                                       const RunTime& run) {
  if (patterns.empty()) return may_change(name) ? replace_built_in(name, parts, run) : std::nullopt;
  std::string stable(name);
  for (const NamePattern& pattern : patterns) {
    if (fault_of(pattern).empty()) stable = replace_pattern(stable, pattern);
  }
  if (auto replaced = replace_built_in(stable, parts, run)) stable = std::move(*replaced);
  if (stable == name) return std::nullopt;
  return stable;
}

void stabilise_names(Report& report, const std::vector<NamePattern>& patterns, const RunTime& run) {
  StableNames(report, patterns, report.started_us ? report.started_us : run).run();
}

}  // namespace perftrend::metrics
