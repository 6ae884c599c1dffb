#include "server/commands/policy_file.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

namespace perftrend {

tl::expected<PolicyFile, std::string> read_policy_file(const std::filesystem::path& file) {
  if (file.empty()) return PolicyFile();
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return tl::unexpected(fmt::format("cannot read {}", file.string()));
  auto policies = triage::Policies::parse(text.str(), file.string());
  if (!policies) return tl::unexpected(policies.error());
  auto rules = intake::ProjectRules::parse(text.str(), file.string());
  if (!rules) return tl::unexpected(rules.error());
  return PolicyFile{std::move(*policies), std::move(*rules)};
}

}  // namespace perftrend
