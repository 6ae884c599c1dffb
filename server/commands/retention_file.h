#pragma once
// Retention file: a TOML file of [[retention]] rules that say how long what is stored.

#include <tl/expected.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "server/store/retention.h"

namespace perftrend {

/// Parses [[retention]] tables with the keys project, branch (patterns), documents_days, samples_days, points_days,
/// thin_days, thin_every_days. Unknown keys are errors. An error is one line that begins with `name`.
tl::expected<std::vector<store::RetentionRule>, std::string> parse_retention(std::string_view toml,
                                                                             const std::string& name);
/// The same for a file; no rules for an empty path.
tl::expected<std::vector<store::RetentionRule>, std::string> read_retention_file(const std::filesystem::path& file);

}  // namespace perftrend
