#pragma once
// Values that name a build: container images, digests, artifacts, versions. Pure.

#include <string_view>

namespace perftrend::metrics {

/// "vllm/vllm-openai:v0.6.3", "sha256:9f86d0…", a hash, "app-1.2.jar", "0.6.3.post1", "b4017".
bool is_build_value(std::string_view value);

/// "v0.6.17", "0.11.0.dev2024110500", "0.3.17+gabc", "2.4", "b4017".
bool is_version(std::string_view text);

/// A version that nothing else looks like: of three or more parts, or a build number.
bool is_release(std::string_view text);

/// A single number that is not whole, or a list with one: a measured amount, not a setting that is counted.
bool is_measured_amount(std::string_view value);

/// "195.0": a number with decimals, whole or not.
bool has_decimals(std::string_view value);

}  // namespace perftrend::metrics
