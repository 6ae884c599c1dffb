#pragma once
// Reads single values of a policy file. The files of this module that read such a file include it; it includes toml++,
// which is expensive to compile.

#include <fmt/format.h>
#include <toml++/toml.h>

#include <string>
#include <string_view>

namespace perftrend::triage {

/// A fault of the file with its place.
struct PolicyFault {
  std::string cause;
  toml::source_position at;
};

/// A text that is not empty. Throws PolicyFault.
inline std::string read_text(const toml::node& node, std::string_view key) {
  const auto value = node.value_exact<std::string>();
  if (!value || value->empty()) throw PolicyFault{fmt::format("{} must be a text", key), node.source().begin};
  return *value;
}

/// The error of a file: source:line:column and the cause.
inline std::string fault_line(std::string_view source, const toml::source_position& at, std::string_view cause) {
  return fmt::format("{}:{}:{}: {}", source, at.line, at.column, cause);
}

}  // namespace perftrend::triage
