#include "server/commands/retention_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <stdexcept>

#include "core/files/read_file.h"

namespace perftrend {
namespace {

constexpr int days_max = 36500;

/// A rule that is wrong; what() says why.
struct RetentionFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

int read_days(const std::string& key, const toml::node& node) {
  const auto days = node.value<std::int64_t>();
  if (!node.is_integer() || *days < 1 || *days > days_max)
    throw RetentionFault(fmt::format("{}: must be a number of days from 1 to {}", key, days_max));
  return static_cast<int>(*days);
}

std::string read_pattern(const std::string& key, const toml::node& node) {
  if (!node.is_string()) throw RetentionFault(fmt::format("{}: must be a pattern in quotes", key));
  return *node.value<std::string>();
}

store::RetentionRule read_rule(const toml::table& table) {
  store::RetentionRule rule;
  for (const auto& [name, node] : table) {
    const std::string key(name.str());
    if (key == "project") {
      rule.project = read_pattern(key, node);
    } else if (key == "branch") {
      rule.branch = read_pattern(key, node);
    } else if (key == "documents_days") {
      rule.documents_days = read_days(key, node);
    } else if (key == "samples_days") {
      rule.samples_days = read_days(key, node);
    } else if (key == "points_days") {
      rule.points_days = read_days(key, node);
    } else if (key == "thin_days") {
      rule.thin_days = read_days(key, node);
    } else if (key == "thin_every_days") {
      rule.thin_every_days = read_days(key, node);
    } else {
      throw RetentionFault(fmt::format("unknown key '{}' in [[retention]]", key));
    }
  }
  return rule;
}

}  // namespace

tl::expected<std::vector<store::RetentionRule>, std::string> parse_retention(std::string_view text,
                                                                             const std::string& name) {
  try {
    const toml::table document = toml::parse(text, name);
    std::vector<store::RetentionRule> rules;
    for (const auto& [key, node] : document) {
      if (key.str() != "retention" || !node.is_array_of_tables())
        throw RetentionFault(fmt::format("unknown key '{}': this file has only [[retention]] tables", key.str()));
      for (const auto& rule : *node.as_array())
        rules.push_back(read_rule(*rule.as_table()));
    }
    return rules;
  } catch (const toml::parse_error& error) {
    return tl::unexpected(
        fmt::format("{}:{}:{}: {}", name, error.source().begin.line, error.source().begin.column, error.description()));
  } catch (const RetentionFault& fault) {
    return tl::unexpected(fmt::format("{}: {}", name, fault.what()));
  }
}

tl::expected<std::vector<store::RetentionRule>, std::string> read_retention_file(const std::filesystem::path& file) {
  if (file.empty()) return std::vector<store::RetentionRule>();
  const auto text = files::read_file(file);
  if (!text) return tl::unexpected(fmt::format("cannot read {}", file.string()));
  return parse_retention(*text, file.string());
}

}  // namespace perftrend
