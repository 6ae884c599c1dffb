#include "server/policy_file.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

namespace perftrend {

tl::expected<triage::Policies, std::string> read_policy_file(const std::filesystem::path& file) {
  if (file.empty()) return triage::Policies();
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return tl::unexpected(fmt::format("cannot read {}", file.string()));
  return triage::Policies::parse(text.str(), file.string());
}

}  // namespace perftrend
