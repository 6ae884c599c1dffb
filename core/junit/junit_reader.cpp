#include "core/junit/junit_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "core/junit/collected_text.h"
#include "core/junit/counts.h"
#include "core/junit/host_labels.h"
#include "core/junit/text.h"
#include "core/junit/vocabulary.h"
#include "core/junit/xml_document.h"
#include "core/text/arena.h"
#include "core/text/numbers.h"
#include "core/text/trim.h"
#include "core/time/timestamps.h"

namespace perftrend::junit {

namespace {

constexpr std::string_view name_joint = " / ";

/// Bytes that a case costs in addition to its texts, allocator included.
constexpr std::size_t case_bytes = sizeof(ReportCase) + 64;

/// Bytes that a property costs in addition to its texts.
constexpr std::size_t property_bytes = sizeof(CaseProperty);

/// Well-formed XML that is not JUnit, or states too much. Does not leave this file.
struct NotJunit : XmlError {};

/// Owner of the texts that the cases of a report borrow.
struct DocumentTexts {
  Text text;                 ///< the document, parsed in place
  text::Arena<char> joined;  ///< names of nested suites
};

/// Builds the report in one walk over the tree. Each function that reads an element is called after the event of its
/// start and returns after the event of its end.
class ReportWalk {
 public:
  ReportWalk(const ReadLimits& limits, std::shared_ptr<DocumentTexts> owner, const XmlDocument& document)
      : limits_(limits), owner_(std::move(owner)), walk_(document, limits) {}

  Report run() {
    try {
      read_root();
      return std::move(report_);
    } catch (const NotJunit&) {
      // A document that is not XML is refused for that, even where the mistake comes later.
      while (walk_.next() != XmlEvent::done) {
      }
      throw;
    }
  }

  [[nodiscard]] bool has_trailing_text() const { return walk_.has_trailing_text(); }

 private:
  void read_root() {
    walk_.next();
    root_offset_ = walk_.offset();
    const std::string_view root = walk_.name();
    if (element_kind(root) != ElementKind::container) {
      refuse(fmt::format("the root is <{}>, not <testsuites> or <testsuite>: this is not JUnit", local_name(root)),
             walk_.offset());
    }
    enter();
    for (XmlEvent event = walk_.next(); event != XmlEvent::done; event = walk_.next()) {
      if (event == XmlEvent::start) {
        read_child();
      } else if (event == XmlEvent::end) {
        suite_ = suites_before_.back();
        suites_before_.pop_back();
        hosts_.leave();
      }
    }
    finish(root);
  }

  void read_child() {
    const ElementKind kind = element_kind(walk_.name());
    known_ =
        known_ || (kind == ElementKind::container || kind == ElementKind::properties || kind == ElementKind::error ||
                   kind == ElementKind::failure || kind == ElementKind::out || kind == ElementKind::err);
    switch (kind) {
      case ElementKind::container:
        enter();
        return;
      case ElementKind::testcase:
        read_case();
        return;
      case ElementKind::properties:
        read_properties([this](ReadProperty property) { add_property(property, report_.properties.emplace_back()); });
        return;
      case ElementKind::out:
      case ElementKind::err:
        read_suite_output();
        return;
      case ElementKind::error:
      case ElementKind::failure:
        ++suite_problems_;
        break;
      case ElementKind::foreign:
        ++foreign_;
        break;
      default:
        break;
    }
    skip();
  }

  /// Enters a container. Only <testsuite> adds to the joined names.
  void enter() {
    suites_before_.push_back(suite_);
    std::string_view host;
    const std::size_t offset = walk_.offset();
    const bool is_suite = local_name(walk_.name()) == element::testsuite;
    for (const XmlAttribute& attribute : walk_.attributes()) {
      const std::string_view value = attribute.value;
      if (attribute.name == attribute::name && is_suite && !value.empty()) {
        check_name(suite_.size() + (suite_.empty() ? 0 : name_joint.size()) + value.size(), offset);
        suite_ = suite_.empty()
                     ? value
                     : text::copy_into(owner_->joined, text::copy_into(owner_->joined, suite_, name_joint), value);
        spend(offset, 2 * suite_.size());
      } else if (attribute.name == attribute::timestamp) {
        read_timestamp(value);
      } else if (attribute.name == attribute::hostname) {
        host = value;
        if (report_.hostname.empty()) report_.hostname = value;
      }
    }
    hosts_.enter(host);
  }

