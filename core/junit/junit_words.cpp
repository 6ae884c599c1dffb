#include "core/junit/junit_words.h"

#include <algorithm>
#include <array>

#include "core/junit/xml_document.h"

namespace perftrend::junit {

namespace {

Word word_of_local(std::string_view name) {
  struct Entry {
    std::string_view name;
    Word word;
  };
  // The frequent ones first.
  static constexpr std::array<Entry, 16> entries = {{{"testcase", Word::testcase},
                                                     {"properties", Word::properties},
                                                     {"system-out", Word::out},
                                                     {"failure", Word::failure},
                                                     {"skipped", Word::skipped},
                                                     {"testsuite", Word::container},
                                                     {"system-err", Word::err},
                                                     {"error", Word::error},
                                                     {"testsuites", Word::container},
                                                     {"testrun", Word::container},
                                                     {"disabled", Word::skipped},
                                                     {"ignored", Word::skipped},
                                                     {"flakyFailure", Word::flaky},
                                                     {"flakyError", Word::flaky},
                                                     {"rerunFailure", Word::rerun},
                                                     {"rerunError", Word::rerun}}};
  for (const Entry& entry : entries) {
    if (entry.name.size() == name.size() && entry.name == name) return entry.word;
  }
  return Word::foreign;
}

}  // namespace

Word word_of(std::string_view name) {
  // A prefix is rare, so it is looked for last.
  const Word word = word_of_local(name);
  if (word != Word::foreign || name.find(':') == std::string_view::npos) return word;
  return word_of_local(local_name(name));
}

bool is_known_attribute(std::string_view name) {
  static constexpr std::array<std::string_view, 22> known = {
      "name",        "classname", "class",    "time",    "status", "result",     "timestamp",  "file",
      "line",        "lineno",    "filepath", "url",     "id",     "assertions", "type_param", "type",
      "value_param", "hostname",  "package",  "feature", "group",  "duration"};
  return std::find(known.begin(), known.end(), name) != known.end();
}

}  // namespace perftrend::junit
