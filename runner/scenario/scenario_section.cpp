#include "runner/scenario/scenario_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace perftrend::runner {

void refuse(const toml::source_position& at, std::string cause) {
  throw InvalidScenario{std::move(cause), at};
}

void refuse(const toml::node& node, std::string cause) {
  refuse(node.source().begin, std::move(cause));
}

std::string Section::path(std::string_view key) const {
  return name.empty() ? std::string(key) : fmt::format("{}.{}", name, key);
}

void only_keys(const Section& section, const std::vector<std::string>& known) {
  for (const auto& [key, node] : section.table) {
    if (std::find(known.begin(), known.end(), key.str()) == known.end()) {
      refuse(key.source().begin,
             fmt::format("unknown key '{}'; known here: {}", section.path(key.str()), fmt::join(known, ", ")));
    }
  }
}

const toml::node& required(const Section& section, std::string_view key) {
  const toml::node* node = section.table.get(key);
  if (node == nullptr) refuse(section.table, fmt::format("key '{}' is missing", section.path(key)));
  return *node;
}

std::string text_of(const toml::node& node, const std::string& path) {
  const auto value = node.value_exact<std::string>();
  if (!value) refuse(node, fmt::format("'{}' must be a text", path));
  return *value;
}

double number_of(const toml::node& node, const std::string& path) {
  const auto value = node.is_number() ? node.value<double>() : std::nullopt;
  if (!value || !std::isfinite(*value)) refuse(node, fmt::format("'{}' must be a number", path));
  return *value;
}

void read_text(const Section& section, std::string_view key, std::string& out) {
  if (const auto* node = section.table.get(key)) out = text_of(*node, section.path(key));
}

void read_whole(const Section& section, std::string_view key, std::int64_t min, std::int64_t max, int& out) {
  const auto* node = section.table.get(key);
  if (node == nullptr) return;
  const auto value = node->value_exact<std::int64_t>();
  if (!value || *value < min || *value > max) {
    refuse(*node, fmt::format("'{}' must be a whole number from {} to {}", section.path(key), min, max));
  }
  out = static_cast<int>(*value);
}

void read_positive(const Section& section, std::string_view key, double& out) {
  const auto* node = section.table.get(key);
  if (node == nullptr) return;
  out = number_of(*node, section.path(key));
  if (out <= 0) refuse(*node, fmt::format("'{}' must be above 0", section.path(key)));
}

void read_table(const Section& section, std::string_view key, const std::function<void(const Section&)>& read) {
  const auto* node = section.table.get(key);
  if (node == nullptr) return;
  if (!node->is_table()) refuse(*node, fmt::format("'{}' must be a table", section.path(key)));
  read({*node->as_table(), section.path(key)});
}

}  // namespace perftrend::runner
