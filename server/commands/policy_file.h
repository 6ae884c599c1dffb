#pragma once

#include <tl/expected.hpp>

#include <filesystem>
#include <string>

#include "server/intake/project_rules.h"
#include "server/triage/policies.h"

namespace perftrend {

/// What a policy file says: how metrics are judged, and which are taken.
struct PolicyFile {
  triage::Policies policies;
  intake::ProjectRules rules;
};

/// Reads a TOML file of [[policy]] tables (triage/policies.h) and [[metrics]] tables (intake/project_rules.h); the
/// defaults for an empty path. The error is one line.
tl::expected<PolicyFile, std::string> read_policy_file(const std::filesystem::path& file);

}  // namespace perftrend
