#pragma once
// Every limit of reading one report, with its reason. They hold together: for one upload the server keeps at most the
// body (1 x body_bytes_max, the caller's), its copy as UTF-8 text (1 x), the parsed tree (1.5 x; JUnit needs none) and
// the report (1.5 x, of which the texts lie in that copy); measures (2 x) are made after the tree is gone. That is the
// promise "under 6 x the body limit".

#include <cstddef>

namespace perftrend::junit {

struct ReadLimits {
  /// Bytes of the document, as sent and again as UTF-8. The largest report known to us (a monorepo's 100,000 cases with
  /// output) is about 50 MB.
  std::size_t body_bytes_max = std::size_t{64} << 20U;

  /// Open elements at once. Real reports nest suites 10 deep at most; every level costs a stack entry of the scanner.
  std::size_t depth_max = 256;

  /// Test cases of one document. A case costs about 500 bytes behind the reader, far more than its shortest spelling.
  std::size_t cases_max = 200'000;

  /// Attributes of one element. Duplicates are looked for pairwise, so this also bounds that work.
  std::size_t attributes_max = 256;

  /// Bytes of an element's or attribute's name. The vocabulary's longest is 13; GoogleTest's RecordProperty makes
  /// attribute names of any identifier.
  std::size_t name_bytes_max = 1024;

  /// Bytes of a suite's, class's or case's name, nested suites joined. Parametrised tests put whole argument lists into
  /// names; each is a key of the database.
  std::size_t case_name_bytes_max = std::size_t{16} * 1024;

  /// Bytes of one attribute's value. Failure messages ride in attributes and hold stack traces, not dumps.
  std::size_t attribute_bytes_max = std::size_t{4} << 20U;

  /// Bytes of the parsed tree, counted before it is built (64 a node, 40 an attribute in pugixml): `<a/>` is 4 bytes to
  /// send and 64 to keep. JUnit is read without a tree, but markup that would need so much states nothing.
  std::size_t tree_bytes_max = body_bytes_max / 2 * 3;

  /// Bytes of the report made from it. A suite's name counts with each of its cases, for so it is stored and shown: a
  /// small document can state a large report.
  std::size_t report_bytes_max = body_bytes_max / 2 * 3;

  /// The same limits around another size of body.
  static ReadLimits for_body(std::size_t body_bytes_max) {
    ReadLimits limits;
    limits.body_bytes_max = body_bytes_max;
    limits.tree_bytes_max = body_bytes_max / 2 * 3;
    limits.report_bytes_max = body_bytes_max / 2 * 3;
    return limits;
  }
};

struct MeasureLimits {
  /// Bytes of all measures of a report, names and samples included: lines of output are short, the names of the case
  /// they belong to need not be. 300,000 measures of usual names fit.
  std::size_t measures_bytes_max = std::size_t{128} << 20U;

  /// Numbers in one property. Samples are kept and drawn; more than this is data, not repeats.
  std::size_t samples_max = 100'000;

  /// Bytes of a metric's name without its label, and of a label.
  std::size_t metric_bytes_max = 200;

  /// Bytes of a line of output in which measures are looked for. Longer lines are data.
  std::size_t line_bytes_max = 2000;

  /// Warnings kept of one report; the last one then says how many more there were.
  std::size_t warnings_max = 100;

  /// Bytes of one warning, and of one coordinate (branch, commit, testbed).
  std::size_t warning_bytes_max = 500;
  std::size_t coordinate_bytes_max = 500;
};

}  // namespace perftrend::junit
