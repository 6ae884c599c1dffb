#pragma once
// The measures of a report: case times, numeric properties and attributes, and what tools print (schema/junit.md,
// "Metrics of a case"). Pure; safe from any thread.

#include <string>
#include <string_view>
#include <vector>

#include "core/junit/limits.h"
#include "core/model.h"

namespace perftrend::metrics {

/// What a project may say about its metrics. The defaults fit any project.
struct MetricRules {
  /// Globs (`*` any run, `?` one character) over metric names without label, e.g. "*_ms". When any is given, only
  /// metrics that match one are taken, and one that matches is taken even where its name looks like an identity
  /// (line, pid, seed …); a lone "*" takes everything but identities.
  std::vector<std::string> take;

  /// Globs over metric names; what matches is never taken, whatever `take` says.
  std::vector<std::string> leave;

  /// Shapes of whole lines of output that state a measure, beside "{label}: {metric} = {value}{unit}". Placeholders are
  /// {label} {metric} {value} {unit} and {} (anything); the rest is literal; a blank stands for any run of blanks. Each
  /// needs {metric} and {value}. Without {unit} a number without a written unit is taken.
  std::vector<std::string> lines;

  junit::MeasureLimits limits;
};

/// What is kept of a report beside its counts.
struct Measured {
  std::vector<Measure> measures;      ///< one per series, in order of first occurrence
  Coordinates coordinates;            ///< what suite properties say; the upload's own parameters win over them
  std::vector<std::string> warnings;  ///< the report's own first; PERF-WARNING lines included; at most warnings_max

  /// Name of the limit of MeasureLimits the report exceeds: the upload must be refused whole (413), and `measures` is
  /// empty. "" otherwise.
  std::string over_limit;
};

Measured extract_metrics(const Report& report, const MetricRules& rules = {});

}  // namespace perftrend::metrics