  void read_timestamp(std::string_view value) {
    if (value.empty()) return;
    const std::optional<std::int64_t> us = times::parse_time_us(value);
    if (!us) {
      if (timestamps_unread_++ == 0) timestamp_unread_ = text::beginning(value, 60);
      return;
    }
    report_.started_us = std::min(report_.started_us.value_or(*us), *us);
  }

  void read_suite_output() {
    const std::size_t offset = walk_.offset();
    CollectedText text;
    collect(text);
    if (!report_.output.empty() && report_.output.back() != '\n') report_.output += '\n';
    report_.output += text.view();
    spend(offset, 0);
  }

  /// A <property> as it was read.
  struct ReadProperty {
    std::string_view name;
    text::BorrowedText value;
    std::size_t offset = 0;
  };

  /// Reads a <properties>; calls `use` with each property that has a name.
  template <typename Use>
  void read_properties(const Use& use) {
    for (XmlEvent event = walk_.next(); event != XmlEvent::end; event = walk_.next()) {
      if (event != XmlEvent::start) continue;
      if (!is_property(walk_.name())) {
        skip();
        continue;
      }
      ++report_.counts.properties;
      ReadProperty property = read_property();
      if (!property.name.empty()) use(std::move(property));
    }
  }

  static bool is_property(std::string_view name) {
    return name == element::property || local_name(name) == element::property;
  }

  ReadProperty read_property() {
    ReadProperty property;
    property.offset = walk_.offset();
    bool has_value = false;
    for (const XmlAttribute& attribute : walk_.attributes()) {
      if (attribute.name == attribute::name) property.name = attribute.value;
      if (attribute.name != attribute::value) continue;
      property.value = text::BorrowedText::borrow(attribute.value);
      has_value = true;
    }
    if (!property.name.empty()) check_name(property.name.size(), property.offset);
    if (has_value) {
      skip();
    } else {
      CollectedText text;
      collect(text);
      property.value = text.text();
    }
    return property;
  }

  /// Moves it into a Property or a CaseProperty.
  template <typename AnyProperty>
  void add_property(ReadProperty& property, AnyProperty& to) {
    to.name = text::BorrowedText::borrow(property.name);
    to.value = std::move(property.value);
    spend(property.offset, property_bytes + to.name.size() + to.value.size());
  }

  void read_case() {
    const std::size_t offset = walk_.offset();
    reserve_cases();
    hosts_.add_case(report_.cases.size());
    ReportCase& made = report_.cases.emplace_back();
    made.key.suite = text::BorrowedText::borrow(suite_);
    const CaseStatus stated = read_case_attributes(offset, made);
    check_name(std::max(made.key.name.size(), made.key.classname.size()), offset);
    read_case_children(made);
    if (made.status == CaseStatus::passed) made.status = stated;
    made.owner = owner_;
    count_case(made.status, made.time_seconds, report_.counts);
    if (made.key.name.empty()) ++nameless_;
    spend(offset, case_bytes + made.key.suite.size() + made.key.classname.size() + made.key.name.size() +
                      made.message.size() + made.output.size());
  }

  /// Reserves memory for the cases to come. The share of the text that the cases so far take says how many there will
  /// be. Moving the vector more often would cost more than the rest of a plain case.
  void reserve_cases() {
    auto& cases = report_.cases;
    if (cases.size() < cases.capacity()) return;
    const double part = static_cast<double>(walk_.offset()) / static_cast<double>(owner_->text.utf8.size());
    const auto expected = static_cast<std::size_t>(static_cast<double>(cases.size()) * 1.1 / part);
    const std::size_t most = std::min(limits_.report_bytes_max / case_bytes, limits_.cases_max);
    cases.reserve(std::max(cases.size() + 1, std::min(std::max(expected, cases.size() * 2 + 16), most)));
  }

