#include "core/junit/vocabulary.h"

#include <algorithm>
#include <array>

#include "core/junit/xml_document.h"

namespace perftrend::junit {

namespace {

ElementKind kind_of_local(std::string_view name) {
  struct Entry {
    std::string_view name;
    ElementKind kind;
  };
  // The frequent ones first.
  static constexpr std::array<Entry, 16> entries = {{{element::testcase, ElementKind::testcase},
                                                     {element::properties, ElementKind::properties},
                                                     {element::system_out, ElementKind::out},
                                                     {element::failure, ElementKind::failure},
                                                     {element::skipped, ElementKind::skipped},
                                                     {element::testsuite, ElementKind::container},
                                                     {element::system_err, ElementKind::err},
                                                     {element::error, ElementKind::error},
                                                     {element::testsuites, ElementKind::container},
                                                     {"testrun", ElementKind::container},
                                                     {"disabled", ElementKind::skipped},
                                                     {"ignored", ElementKind::skipped},
                                                     {"flakyFailure", ElementKind::flaky},
                                                     {"flakyError", ElementKind::flaky},
                                                     {"rerunFailure", ElementKind::rerun},
                                                     {"rerunError", ElementKind::rerun}}};
  for (const Entry& entry : entries) {
    if (entry.name.size() == name.size() && entry.name == name) return entry.kind;
  }
  return ElementKind::foreign;
}

}  // namespace

ElementKind element_kind(std::string_view name) {
  // A prefix is rare, so it is looked for last.
  const ElementKind kind = kind_of_local(name);
  if (kind != ElementKind::foreign || name.find(':') == std::string_view::npos) return kind;
  return kind_of_local(local_name(name));
}

bool is_known_attribute(std::string_view name) {
  static constexpr std::array<std::string_view, 22> known = {
      "name",        "classname", "class",    "time",    "status", "result",     "timestamp",  "file",
      "line",        "lineno",    "filepath", "url",     "id",     "assertions", "type_param", "type",
      "value_param", "hostname",  "package",  "feature", "group",  "duration"};
  return std::find(known.begin(), known.end(), name) != known.end();
}

}  // namespace perftrend::junit
