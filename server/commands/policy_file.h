#pragma once

#include <tl/expected.hpp>

#include <filesystem>
#include <string>

#include "server/intake/project_rules.h"
#include "server/triage/policies.h"

namespace perftrend {

/// A policy file: how metrics are judged, and which metrics are stored.
struct PolicyFile {
  triage::Policies policies;
  intake::ProjectRules rules;
};

/// Reads a TOML file of [[policy]] tables (triage/policies.h) and [[metrics]] tables (intake/project_rules.h). An empty
/// path gives the defaults. An error is one line.
tl::expected<PolicyFile, std::string> read_policy_file(const std::filesystem::path& file);

}  // namespace perftrend
