#pragma once
// Names of the elements, attributes and properties of JUnit and its dialects, for the readers and the writers.

#include <array>
#include <string_view>

namespace perftrend::junit {

namespace element {
inline constexpr std::string_view testsuites = "testsuites";
inline constexpr std::string_view testsuite = "testsuite";
inline constexpr std::string_view testcase = "testcase";
inline constexpr std::string_view properties = "properties";
inline constexpr std::string_view property = "property";
inline constexpr std::string_view failure = "failure";
inline constexpr std::string_view error = "error";
inline constexpr std::string_view skipped = "skipped";
inline constexpr std::string_view system_out = "system-out";
inline constexpr std::string_view system_err = "system-err";
}  // namespace element

namespace attribute {
inline constexpr std::string_view name = "name";
inline constexpr std::string_view classname = "classname";
inline constexpr std::string_view class_ = "class";
inline constexpr std::string_view time = "time";
inline constexpr std::string_view timestamp = "timestamp";
inline constexpr std::string_view hostname = "hostname";
inline constexpr std::string_view status = "status";
inline constexpr std::string_view result = "result";
inline constexpr std::string_view value = "value";
inline constexpr std::string_view message = "message";
inline constexpr std::string_view type = "type";
inline constexpr std::string_view tests = "tests";
inline constexpr std::string_view failures = "failures";
inline constexpr std::string_view errors = "errors";
inline constexpr std::string_view skipped = "skipped";
}  // namespace attribute

/// Names of the properties that perftrend defines (schema/junit.md). The runner writes them, the server reads them.
namespace property_name {
inline constexpr std::string_view schema = "perftrend.schema";
inline constexpr std::string_view suspect = "perftrend.suspect";
inline constexpr std::string_view testbed = "perftrend.testbed";
inline constexpr std::string_view branch = "perftrend.branch";
inline constexpr std::string_view commit = "perftrend.commit";
inline constexpr std::string_view commit_time = "perftrend.commit_time";
inline constexpr std::string_view started_at = "perftrend.started_at";
inline constexpr std::string_view ci_url = "perftrend.ci_url";
inline constexpr std::string_view purpose = "perftrend.purpose";
inline constexpr std::string_view run_key = "perftrend.run_key";
inline constexpr std::string_view shard = "perftrend.shard";
inline constexpr std::string_view parts = "perftrend.parts";
inline constexpr std::string_view base_branch = "perftrend.base_branch";
inline constexpr std::string_view base_commit = "perftrend.base_commit";
inline constexpr std::string_view quarantine = "perftrend.quarantine";
inline constexpr std::string_view was = "perftrend.was";
inline constexpr std::string_view was_classname = "perftrend.was.classname";
inline constexpr std::string_view was_suite = "perftrend.was.suite";
inline constexpr std::string_view quarantine_owner = "perftrend.quarantine.owner";
inline constexpr std::string_view quarantine_expiry = "perftrend.quarantine.expiry";
/// Begins the names of all properties above.
inline constexpr std::string_view prefix = "perftrend.";
/// All properties above, the coordinates of a run first.
inline constexpr std::array all = {branch,
                                   commit,
                                   testbed,
                                   commit_time,
                                   started_at,
                                   ci_url,
                                   purpose,
                                   run_key,
                                   shard,
                                   parts,
                                   base_branch,
                                   base_commit,
                                   suspect,
                                   schema,
                                   quarantine,
                                   quarantine_owner,
                                   quarantine_expiry,
                                   was,
                                   was_classname,
                                   was_suite};
/// Begins the names of the properties that describe the machine: "environment.cpu".
inline constexpr std::string_view environment_prefix = "environment.";
/// Begins the names of properties that describe how the subject was run: "configuration.threads".
inline constexpr std::string_view configuration_prefix = "configuration.";
/// Begins the names of properties that describe the build that was measured: "subject.engine_build".
inline constexpr std::string_view subject_prefix = "subject.";
}  // namespace property_name

/// Value of `status` on a case that was not run (GoogleTest).
inline constexpr std::string_view notrun = "notrun";

/// Value of `result` on a case that GoogleTest skipped; older versions write no <skipped> element.
inline constexpr std::string_view result_skipped = "skipped";

/// Elements of JUnit by their meaning. A container holds cases and containers.
enum class ElementKind { container, testcase, properties, error, failure, skipped, flaky, rerun, out, err, foreign };

/// Kind of an element by its name. A namespace prefix is ignored.
ElementKind element_kind(std::string_view name);

/// True for attributes of <testcase> that a dialect of JUnit defines. They are not metrics, whatever their value looks
/// like: Bazel's `duration` repeats its `time` in whole seconds.
bool is_known_attribute(std::string_view name);

}  // namespace perftrend::junit
