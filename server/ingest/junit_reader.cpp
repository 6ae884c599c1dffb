#include "server/ingest/junit_reader.h"

#include <fmt/format.h>
#include <pugixml.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "server/ingest/counts.h"
#include "server/ingest/gathered_text.h"
#include "server/ingest/numbers.h"
#include "server/ingest/room.h"
#include "server/ingest/text.h"
#include "server/ingest/timestamps.h"
#include "server/ingest/xml_scan.h"

namespace perftrend::ingest {

namespace {

/// The elements of JUnit by what they mean here.
enum class Word { container, testcase, properties, error, failure, skipped, flaky, rerun, out, err, foreign };

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

/// A prefix of a namespace is rare, so it is looked for last.
Word word_of(std::string_view name) {
  const Word word = word_of_local(name);
  if (word != Word::foreign || name.find(':') == std::string_view::npos) return word;
  return word_of_local(local_name(name));
}

/// Equality that ends at the first difference, in place: nearly all of these comparisons fail at the first letter.
template <std::size_t N>
bool is(const char* text, const char (&word)[N]) {
  for (std::size_t i = 0; i < N; ++i) {
    if (text[i] != word[i]) return false;
  }
  return true;
}

/// What JUnit's dialects define on a <testcase>: not measures, whatever their value looks like. Bazel's `duration` is
/// its `time` again, in whole seconds.
bool is_known_attribute(std::string_view name) {
  static constexpr std::array<std::string_view, 22> known = {
      "name",        "classname", "class",    "time",    "status", "result",     "timestamp",  "file",
      "line",        "lineno",    "filepath", "url",     "id",     "assertions", "type_param", "type",
      "value_param", "hostname",  "package",  "feature", "group",  "duration"};
  return std::find(known.begin(), known.end(), name) != known.end();
}

constexpr std::string_view name_joint = " / ";

/// Bytes a case costs beside its texts, allocator included.
constexpr std::size_t case_bytes = sizeof(ReportCase) + 64;

/// Bytes a property costs beside its texts.
constexpr std::size_t property_bytes = sizeof(CaseProperty);

struct Refused {
  ReadError error;
  std::size_t offset = 0;
};

/// What the texts of a report's cases are lent by.
struct Lender {
  std::string text;   ///< the tree was parsed in it
  Room<char> joined;  ///< names of nested suites
};

/// Every call of pugixml is a call into another library, be it only to ask whether a node is there. So what is done for
/// each case asks for what it needs anyway: no attribute is without a name, and only no node is of type node_null.
///
/// Builds the report, whose cases are lent their text where the lender has it in one piece.
class Walker {
 public:
  Walker(const ReadLimits& limits, std::shared_ptr<Lender> lender, std::size_t cases_expected)
      : limits_(limits), lender_(std::move(lender)) {
    report_.cases.reserve(std::min(cases_expected, limits.report_bytes_max / case_bytes));
  }

  Report run(const pugi::xml_node& root) {
    enter(root);
    while (!levels_.empty()) {
      const pugi::xml_node node = levels_.back().next;
      if (!node) {
        suite_ = levels_.back().suite_before;
        levels_.pop_back();
        continue;
      }
      levels_.back().next = node.next_sibling();
      read_child(node);
    }
    finish(root);
    return std::move(report_);
  }

 private:
  struct Level {
    pugi::xml_node next;            ///< child to look at next
    std::string_view suite_before;  ///< names of the open suites without this one
  };

  void read_child(const pugi::xml_node& node) {
    if (node.type() != pugi::node_element) return;
    switch (word_of(node.name())) {
      case Word::container:
        known_ = true;
        enter(node);
        break;
      case Word::testcase:
        read_case(node);
        break;
      case Word::properties:
        known_ = true;
        read_properties(node, report_.properties);
        break;
      case Word::error:
      case Word::failure:
        known_ = true;
        ++suite_problems_;
        break;
      case Word::out:
      case Word::err:
        known_ = true;
        append_text_below(node, report_.output);
        spend(node, 0);
        break;
      case Word::foreign:
        ++foreign_;
        break;
      default:
        break;
    }
  }

