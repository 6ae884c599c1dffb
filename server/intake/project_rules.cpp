#include "server/intake/project_rules.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include "core/metrics/metric_names.h"
#include "core/metrics/output.h"
#include "core/text/glob.h"

namespace perftrend::intake {
namespace {

/// A fault of the file with its place.
struct RuleFault {
  std::string cause;
  toml::source_position at;
};

std::string read_pattern(const toml::node& node, std::string_view key) {
  auto text = node.value_exact<std::string>();
  if (!text || text->empty()) throw RuleFault{fmt::format("{} must be a text", key), node.source().begin};
  if (text->size() > rule_pattern_bytes_max) {
    throw RuleFault{fmt::format("a pattern is at most {} bytes long", rule_pattern_bytes_max), node.source().begin};
  }
  return std::move(*text);
}

std::vector<std::string> read_patterns(const toml::node& node, std::string_view key) {
  const auto* list = node.as_array();
  if (list == nullptr) throw RuleFault{fmt::format("{} must be a list of texts", key), node.source().begin};
  std::vector<std::string> patterns;
  for (const auto& item : *list) {
    patterns.push_back(read_pattern(item, fmt::format("each of {}", key)));
    if (key == "lines" && !metrics::LinePattern(patterns.back()).is_usable()) {
      throw RuleFault{
          fmt::format("'{}' can match no line: it needs {{metric}} and {{value}} once each, and text between "
                      "placeholders",
                      patterns.back()),
          item.source().begin};
    }
  }
  return patterns;
}

/// names = {"pod-{word}" = "pod"}: pattern and replacement.
std::vector<metrics::NamePattern> read_names(const toml::node& node) {
  const auto* table = node.as_table();
  if (table == nullptr) throw RuleFault{"names must be a table: {\"PATTERN\" = \"REPLACEMENT\"}", node.source().begin};
  std::vector<metrics::NamePattern> names;
  for (const auto& [pattern, replacement] : *table) {
    names.push_back({std::string(pattern.str()), read_pattern(replacement, "the replacement of a name")});
    if (pattern.str().size() > rule_pattern_bytes_max)
      throw RuleFault{fmt::format("a pattern is at most {} bytes long", rule_pattern_bytes_max),
                      pattern.source().begin};
    if (const auto fault = metrics::fault_of(names.back()); !fault.empty())
      throw RuleFault{fmt::format("'{}' cannot be used: {}", names.back().pattern, fault), pattern.source().begin};
  }
  return names;
}

template <typename T>
void append(const std::vector<T>& from, std::vector<T>& to) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

tl::expected<ProjectRules, std::string> ProjectRules::parse(std::string_view toml, std::string_view source) {
  const auto fault_line = [&](const toml::source_position& at, std::string_view cause) {
    return tl::unexpected(fmt::format("{}:{}:{}: {}", source, at.line, at.column, cause));
  };
  ProjectRules rules;
  std::size_t patterns = 0;
  try {
    const toml::table document = toml::parse(toml);
    const auto* node = document.get("metrics");
    if (node == nullptr) return rules;
    const auto* list = node->as_array();
    if (list == nullptr) throw RuleFault{"metrics must be a list of tables: [[metrics]]", node->source().begin};
    for (const auto& item : *list) {
      const auto* table = item.as_table();
      if (table == nullptr) throw RuleFault{"metrics must be a list of tables: [[metrics]]", item.source().begin};
      Rule rule;
      for (const auto& [key, value] : *table) {
        const auto word = key.str();
        if (word == "project") {
          rule.project = read_pattern(value, word);
        } else if (word == "take") {
          rule.take = read_patterns(value, word);
        } else if (word == "leave") {
          rule.leave = read_patterns(value, word);
        } else if (word == "lines") {
          rule.lines = read_patterns(value, word);
        } else if (word == "names") {
          rule.names = read_names(value);
        } else {
          throw RuleFault{fmt::format("unknown key '{}' in [[metrics]]", word), key.source().begin};
        }
      }
      patterns += rule.take.size() + rule.leave.size() + rule.lines.size() + rule.names.size();
      if (patterns > rule_patterns_max) {
        throw RuleFault{fmt::format("there are more than {} patterns", rule_patterns_max), table->source().begin};
      }
      rules.rules_.push_back(std::move(rule));
    }
  } catch (const toml::parse_error& error) {
    return fault_line(error.source().begin, error.description());
  } catch (const RuleFault& fault) {
    return fault_line(fault.at, fault.cause);
  }
  return rules;
}

metrics::MetricRules ProjectRules::find(std::string_view project) const {
  metrics::MetricRules found;
  for (const auto& rule : rules_) {
    if (!text::matches_glob(rule.project, project)) continue;
    append(rule.take, found.take);
    append(rule.leave, found.leave);
    append(rule.lines, found.lines);
    append(rule.names, found.names);
  }
  return found;
}

}  // namespace perftrend::intake
