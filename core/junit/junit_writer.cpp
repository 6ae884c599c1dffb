#include "core/junit/junit_writer.h"

#include <fmt/format.h>
#include <pugixml.hpp>

#include <algorithm>
#include <sstream>

#include "core/junit/vocabulary.h"
#include "core/text/utf8.h"

namespace perftrend::junit {
namespace {

constexpr const char* indent = "  ";

/// `name` ends in NUL.
void set(pugi::xml_node node, std::string_view name, std::string_view value) {
  node.append_attribute(name.data()).set_value(only_xml_characters(value).c_str());
}

/// `name` ends in NUL.
pugi::xml_node append(pugi::xml_node parent, std::string_view name) {
  return parent.append_child(name.data());
}

void set_time(pugi::xml_node node, double seconds) {
  set(node, attribute::time, fmt::format("{:.6f}", seconds));
}

void set_text(pugi::xml_node parent, std::string_view name, std::string_view text) {
  if (!text.empty()) append(parent, name).text().set(only_xml_characters(text).c_str());
}

void write_counts(pugi::xml_node node, const std::vector<CaseReport>& cases) {
  const auto count = [&](CaseStatus status) {
    return std::count_if(cases.begin(), cases.end(), [&](const CaseReport& each) { return each.status == status; });
  };
  double seconds = 0;
  for (const CaseReport& each : cases)
    seconds += each.time_seconds;
  set(node, attribute::tests, std::to_string(cases.size()));
  set(node, attribute::failures, std::to_string(count(CaseStatus::failed)));
  set(node, attribute::errors, std::to_string(count(CaseStatus::errored)));
  set(node, attribute::skipped, std::to_string(count(CaseStatus::skipped)));
  set_time(node, seconds);
}

void write_properties(pugi::xml_node parent, const Properties& properties) {
  if (properties.empty()) return;
  pugi::xml_node list = append(parent, element::properties);
  for (const auto& [name, value] : properties) {
    pugi::xml_node property = append(list, element::property);
    set(property, attribute::name, name);
    set(property, attribute::value, value);
  }
}

void write_outcome(pugi::xml_node node, const CaseReport& report) {
  if (report.status == CaseStatus::passed) return;
  if (report.status == CaseStatus::skipped) {
    set(append(node, element::skipped), attribute::message, report.message);
    return;
  }
  pugi::xml_node problem = append(node, report.status == CaseStatus::failed ? element::failure : element::error);
  set(problem, attribute::message, report.message);
  set(problem, attribute::type, report.type);
  if (!report.details.empty()) problem.text().set(only_xml_characters(report.details).c_str());
}

void write_case(pugi::xml_node suite, const CaseReport& report) {
  pugi::xml_node node = append(suite, element::testcase);
  set(node, attribute::name, report.name);
  set(node, attribute::classname, report.classname);
  set_time(node, report.time_seconds);
  write_properties(node, report.properties);
  write_outcome(node, report);
  std::string out;
  for (const auto& line : report.out)
    out += line + '\n';
  set_text(node, element::system_out, out);
  std::string err;
  for (const auto& warning : report.warnings)
    err += warning_mark + warning + '\n';
  set_text(node, element::system_err, err);
}

}  // namespace

std::string only_xml_characters(std::string_view text) {
  std::string kept;
  kept.reserve(text.size());
  while (!text.empty()) {
    const text::Utf8Character next = text::decode_utf8(text);
    if (next.bytes > 0 && text::is_xml_character(next.code)) kept += text.substr(0, next.bytes);
    text.remove_prefix(std::max<std::size_t>(next.bytes, 1));
  }
  return kept;
}

std::string to_junit(const SuiteReport& suite) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  set(declaration, "version", "1.0");
  set(declaration, "encoding", "UTF-8");
  pugi::xml_node root = append(document, element::testsuites);
  set(root, attribute::name, "perftrend");
  write_counts(root, suite.cases);
  pugi::xml_node node = append(root, element::testsuite);
  set(node, attribute::name, suite.name);
  write_counts(node, suite.cases);
  set(node, attribute::timestamp, times::to_rfc3339(suite.started_at));
  set(node, attribute::hostname, suite.hostname);
  write_properties(node, suite.properties);
  for (const CaseReport& each : suite.cases)
    write_case(node, each);
  std::ostringstream out;
  document.save(out, indent);
  return out.str();
}

Properties suite_properties(std::string_view xml) {
  Properties properties;
  pugi::xml_document document;
  if (!document.load_buffer(xml.data(), xml.size())) return properties;
  const pugi::xml_node root =
      document.child(element::testsuites.data()) ? document.child(element::testsuites.data()) : document;
  for (const pugi::xml_node suite : root.children(element::testsuite.data())) {
    for (const pugi::xml_node property : suite.child(element::properties.data()).children(element::property.data())) {
      properties.emplace_back(property.attribute(attribute::name.data()).value(),
                              property.attribute(attribute::value.data()).value());
    }
  }
  return properties;
}

}  // namespace perftrend::junit
