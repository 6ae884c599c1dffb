#pragma once

#include <tl/expected.hpp>

#include <filesystem>
#include <string>

#include "server/triage/policies.h"

namespace perftrend {

/// The policies of a TOML file (triage/policies.h says its form); the defaults for an empty path. The error is one
/// line.
tl::expected<triage::Policies, std::string> read_policy_file(const std::filesystem::path& file);

}  // namespace perftrend
