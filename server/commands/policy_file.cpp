#include "server/commands/policy_file.h"

#include <fmt/format.h>

#include "core/files/read_file.h"

namespace perftrend {

tl::expected<PolicyFile, std::string> read_policy_file(const std::filesystem::path& file) {
  if (file.empty()) return PolicyFile();
  const auto text = files::read_file(file);
  if (!text) return tl::unexpected(fmt::format("cannot read {}", file.string()));
  auto policies = triage::Policies::parse(*text, file.string());
  if (!policies) return tl::unexpected(policies.error());
  auto rules = intake::ProjectRules::parse(*text, file.string());
  if (!rules) return tl::unexpected(rules.error());
  return PolicyFile{std::move(*policies), std::move(*rules)};
}

}  // namespace perftrend
