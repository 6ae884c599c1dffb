#pragma once
// Sorter of stated names: metrics, and facts about what was measured, how, and where. schema/facts.md documents the
// tables. Pure; safe from any thread.

#include <string_view>
#include <vector>

#include "core/model.h"
#include "core/text/warnings.h"

namespace perftrend::metrics {

enum class FactKind {
  metric,         ///< not a known fact: a number with this name is a measured value
  configuration,  ///< how the subject was run: engine, model, quantisation, threads, batch size
  subject,        ///< which build was measured: commit, build, version
  environment,    ///< the machine that measured: CPU model, kernel, governor, driver
  ignored,        ///< identifies or counts something: pid, line, iterations, passed. Neither a metric nor a key
};

/// Result of sort_name.
struct SortedName {
  FactKind kind = FactKind::metric;
  bool unit_makes_metric = false;   ///< with a unit in its name or value it is a metric: "build_ms", "batch" = "12 ms"
  bool only_as_text = false;        ///< a number with this name is a metric: "memory" = "812", "memory" = "DDR5"
  bool is_whole_number = false;     ///< a setting that is counted: "concurrency" = "43.2" was measured
  bool is_mean_length = false;      ///< a setting like "output_len": "195.0" is a mean that was measured
  bool value_may_be_build = false;  ///< of the environment, unless its value is a build: "environment.app" = "1.4.7"
};

/// Whether a value of a setting of this name was measured: "concurrency" = "43.2", "output_len" = "195.0".
bool is_measured_setting(const SortedName& sorted, std::string_view value);

/// Sorts a name. Prefixes decide first: "environment.", "configuration.", "subject.".
SortedName sort_name(std::string_view name);

/// Kind of a property or attribute by its name; a unit in the name is taken into account ("build_ms" is a metric).
/// Some names are numbers of a metric or texts of a fact ("cpu", "memory"): for these a value decides.
FactKind classify_fact(std::string_view name, std::string_view value = {});

/// Name of a fact as it is stored: without the prefix "environment.", "configuration." or "subject.".
std::string_view fact_name(std::string_view name);

/// Environment, configuration and subject of a run by its properties, each sorted by name. The first value of a name
/// is used; a second, different one gives a warning.
void sort_run_facts(const std::vector<Property>& properties, Coordinates& coordinates, text::Warnings& warnings);

}  // namespace perftrend::metrics
