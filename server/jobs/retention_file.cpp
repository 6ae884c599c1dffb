#include "server/jobs/retention_file.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <toml++/toml.h>

#include <chrono>
#include <fstream>
#include <sstream>

#include "core/time/rfc3339.h"
#include "server/jobs/repeated_task.h"

namespace perftrend {
namespace {

constexpr int days_max = 36500;

struct Fault {
  std::string text;
};

int read_days(const std::string& key, const toml::node& node) {
  const auto days = node.value<std::int64_t>();
  if (!node.is_integer() || *days < 1 || *days > days_max)
    throw Fault{fmt::format("{}: give a number of days, 1 to {}", key, days_max)};
  return static_cast<int>(*days);
}

std::string read_pattern(const std::string& key, const toml::node& node) {
  if (!node.is_string()) throw Fault{fmt::format("{}: give a pattern in quotes", key)};
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
      throw Fault{fmt::format("unknown key '{}' in [[retention]]", key)};
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
        throw Fault{fmt::format("'{}': only [[retention]] tables are known here", key.str())};
      for (const auto& rule : *node.as_array())
        rules.push_back(read_rule(*rule.as_table()));
    }
    return rules;
  } catch (const toml::parse_error& error) {
    return tl::unexpected(
        fmt::format("{}:{}:{}: {}", name, error.source().begin.line, error.source().begin.column, error.description()));
  } catch (const Fault& fault) {
    return tl::unexpected(fmt::format("{}: {}", name, fault.text));
  }
}

tl::expected<std::vector<store::RetentionRule>, std::string> read_retention_file(const std::filesystem::path& file) {
  if (file.empty()) return std::vector<store::RetentionRule>();
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return tl::unexpected(fmt::format("cannot read {}", file.string()));
  return parse_retention(text.str(), file.string());
}

std::jthread prune_daily(db::Database& database, std::vector<store::RetentionRule> rules,
                         std::function<void(const store::Pruned&)> on_pruned) {
  if (rules.empty()) return {};
  return repeat([&database, rules = std::move(rules), on_pruned = std::move(on_pruned)](const std::stop_token& stop) {
    try {
      on_pruned(store::prune(database, rules, times::now_us(), false, [&] { return stop.stop_requested(); }));
    } catch (const std::exception& error) {
      spdlog::error("pruning failed, and is tried again tomorrow: {}", error.what());
    }
    return std::chrono::hours(24);
  });
}

}  // namespace perftrend
