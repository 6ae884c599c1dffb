#pragma once
// Metrics of a report: case times, numeric properties and attributes, and what tools print (schema/junit.md, "Metrics
// of a case"). Pure; safe from any thread.

#include <string>
#include <string_view>
#include <vector>

#include "core/junit/limits.h"
#include "core/metrics/case_names.h"
#include "core/model.h"

namespace perftrend::metrics {

/// Rules of a project about its metrics. The defaults fit any project.
struct MetricRules {
  /// Globs (`*` any text, `?` one character) of metric names without label, e.g. "*_ms". With globs here, only metrics
  /// that match one are taken, even when the name looks like an identity (line, pid, seed …). "*" alone takes
  /// everything except identities.
  std::vector<std::string> take;

  /// Globs of metric names that are never taken, whatever `take` says.
  std::vector<std::string> leave;

  /// Patterns of whole lines of output that contain a metric, in addition to "{label}: {metric} = {value}{unit}".
  /// Placeholders are {label} {metric} {value} {unit} and {} (anything); everything else is literal, and a blank
  /// matches any blanks. {metric} and {value} are required. Without {unit}, a number without a unit is taken too.
  std::vector<std::string> lines;

  /// Globs of metric names whose direction the project states elsewhere (in a policy): no warning says that their
  /// direction is not known.
  std::vector<std::string> directed;

  /// Parts of case names that change with every run, in addition to the built-in ones (stabilise_names).
  std::vector<NamePattern> names;

  junit::MetricLimits limits;
};

/// The metrics of a report and everything else that is stored of it except its cases and counts.
struct ExtractedMetrics {
  std::vector<MetricValue> metrics;   ///< one for each series, in order of first occurrence
  Coordinates coordinates;            ///< from properties of suites; parameters of the upload win over them
  std::vector<Facts> case_facts;      ///< distinct sets; MetricValue::facts is an index into it, 0 is the empty set
  std::vector<std::string> warnings;  ///< those of the report first; with PERF-WARNING lines; at most warnings_max

  /// Name of the limit of MetricLimits that the report exceeds; "" otherwise. Such an upload must be refused (413), and
  /// `metrics` is empty.
  std::string over_limit;
};

ExtractedMetrics extract_metrics(const Report& report, const MetricRules& rules = {});

}  // namespace perftrend::metrics
