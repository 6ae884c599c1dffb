#include "server/triage/branch_rules.h"

#include <charconv>
#include <set>

#include "core/text/glob.h"
#include "server/triage/policy_reading.h"

namespace perftrend::triage {
namespace {

constexpr std::int64_t minute_us = 60'000'000;
constexpr std::int64_t periods_max = 100'000;  // of the unit
constexpr std::size_t patterns_max = 100;      // every branch of a project is compared with each

std::int64_t unit_us(std::string_view unit) {
  if (unit == "m") return minute_us;
  if (unit == "h") return 60 * minute_us;
  if (unit == "d") return 24 * 60 * minute_us;
  if (unit == "w") return 7 * 24 * 60 * minute_us;
  return 0;
}

/// A name or a pattern of branches, in the spelling that runs have.
std::string read_branch(const toml::node& node, std::string_view key) {
  constexpr std::string_view heads = "refs/heads/";
  auto branch = read_text(node, key);
  return branch.starts_with(heads) && branch.size() > heads.size() ? branch.substr(heads.size()) : branch;
}

/// 0: "never".
std::int64_t read_period(const toml::node& node) {
  const auto text = read_text(node, "expect_every");
  if (text == "never") return 0;
  std::int64_t count = 0;
  const auto [unit, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const auto us = unit_us({unit, static_cast<std::size_t>(text.data() + text.size() - unit)});
  if (error != std::errc() || count < 1 || count > periods_max || us == 0) {
    throw PolicyFault{"expect_every must be a time such as \"30m\", \"12h\", \"1d\" or \"2w\", or \"never\"",
                      node.source().begin};
  }
  return count * us;
}

std::vector<std::string> read_patterns(const toml::node& node, std::string_view key) {
  const auto* list = node.as_array();
  if (list == nullptr || list->size() > patterns_max) {
    throw PolicyFault{fmt::format("{} must be a list of at most {} patterns", key, patterns_max), node.source().begin};
  }
  std::vector<std::string> patterns;
  for (const auto& item : *list)
    patterns.push_back(read_branch(item, key));
  return patterns;
}

[[noreturn]] void refuse_key(const toml::key& key, std::string_view table) {
  throw PolicyFault{fmt::format("unknown key '{}' in [[{}]]", key.str(), table), key.source().begin};
}

}  // namespace

/// Reads one file.
struct BranchRulesReader {
  BranchRules rules;
  bool own = false;

  std::string project(const toml::key& key, const toml::node& value) const {
    if (own) throw PolicyFault{"a project's own policy names no project", key.source().begin};
    return read_text(value, key.str());
  }

  void read_branches(const toml::table& table) {
    BranchRules::BranchRule rule;
    for (const auto& [key, value] : table) {
      if (key.str() == "project") {
        rule.project = project(key, value);
      } else if (key.str() == "default_branch") {
        rule.default_branch = read_branch(value, key.str());
      } else if (key.str() == "long_lived") {
        rule.long_lived = read_patterns(value, key.str());
      } else {
        refuse_key(key, "branches");
      }
    }
    rules.branches_.push_back(std::move(rule));
  }

  void read_lanes(const toml::table& table) {
    BranchRules::LaneRule rule;
    bool has_period = false;
    for (const auto& [key, value] : table) {
      if (key.str() == "project") {
        rule.project = project(key, value);
      } else if (key.str() == "testbed") {
        rule.testbed = read_text(value, key.str());
      } else if (key.str() == "branch") {
        rule.branch = read_branch(value, key.str());
      } else if (key.str() == "expect_every") {
        rule.expect_every_us = read_period(value);
        has_period = true;
      } else {
        refuse_key(key, "lanes");
      }
    }
    if (!has_period) throw PolicyFault{"[[lanes]] sets nothing: give expect_every", table.source().begin};
    rules.lanes_.push_back(std::move(rule));
  }

  void read(const toml::table& document) {
    for (const auto& [name, node] : document) {
      const bool branches = name.str() == "branches";
      if (!branches && name.str() != "lanes") continue;
      const auto* list = node.as_array();
      for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
        const auto* table = list->get(i)->as_table();
        if (table == nullptr) list = nullptr;
        if (table != nullptr) branches ? read_branches(*table) : read_lanes(*table);
      }
      if (list == nullptr) {
        throw PolicyFault{fmt::format("{0} must be a list of tables: [[{0}]]", name.str()), name.source().begin};
      }
    }
  }
};

tl::expected<BranchRules, std::string> BranchRules::parse(std::string_view toml, std::string_view source, bool own) {
  BranchRulesReader reader;
  reader.own = own;
  try {
    reader.read(toml::parse(toml));
  } catch (const toml::parse_error& error) {
    return tl::unexpected(fault_line(source, error.source().begin, error.description()));
  } catch (const PolicyFault& fault) {
    return tl::unexpected(fault_line(source, fault.at, fault.cause));
  }
  return std::move(reader.rules);
}

void BranchRules::append(const BranchRules& later) {
  branches_.insert(branches_.end(), later.branches_.begin(), later.branches_.end());
  lanes_.insert(lanes_.end(), later.lanes_.begin(), later.lanes_.end());
}

std::optional<std::string> BranchRules::default_branch(std::string_view project) const {
  std::optional<std::string> found;
  for (const auto& rule : branches_) {
    if (rule.default_branch && text::matches_glob(rule.project, project)) found = rule.default_branch;
  }
  return found;
}

std::vector<std::string> BranchRules::long_lived(std::string_view project) const {
  std::vector<std::string> found = {std::string(long_lived_default)};
  for (const auto& rule : branches_) {
    if (rule.long_lived && text::matches_glob(rule.project, project)) found = *rule.long_lived;
  }
  return found;
}

std::vector<std::string> BranchRules::all_long_lived() const {
  std::set<std::string> found = {std::string(long_lived_default)};
  for (const auto& rule : branches_) {
    if (rule.long_lived) found.insert(rule.long_lived->begin(), rule.long_lived->end());
  }
  return {found.begin(), found.end()};
}

std::optional<std::int64_t> BranchRules::expect_every_us(std::string_view project, std::string_view testbed,
                                                         std::string_view branch) const {
  std::optional<std::int64_t> found;
  for (const auto& rule : lanes_) {
    if (text::matches_glob(rule.project, project) && text::matches_glob(rule.testbed, testbed) &&
        text::matches_glob(rule.branch, branch))
      found = rule.expect_every_us;
  }
  return found;
}

}  // namespace perftrend::triage
