#include "core/formats/ctest_reader.h"

#include <fmt/format.h>
#include <pugixml.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "core/junit/report_builder.h"
#include "core/junit/text.h"
#include "core/junit/xml_document.h"
#include "core/text/numbers.h"

namespace perftrend::formats {
namespace {

/// In which the root must begin: a declaration and a comment or two.
constexpr std::size_t head_bytes = 4096;

/// NamedMeasurements that CTest itself makes of every test and that are no metrics.
bool is_of_ctest(std::string_view name) {
  constexpr std::array<std::string_view, 8> known = {"Exit Code",   "Exit Value",  "Completion Status", "Command Line",
                                                     "Environment", "Pass Reason", "Fail Reason",       "Processors"};
  return std::find(known.begin(), known.end(), name) != known.end();
}

class SiteReader {
 public:
  explicit SiteReader(junit::ReportBuilder& builder) : builder_(builder) {}

  void run(const pugi::xml_node& site) {
    builder_.hostname(site.attribute("Name").value());
    bool has_tests = false;
    for (const auto& testing : site.children("Testing")) {
      has_tests = true;
      builder_.started_at(testing.child_value("StartTestTime"));
      for (const auto& test : testing.children("Test")) {
        if (builder_.is_refused()) return;
        read_test(test);
      }
    }
    if (!has_tests) builder_.refuse("<Site> holds no <Testing>: this is not CTest's Test.xml");
    if (packed_outputs_ > 0) {
      builder_.add_warning(fmt::format(
          "outputs that CTest compressed, which are not looked at (--no-compress-output): {}", packed_outputs_));
    }
  }

 private:
  void read_test(const pugi::xml_node& test) {
    junit::BuiltCase built;
    built.name = test.child_value("Name");
    if (built.name.empty()) return builder_.refuse("a <Test> has no <Name>");
    built.classname = test.child_value("Path");
    if (built.classname.starts_with("./")) built.classname.erase(0, 2);
    if (built.classname == ".") built.classname.clear();
    std::string completion;
    const auto results = test.child("Results");
    for (const auto& measurement : results.children("NamedMeasurement"))
      read_named(measurement, built, completion);
    const std::string_view status = test.attribute("Status").value();
    if (status == "failed") {
      built.status = CaseStatus::failed;
    } else if (status == "notrun") {
      const bool skipped = completion == "Disabled" || completion.starts_with("SKIP_");
      built.status = skipped ? CaseStatus::skipped : CaseStatus::notrun;
    } else if (status != "passed") {
      return builder_.refuse(fmt::format("a <Test> has no known Status: '{}'", status.substr(0, 40)));
    }
    if (built.status != CaseStatus::passed) built.message = completion;
    read_output(results.child("Measurement").child("Value"), built);
    builder_.add_case(std::move(built));
  }

  static void read_named(const pugi::xml_node& measurement, junit::BuiltCase& built, std::string& completion) {
    const std::string_view name = measurement.attribute("name").value();
    const std::string_view type = measurement.attribute("type").value();
    const std::string_view value = text::trim(measurement.child_value("Value"));
    if (name == "Completion Status") completion = value;
    if (name == "Execution Time") {
      built.time_seconds = text::parse_seconds(value);
    } else if (type.starts_with("numeric/") && !name.empty() && !is_of_ctest(name)) {
      built.properties.emplace_back(name, value);
    }
  }

  void read_output(const pugi::xml_node& value, junit::BuiltCase& built) {
    const std::string_view encoding = value.attribute("encoding").value();
    if (!encoding.empty()) {
      ++packed_outputs_;
      return;
    }
    built.output = value.child_value();
  }

  junit::ReportBuilder& builder_;
  std::size_t packed_outputs_ = 0;
};

}  // namespace

bool looks_like_ctest(std::string_view bytes) {
  const std::string_view head = bytes.substr(0, head_bytes);
  const std::size_t at = head.find("<Site");
  if (at == std::string_view::npos || head.find("<test") < at) return false;
  const std::string_view after = head.substr(at + 5);
  return after.empty() || std::string_view(" \t\r\n/>").find(after[0]) != std::string_view::npos;
}

tl::expected<Report, junit::ReadError> read_ctest(std::string_view bytes, const junit::ReadLimits& limits) {
  auto text = junit::to_utf8(bytes, limits);
  if (!text) return tl::unexpected(std::move(text.error()));
  try {
    const junit::XmlDocument document(*text, limits);
    junit::XmlWalk walk(document, limits);
    walk.next();
    const std::string_view root = junit::local_name(walk.name());
    const std::size_t root_offset = walk.offset();
    while (walk.next() != junit::XmlEvent::done) {
    }
    if (root != "Site") {
      throw junit::XmlError{fmt::format("the root is <{}>, not <Site>: this is not CTest's Test.xml", root),
                            root_offset};
    }
    junit::ReportBuilder builder(limits);
    SiteReader(builder).run(document.tree().document_element());
    return builder.finish();
  } catch (const junit::XmlError& error) {
    text = junit::to_utf8(bytes, limits);
    return tl::unexpected(junit::place_error(error, *text));
  }
}

}  // namespace perftrend::formats
