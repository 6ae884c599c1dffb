#pragma once
// Values of configuration facts as identity of a series: without the parts that change with every run, and without the
// version of an engine, which is the subject (schema/facts.md, "Values of the configuration"). Pure.

#include <string>
#include <string_view>
#include <vector>

#include "core/metrics/case_names.h"
#include "core/model.h"

namespace perftrend::metrics {

/// A configuration fact, split.
struct StableSetting {
  std::string value;         ///< identity: "vllm", "/tmp/<temp>/m.gguf", "8"
  std::string version_name;  ///< "engine_version"; "" without a version
  std::string version;       ///< "0.6.17"
};

/// "vllm 0.6.17" of "engine" is the engine vllm and its version. Temporary folders, build numbers in paths, UUIDs,
/// ports and addresses are replaced, with those of `patterns`; "8.0" is "8".
StableSetting stable_setting(std::string_view name, std::string_view value, const std::vector<NamePattern>& patterns);

/// All configuration facts of a run, sorted by name; versions go to the subject where it does not state them.
void stabilise_settings(Coordinates& run, const std::vector<NamePattern>& patterns);

}  // namespace perftrend::metrics