  /// Goes into a container; only <testsuite> adds to the path of names.
  void enter(const pugi::xml_node& node) {
    levels_.push_back({node.first_child(), suite_});
    for (auto attribute = node.first_attribute(); attribute; attribute = attribute.next_attribute()) {
      const std::string_view name = attribute.name();
      const std::string_view value = attribute.value();
      if (name == "name" && local_name(node.name()) == "testsuite" && !value.empty()) {
        check_name(suite_.size() + (suite_.empty() ? 0 : name_joint.size()) + value.size(), node);
        suite_ = suite_.empty() ? value : keep(lender_->joined, keep(lender_->joined, suite_, name_joint), value);
        spend(node, 2 * suite_.size());
      } else if (name == "timestamp") {
        read_timestamp(value);
      } else if (name == "hostname" && report_.hostname.empty()) {
        report_.hostname = value;
      }
    }
  }

  void read_timestamp(std::string_view value) {
    if (value.empty()) return;
    const std::optional<std::int64_t> us = parse_time_us(value);
    if (!us) {
      if (timestamps_unread_++ == 0) timestamp_unread_ = value.substr(0, 60);
      return;
    }
    report_.started_us = std::min(report_.started_us.value_or(*us), *us);
  }

  /// Into Property or CaseProperty.
  template <typename Kept>
  void read_properties(const pugi::xml_node& node, std::vector<Kept>& out) {
    if (out.empty()) out.reserve(count_children(node));
    auto property = node.first_child();
    for (auto type = property.type(); type != pugi::node_null;
         property = property.next_sibling(), type = property.type()) {
      if (type != pugi::node_element || !is_property(property.name())) continue;
      ++report_.counts.properties;
      const auto [name, value] = property_of(property);
      if (name.empty()) continue;
      check_name(name.size(), property);
      Kept& made = out.emplace_back();
      made.name = LentText::lend(name);
      if (value != nullptr) {
        made.value = LentText::lend(value);
      } else {
        GatheredText text;
        text.add(property);
        made.value = text.text();
      }
      spend(property, property_bytes + made.name.size() + made.value.size());
    }
  }

  static bool is_property(const char* name) { return is(name, "property") || local_name(name) == "property"; }

  static std::size_t count_children(const pugi::xml_node& node) {
    std::size_t count = 0;
    for (auto child = node.first_child(); child.type() != pugi::node_null; child = child.next_sibling())
      ++count;
    return count;
  }

  struct Stated {
    std::string_view name;
    const char* value = nullptr;
  };

  static Stated property_of(const pugi::xml_node& property) {
    Stated stated;
    auto attribute = property.first_attribute();
    for (const char* name = attribute.name(); *name != '\0'; name = attribute.name()) {
      if (is(name, "name")) stated.name = attribute.value();
      if (is(name, "value")) stated.value = attribute.value();
      attribute = attribute.next_attribute();
    }
    return stated;
  }

  void read_case(const pugi::xml_node& node) {
    ReportCase& made = report_.cases.emplace_back();
    made.key.suite = LentText::lend(suite_);
    const bool notrun = read_case_attributes(node, made);
    check_name(std::max(made.key.name.size(), made.key.classname.size()), node);
    read_case_children(node.first_child(), made);
    if (notrun && made.status == CaseStatus::passed) made.status = CaseStatus::notrun;
    made.lender = lender_;
    count_case(made.status, made.time_seconds, report_.counts);
    if (made.key.name.empty()) ++nameless_;
    spend(node, case_bytes + made.key.suite.size() + made.key.classname.size() + made.key.name.size() +
                    made.message.size() + made.output.size());
  }