  /// Returns what the attributes say about a case without a result element: notrun, skipped or passed.
  CaseStatus read_case_attributes(std::size_t offset, ReportCase& made) {
    CaseStatus stated = CaseStatus::passed;
    std::string_view class_name;
    for (const XmlAttribute& attribute : walk_.attributes()) {
      const std::string_view name = attribute.name;
      const std::string_view value = attribute.value;
      if (name == attribute::name) {
        made.key.name = text::BorrowedText::borrow(value);
      } else if (name == attribute::classname) {
        made.key.classname = text::BorrowedText::borrow(value);
      } else if (name == attribute::time) {
        read_time(value, made);
      } else if (name == attribute::class_) {
        class_name = value;
      } else if (name == attribute::status) {
        if (value == junit::notrun) stated = CaseStatus::notrun;
      } else if (name == attribute::result) {
        if (value == junit::result_skipped && stated == CaseStatus::passed) stated = CaseStatus::skipped;
      } else if (!is_known_attribute(name) && name.find(':') == std::string_view::npos && name != "xmlns") {
        made.attributes.push_back({text::BorrowedText::borrow(name), text::BorrowedText::borrow(value)});
        spend(offset, property_bytes + name.size() + value.size());
      }
    }
    if (made.key.classname.empty()) made.key.classname = text::BorrowedText::borrow(class_name);
    return stated;
  }

  void read_time(std::string_view value, ReportCase& made) {
    made.time_seconds = text::parse_seconds(value);
    if (made.time_seconds || text::trim(value).empty()) return;
    if (times_invalid_++ == 0) time_invalid_ = text::beginning(value, 40);
  }

  void read_case_children(ReportCase& made) {
    XmlEvent event = walk_.next();
    if (event == XmlEvent::end) return;
    CollectedText out;
    CollectedText err;
    properties_.clear();
    for (; event != XmlEvent::end; event = walk_.next()) {
      if (event == XmlEvent::start) read_case_child(made, out, err);
    }
    if (!err.empty()) out.add(err);
    made.output = out.text();
    made.properties.assign(std::move_iterator(properties_.begin()), std::move_iterator(properties_.end()));
  }

  void read_case_child(ReportCase& made, CollectedText& out, CollectedText& err) {
    switch (element_kind(walk_.name())) {
      case ElementKind::error:
        worsen(made, CaseStatus::errored);
        return;
      case ElementKind::failure:
        worsen(made, CaseStatus::failed);
        return;
      case ElementKind::skipped:
        worsen(made, CaseStatus::skipped);
        return;
      case ElementKind::properties:
        read_properties([this](ReadProperty property) { add_property(property, properties_.emplace_back()); });
        return;
      case ElementKind::out:
        collect(out);
        return;
      case ElementKind::err:
        collect(err);
        return;
      case ElementKind::flaky:
        ++made.flaky;
        break;
      case ElementKind::rerun:
        ++made.reruns;
        break;
      default:
        break;
    }
    skip();
  }

  /// The worst status wins; of equal ones the first. Its element gives the message.
  void worsen(ReportCase& made, CaseStatus status) {
    const auto badness = [](CaseStatus s) {
      return s == CaseStatus::errored ? 3 : s == CaseStatus::failed ? 2 : s == CaseStatus::skipped ? 1 : 0;
    };
    if (badness(status) <= badness(made.status)) return skip();
    made.status = status;
    made.message = text::BorrowedText();
    for (const XmlAttribute& attribute : walk_.attributes()) {
      if (attribute.name == attribute::message) made.message = text::BorrowedText::borrow(attribute.value);
    }
    if (!made.message.empty()) return skip();
    CollectedText text;
    collect(text);
    made.message = text.trimmed();
  }

  void skip() {
    for (std::size_t depth = 1; depth > 0;) {
      const XmlEvent event = walk_.next();
      if (event == XmlEvent::start) ++depth;
      if (event == XmlEvent::end) --depth;
    }
  }

  /// Collects all text of an element; elements in it are written as in the document.
  void collect(CollectedText& into) {
    into.start_element();
    for (std::size_t depth = 1; depth > 0;) {
      switch (walk_.next()) {
        case XmlEvent::start:
          ++depth;
          into.add_start_tag(walk_.name(), walk_.attributes());
          break;
        case XmlEvent::end:
          if (--depth > 0) into.add_end_tag(walk_.ended_name());
          break;
        default:
          into.add(walk_.text());
          break;
      }
    }
  }

