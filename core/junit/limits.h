#pragma once
// Limits of reading one report, each with its reason. Together they bound the memory of one upload: the body (1 x
// body_bytes_max, owned by the caller), its copy as UTF-8 text (1 x), the tree (1.5 x), and the report (1.5 x; its
// texts lie in the copy). Metrics (2 x) are extracted after the tree is freed. Hence the promise "under 6 x the body
// limit".

#include <cstddef>

namespace perftrend::junit {

struct ReadLimits {
  /// Bytes of the document, as sent and again as UTF-8. The largest report we know (100,000 cases of a monorepo, with
  /// output) has about 50 MB.
  std::size_t body_bytes_max = std::size_t{64} << 20U;

  /// Nesting of elements. Real reports nest suites at most 10 deep.
  std::size_t depth_max = 256;

  /// Test cases of one document. A case costs about 500 bytes after reading, far more than its shortest spelling.
  std::size_t cases_max = 200'000;

  /// Attributes of one element. GoogleTest's RecordProperty makes attributes of any number of values.
  std::size_t attributes_max = 256;

  /// Bytes of the name of an element or attribute. The longest name of JUnit has 13 bytes; GoogleTest's RecordProperty
  /// makes attributes of any identifier.
  std::size_t name_bytes_max = 1024;

  /// Bytes of the name of a suite, class or case, names of nested suites joined. Parametrised tests put whole argument
  /// lists into names, and each name is a key of the database.
  std::size_t case_name_bytes_max = std::size_t{16} * 1024;

  /// Bytes of the value of one attribute. Failure messages with stack traces are in attributes; memory dumps are not.
  std::size_t attribute_bytes_max = std::size_t{4} << 20U;

  /// Bytes of the tree (64 per node, 40 per attribute, in pages of 32 KiB): `<a/>` is 4 bytes in the document and 64 in
  /// the tree. A document that needs more contains mostly markup.
  std::size_t tree_bytes_max = body_bytes_max / 2 * 3;

  /// Bytes of the report. The name of a suite counts once for each of its cases, because it is stored and shown so: a
  /// small document can give a large report.
  std::size_t report_bytes_max = body_bytes_max / 2 * 3;

  /// The same limits for another size of body.
  static ReadLimits for_body(std::size_t body_bytes_max) {
    ReadLimits limits;
    limits.body_bytes_max = body_bytes_max;
    limits.tree_bytes_max = body_bytes_max / 2 * 3;
    limits.report_bytes_max = body_bytes_max / 2 * 3;
    return limits;
  }
};

struct MetricLimits {
  /// Bytes of all metrics of a report, names and samples included: lines of output are short, but the names of their
  /// cases need not be. 300,000 metrics with usual names fit.
  std::size_t metrics_bytes_max = std::size_t{128} << 20U;

  /// Numbers in one property. All samples are stored and drawn; more than this is data, not repetitions.
  std::size_t samples_max = 100'000;

  /// Bytes of the name of a metric without its label, and of a label.
  std::size_t metric_bytes_max = 200;

  /// Bytes of a line of output that is searched for metrics. Longer lines are data.
  std::size_t line_bytes_max = 2000;

  /// Warnings of one report; the last one counts those that were dropped.
  std::size_t warnings_max = 100;

  /// Bytes of one warning, and of one coordinate (branch, commit, testbed).
  std::size_t warning_bytes_max = 500;
  std::size_t coordinate_bytes_max = 500;
};

}  // namespace perftrend::junit
