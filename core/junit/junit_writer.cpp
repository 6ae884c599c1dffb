#include "core/junit/junit_writer.h"

#include <fmt/format.h>
#include <pugixml.hpp>

#include <algorithm>
#include <sstream>

#include "core/text/utf8.h"

namespace perftrend::junit {
namespace {

constexpr const char* indent = "  ";

void set(pugi::xml_node node, const char* name, std::string_view value) {
  node.append_attribute(name).set_value(only_xml_characters(value).c_str());
}

void set_time(pugi::xml_node node, double seconds) {
  set(node, "time", fmt::format("{:.6f}", seconds));
}

void set_text(pugi::xml_node parent, const char* element, std::string_view text) {
  if (!text.empty()) parent.append_child(element).text().set(only_xml_characters(text).c_str());
}

void write_counts(pugi::xml_node node, const std::vector<CaseReport>& cases) {
  const auto count = [&](CaseStatus status) {
    return std::count_if(cases.begin(), cases.end(), [&](const CaseReport& each) { return each.status == status; });
  };
  double seconds = 0;
  for (const CaseReport& each : cases)
    seconds += each.time_seconds;
  set(node, "tests", std::to_string(cases.size()));
  set(node, "failures", std::to_string(count(CaseStatus::failed)));
  set(node, "errors", std::to_string(count(CaseStatus::errored)));
  set(node, "skipped", std::to_string(count(CaseStatus::skipped)));
  set_time(node, seconds);
}

void write_properties(pugi::xml_node parent, const Properties& properties) {
  if (properties.empty()) return;
  pugi::xml_node list = parent.append_child("properties");
  for (const auto& [name, value] : properties) {
    pugi::xml_node property = list.append_child("property");
    set(property, "name", name);
    set(property, "value", value);
  }
}

void write_outcome(pugi::xml_node node, const CaseReport& report) {
  if (report.status == CaseStatus::passed) return;
  if (report.status == CaseStatus::skipped) {
    set(node.append_child("skipped"), "message", report.message);
    return;
  }
  pugi::xml_node problem = node.append_child(report.status == CaseStatus::failed ? "failure" : "error");
  set(problem, "message", report.message);
  set(problem, "type", report.type);
  if (!report.details.empty()) problem.text().set(only_xml_characters(report.details).c_str());
}

void write_case(pugi::xml_node suite, const CaseReport& report) {
  pugi::xml_node node = suite.append_child("testcase");
  set(node, "name", report.name);
  set(node, "classname", report.classname);
  set_time(node, report.time_seconds);
  write_properties(node, report.properties);
  write_outcome(node, report);
  std::string out;
  for (const auto& line : report.out)
    out += line + '\n';
  set_text(node, "system-out", out);
  std::string err;
  for (const auto& warning : report.warnings)
    err += warning_mark + warning + '\n';
  set_text(node, "system-err", err);
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
  pugi::xml_node root = document.append_child("testsuites");
  set(root, "name", "perftrend");
  write_counts(root, suite.cases);
  pugi::xml_node node = root.append_child("testsuite");
  set(node, "name", suite.name);
  write_counts(node, suite.cases);
  set(node, "timestamp", times::to_rfc3339(suite.started_at));
  set(node, "hostname", suite.hostname);
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
  const pugi::xml_node root = document.child("testsuites") ? document.child("testsuites") : document;
  for (const pugi::xml_node suite : root.children("testsuite")) {
    for (const pugi::xml_node property : suite.child("properties").children("property")) {
      properties.emplace_back(property.attribute("name").value(), property.attribute("value").value());
    }
  }
  return properties;
}

}  // namespace perftrend::junit