  void check_name(std::size_t bytes, std::size_t offset) const {
    if (bytes <= limits_.case_name_bytes_max) return;
    exceed(offset, "case_name_bytes_max",
           fmt::format("the name of a suite, case or property is longer than {} bytes", limits_.case_name_bytes_max));
  }

  void spend(std::size_t offset, std::size_t bytes) {
    spent_bytes_ += bytes;
    if (spent_bytes_ + report_.output.size() <= limits_.report_bytes_max) return;
    exceed(offset, "report_bytes_max",
           fmt::format("names, properties and output together exceed {} bytes", limits_.report_bytes_max));
  }

  [[noreturn]] static void refuse(std::string cause, std::size_t offset) { throw NotJunit{{std::move(cause), offset}}; }

  [[noreturn]] static void exceed(std::size_t offset, const char* limit, std::string cause) {
    throw NotJunit{{std::move(cause), offset, limit}};
  }

  void finish(std::string_view root) {
    if (report_.cases.empty() && foreign_ > 0 && !known_) {
      refuse(fmt::format("<{}> holds no test case, only elements that are not JUnit", root), root_offset_);
    }
    auto& warnings = report_.warnings;
    if (report_.cases.empty()) warnings.emplace_back("the document holds no test case");
    if (suite_problems_ > 0) {
      warnings.push_back(
          fmt::format("errors or failures of suites, not of cases, which are not counted: {}", suite_problems_));
    }
    if (times_invalid_ > 0) {
      warnings.push_back(
          fmt::format("times that are not numbers of seconds: {}, e.g. '{}'", times_invalid_, time_invalid_));
    }
    if (timestamps_unread_ > 0) {
      warnings.push_back(fmt::format("timestamps of suites that are not plausible times: {}, e.g. '{}'",
                                     timestamps_unread_, timestamp_unread_));
    }
    if (const std::string example = hosts_.label(report_.cases); !example.empty()) {
      warnings.push_back(fmt::format("the same cases ran on several hosts; their names get the host: {}",
                                     text::beginning(example, 100)));
    }
    if (nameless_ > 0) warnings.push_back(fmt::format("cases without a name, which have no points: {}", nameless_));
  }

  const ReadLimits& limits_;
  std::shared_ptr<DocumentTexts> owner_;
  XmlWalk walk_;
  Report report_;
  std::string_view suite_;                       ///< joined names of the open suites
  std::vector<std::string_view> suites_before_;  ///< for each open container: the joined names without it
  HostLabels hosts_;
  std::vector<CaseProperty> properties_;  ///< of the current case
  std::size_t root_offset_ = 0;
  std::size_t spent_bytes_ = 0;
  std::size_t suite_problems_ = 0;
  std::size_t foreign_ = 0;
  std::size_t nameless_ = 0;
  std::size_t times_invalid_ = 0;
  std::size_t timestamps_unread_ = 0;
  std::string time_invalid_;
  std::string timestamp_unread_;
  bool known_ = false;  ///< an element of JUnit was seen below the root
};

void add_text_warnings(const Text& text, bool has_trailing_text, Report& report) {
  if (text.controls_replaced > 0) {
    report.warnings.push_back(
        fmt::format("control characters, which XML does not allow, replaced by '^': {}", text.controls_replaced));
  }
  if (has_trailing_text) report.warnings.emplace_back("text after the root element was ignored");
}

}  // namespace

tl::expected<Report, ReadError> read_junit(std::string_view bytes, const ReadLimits& limits) {
  auto text = to_utf8(bytes, limits);
  if (!text) return tl::unexpected(std::move(text.error()));
  // Moved before parsing: the bytes of a short string lie in the object itself.
  auto owner = std::make_shared<DocumentTexts>();
  owner->text = std::move(*text);
  XmlError refused;
  try {
    const XmlDocument document(owner->text, limits);
    ReportWalk walk(limits, owner, document);
    Report report = walk.run();
    add_text_warnings(owner->text, walk.has_trailing_text(), report);
    return report;
  } catch (XmlError& error) {
    refused = std::move(error);
  }
  // Parsing changed the text, so the place is looked up in a fresh copy.
  owner.reset();
  text = to_utf8(bytes, limits);
  return tl::unexpected(place_error(refused, *text));
}

}  // namespace perftrend::junit
