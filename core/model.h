#pragma once
// The terms of perftrend (schema/README.md) as plain values. No behaviour, no I/O: every module may include this file,
// and it includes no module but core/text. Units are the last part of a name. Times are microseconds since the Unix
// epoch, UTC (`_us`). All text that the reader produces is valid UTF-8.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/text/borrowed.h"

namespace perftrend {

/// Database key of a row; positive, never reused within a database.
using Id = std::int64_t;

struct Property {
  std::string name;
  std::string value;
  friend bool operator==(const Property&, const Property&) = default;
};

// ---------------------------------------------------------------------------------------------- a report

/// Worst first when a case holds several: errored > failed > skipped > passed. `notrun` is GoogleTest's status="notrun"
/// on a case without any result element.
enum class CaseStatus { passed, failed, errored, skipped, notrun };

/// Names that identify a case within a project. A metric labelled "[Prompt 0]" belongs to the case whose name ends in
/// that label: {suite, classname, "performance_consistency[Prompt 0]"}.
struct CaseKey {
  std::string suite;
  std::string classname;
  std::string name;
  friend bool operator==(const CaseKey&, const CaseKey&) = default;
  friend auto operator<=>(const CaseKey&, const CaseKey&) = default;
};

/// A CaseKey whose names may be borrowed.
struct CaseName {
  text::BorrowedText suite;
  text::BorrowedText classname;
  text::BorrowedText name;
  operator CaseKey() const { return {suite, classname, name}; }
};

/// A Property whose texts may be borrowed.
struct CaseProperty {
  text::BorrowedText name;
  text::BorrowedText value;
};

/// One <testcase> of a document.
struct ReportCase {
  CaseName key;
  CaseStatus status = CaseStatus::passed;
  std::optional<double> time_seconds;           ///< missing when absent or not a number; never 0 instead
  std::vector<CaseProperty> properties;         ///< the case's own <properties>, in document order
  std::vector<CaseProperty> attributes;         ///< attributes that JUnit does not define (GoogleTest's RecordProperty)
  text::BorrowedText message;                   ///< of the element that decided the status; empty when passed
  text::BorrowedText output;                    ///< <system-out> then <system-err>
  int flaky = 0;                                ///< <flakyFailure>, <flakyError>: failed, then passed on a retry
  int reruns = 0;                               ///< <rerunFailure>, <rerunError>: failed again on a retry
  std::shared_ptr<const void> owner = nullptr;  ///< of the borrowed texts; null when all are owned
};

/// Sums over a whole report, by the counting rules of schema/junit.md.
struct Counts {
  std::int64_t cases = 0;
  std::int64_t passed = 0;
  std::int64_t failed = 0;
  std::int64_t errored = 0;
  std::int64_t skipped = 0;
  std::int64_t notrun = 0;
  std::int64_t properties = 0;  ///< <property> elements on cases, suites and the root
  double time_seconds = 0;      ///< sum of the cases' valid times
};

/// Everything that was read of one document.
struct Report {
  std::vector<Property> properties;        ///< of the root and of all suites, in document order
  std::optional<std::int64_t> started_us;  ///< earliest suite timestamp; one without a zone is taken as UTC
  std::string hostname;
  std::string output;  ///< <system-out> and <system-err> of the root and of suites
  std::vector<ReportCase> cases;
  Counts counts;
  std::vector<std::string> warnings;  ///< for people: what was unusual when it was read
  std::string direction_advice;       ///< what to do where a direction is not known; "" for JUnit's advice
};

// -------------------------------------------------------------------------------------------- a run

/// Which direction is better: `<metric>.better` says it, else the name and the unit (schema/junit.md, "Direction").
enum class Better { lower, higher };

/// Who stated a unit or a direction; a later one takes precedence over an earlier one.
enum class StatedBy { inferred, report, policy, person };

/// Facts that a case states, by their class (schema/facts.md); each list is sorted by name.
struct Facts {
  std::vector<Property> environment;    ///< the machine
  std::vector<Property> configuration;  ///< how the subject was run
  std::vector<Property> subject;        ///< which build was measured
  std::vector<Property> ignored;        ///< settings of the measurement and identities; shown only
  friend bool operator==(const Facts&, const Facts&) = default;
};

/// Value of one series in one run: its samples in the unit of the metric, and their median, minimum and MAD. A copy
/// owns its texts and samples and may outlive the report.
struct MetricValue {
  CaseName key;
  text::BorrowedText metric;        ///< "prefill_ms", "duration_ms"
  text::BorrowedText unit;          ///< "ms", "us", "bytes", "per_s", … ; "" when unknown
  text::BorrowedText written_unit;  ///< in which the report states the samples; "" when it is `unit`
  Better better = Better::lower;
  StatedBy unit_by = StatedBy::inferred;
  StatedBy better_by = StatedBy::inferred;
  bool better_assumed = false;  ///< neither stated nor known from name and unit; `better` is then lower
  std::uint32_t facts = 0;      ///< of its case: index into ExtractedMetrics::case_facts
  double value = 0;             ///< median of the samples
  double min = 0;
  double mad = 0;                     ///< median absolute deviation, unscaled, in the unit
  text::Borrowed<double> samples;     ///< at least one, all finite, in order of occurrence
  std::shared_ptr<const void> owner;  ///< of borrowed texts and samples; null when all are owned
};

/// Why a run was made. Only `trend` is judged and counted.
enum class Purpose { trend, confirm, bisect, calibration };

/// Coordinates of a run: where it belongs. Empty text means "not stated".
struct Coordinates {
  std::string branch;
  std::string commit;
  std::string testbed;
  std::string ci_url;
  std::optional<std::int64_t> commit_us;   ///< commit time: places late and backfilled runs
  std::optional<std::int64_t> started_us;  ///< when it was measured
  std::string suspect;                     ///< why the machine was not quiet; empty when it was
  std::vector<Property> environment;       ///< the fingerprint's parts, sorted by name
  std::vector<Property> configuration;     ///< how the subject was run, sorted by name; part of the series' identity
  std::vector<Property> subject;           ///< what was measured: builds and versions, sorted by name
  Purpose purpose = Purpose::trend;
  std::string run_key;         ///< what the parts of one run have in common
  std::string shard;           ///< which part of a matrix this is
  int parts_expected = 0;      ///< number of the run's parts; 0: not stated
  std::string base_branch;     ///< the branch that this one is judged against
  std::string base_commit;     ///< the last commit that both branches have
  std::string default_branch;  ///< of the repository, where the CI states it
};

// --------------------------------------------------------------------------------------------------- judgement

enum class Verdict { ok, improved, regressed, suspect, too_few };

/// State of the life of a finding. Open are confirmed and acknowledged. A suspected one waits for later points. A
/// person dismisses; perftrend closes, with a reason. A finding that requires no action (the environment changed) is
/// noted.
enum class FindingState { suspected, confirmed, acknowledged, fixed, dismissed, noted, closed };

}  // namespace perftrend