  /// True when the producer says of the case that it was not run.
  bool read_case_attributes(const pugi::xml_node& node, ReportCase& made) {
    bool notrun = false;
    const char* class_name = "";
    auto attribute = node.first_attribute();
    for (const char* name = attribute.name(); *name != '\0'; name = attribute.name()) {
      const char* const value = attribute.value();
      attribute = attribute.next_attribute();
      if (is(name, "name")) {
        made.key.name = LentText::lend(value);
      } else if (is(name, "classname")) {
        made.key.classname = LentText::lend(value);
      } else if (is(name, "time")) {
        read_time(value, made);
      } else if (is(name, "class")) {
        class_name = value;
      } else if (is(name, "status")) {
        notrun = is(value, "notrun");
      } else if (!is_known_attribute(name) && std::strchr(name, ':') == nullptr && !is(name, "xmlns")) {
        made.attributes.push_back({LentText::lend(name), LentText::lend(value)});
        spend(node, property_bytes + std::strlen(name) + made.attributes.back().value.size());
      }
    }
    if (made.key.classname.empty()) made.key.classname = LentText::lend(class_name);
    return notrun;
  }

  void read_time(std::string_view value, ReportCase& made) {
    made.time_seconds = parse_seconds(value);
    if (made.time_seconds || trim(value).empty()) return;
    if (times_invalid_++ == 0) time_invalid_ = value.substr(0, 40);
  }

  void read_case_children(pugi::xml_node child, ReportCase& made) {
    pugi::xml_node_type type = child.type();
    if (type == pugi::node_null) return;
    GatheredText out;
    GatheredText err;
    for (; type != pugi::node_null; child = child.next_sibling(), type = child.type()) {
      if (type != pugi::node_element) continue;
      switch (word_of(child.name())) {
        case Word::error:
          worsen(made, CaseStatus::errored, child);
          break;
        case Word::failure:
          worsen(made, CaseStatus::failed, child);
          break;
        case Word::skipped:
          worsen(made, CaseStatus::skipped, child);
          break;
        case Word::flaky:
          ++made.flaky;
          break;
        case Word::rerun:
          ++made.reruns;
          break;
        case Word::properties:
          read_properties(child, made.properties);
          break;
        case Word::out:
          out.add(child);
          break;
        case Word::err:
          err.add(child);
          break;
        default:
          break;
      }
    }
    if (!err.empty()) out.add(err);
    made.output = out.text();
  }

  /// The worst status wins, and of equals the first; its element gives the message.
  static void worsen(ReportCase& made, CaseStatus status, const pugi::xml_node& element) {
    const auto badness = [](CaseStatus s) {
      return s == CaseStatus::errored ? 3 : s == CaseStatus::failed ? 2 : s == CaseStatus::skipped ? 1 : 0;
    };
    if (badness(status) <= badness(made.status)) return;
    made.status = status;
    made.message = LentText::lend(element.attribute("message").value());
    if (!made.message.empty()) return;
    GatheredText text;
    text.add(element);
    made.message = text.trimmed();
  }

  void check_name(std::size_t bytes, const pugi::xml_node& node) const {
    if (bytes <= limits_.case_name_bytes_max) return;
    exceed(node, "case_name_bytes_max",
           fmt::format("the name of a suite, case or property is longer than {} bytes", limits_.case_name_bytes_max));
  }

  void spend(const pugi::xml_node& node, std::size_t bytes) {
    spent_bytes_ += bytes;
    if (spent_bytes_ + report_.output.size() <= limits_.report_bytes_max) return;
    exceed(node, "report_bytes_max",
           fmt::format("names, properties and output together exceed {} bytes", limits_.report_bytes_max));
  }

  [[noreturn]] static void exceed(const pugi::xml_node& node, const char* limit, std::string cause) {
    ReadError error;
    error.cause = std::move(cause);
    error.over_limit = true;
    error.limit = limit;
    throw Refused{std::move(error), offset_of(node)};
  }

  /// Of the '<' before the name pugixml points to.
  static std::size_t offset_of(const pugi::xml_node& node) {
    return static_cast<std::size_t>(std::max<std::ptrdiff_t>(node.offset_debug(), 1) - 1);
  }

  void finish(const pugi::xml_node& root) {
    if (report_.cases.empty() && foreign_ > 0 && !known_) {
      ReadError error;
      error.cause = fmt::format("<{}> holds no test case, only elements that are not JUnit", root.name());
      throw Refused{std::move(error), offset_of(root)};
    }
    auto& warnings = report_.warnings;
    if (report_.cases.empty()) warnings.emplace_back("the document holds no test case");
    if (suite_problems_ > 0) {
      warnings.push_back(fmt::format("{} errors or failures are stated of suites, not of cases; they are not counted",
                                     suite_problems_));
    }
    if (times_invalid_ > 0) {
      warnings.push_back(
          fmt::format("times that are no number of seconds: {}, e.g. '{}'", times_invalid_, time_invalid_));
    }
    if (timestamps_unread_ > 0) {
      warnings.push_back(fmt::format("timestamps of suites that name no plausible time: {}, e.g. '{}'",
                                     timestamps_unread_, timestamp_unread_));
    }
    if (nameless_ > 0) warnings.push_back(fmt::format("cases without a name, which give no points: {}", nameless_));
  }

  const ReadLimits& limits_;
  std::shared_ptr<Lender> lender_;
  Report report_;
  std::vector<Level> levels_;
  std::string_view suite_;  ///< names of the open suites, joined
  std::size_t spent_bytes_ = 0;
  std::size_t suite_problems_ = 0;
  std::size_t foreign_ = 0;
  std::size_t nameless_ = 0;
  std::size_t times_invalid_ = 0;
  std::size_t timestamps_unread_ = 0;
  std::string time_invalid_;
  std::string timestamp_unread_;
  bool known_ = false;  ///< something of JUnit was seen below the root
};

ReadError at_place(ReadError error, const Text& text, std::size_t offset) {
  set_place(error, text.utf8, offset, text.mark_bytes);
  return error;
}

tl::expected<Scanned, ReadError> scan(const Text& text, const ReadLimits& limits) {
  auto scanned = scan_xml(text.utf8, limits);
  if (!scanned) {
    ReadError error;
    error.cause = std::move(scanned.error().cause);
    error.limit = std::move(scanned.error().limit);
    error.over_limit = !error.limit.empty();
    return tl::unexpected(at_place(std::move(error), text, scanned.error().offset));
  }
  if (word_of(scanned->root) != Word::container) {
    ReadError error;
    error.cause = fmt::format("the root is <{}>, not <testsuites> or <testsuite>: this is not JUnit", scanned->root);
    return tl::unexpected(at_place(std::move(error), text, scanned->root_offset));
  }
  return *scanned;
}

void add_text_warnings(const Text& text, bool has_trailing_text, Report& report) {
  if (text.controls_replaced > 0) {
    report.warnings.push_back(
        fmt::format("control characters, which XML does not allow, replaced by '^': {}", text.controls_replaced));
  }
  if (has_trailing_text) report.warnings.emplace_back("text behind the document was ignored");
}

}  // namespace

tl::expected<Report, ReadError> read_junit(std::string_view bytes, const ReadLimits& limits) {
  auto text = to_utf8(bytes, limits);
  if (!text) return tl::unexpected(std::move(text.error()));
  const auto scanned = scan(*text, limits);
  if (!scanned) return tl::unexpected(scanned.error());
  const bool has_trailing_text = scanned->has_trailing_text;

  // Parsed in place; what the tree pointed to stays, for the cases' texts are lent by it. Moved before anybody looks: a
  // short string lies in the object itself.
  auto lender = std::make_shared<Lender>();
  lender->text = std::move(text->utf8);
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer_inplace(lender->text.data(), scanned->document_bytes,
                                                                     pugi::parse_default, pugi::encoding_utf8);
  ReadError error;
  std::size_t offset = 0;
  if (parsed) {
    try {
      Report report = Walker(limits, lender, scanned->cases).run(document.document_element());
      add_text_warnings(*text, has_trailing_text, report);
      return report;
    } catch (Refused& refused) {
      error = std::move(refused.error);
      offset = refused.offset;
    }
  } else {
    error.cause = parsed.description();
    offset = static_cast<std::size_t>(std::max<std::ptrdiff_t>(parsed.offset, 0));
  }
  // Parsing in place consumed the text; a refusal is worth making it again.
  document.reset();
  lender.reset();
  text = to_utf8(bytes, limits);
  return tl::unexpected(at_place(std::move(error), *text, offset));
}

}  // namespace perftrend::ingest
