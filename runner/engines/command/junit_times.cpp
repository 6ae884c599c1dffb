// JUnit as test programs write it: read_junit_times of command_output.h.
#include <fmt/format.h>
#include <pugixml.hpp>

#include <cmath>
#include <cstdlib>
#include <cstring>

#include "runner/engines/command/command_output.h"

namespace perftrend::runner {
namespace {

using Kind = EngineError::Kind;

constexpr double ms_in_s = 1000;

/// Seconds of "0.123" or "1,234.5"; nothing for what is no time.
std::optional<double> seconds_of(std::string text) {
  std::erase(text, ',');
  // Digits alone: strtod also takes blanks, "inf" and hexadecimal ones. (Not every standard library has from_chars of a
  // double, and this program never leaves the locale "C".)
  if (text.empty() || text.find_first_not_of("0123456789.eE+-") != std::string::npos) return std::nullopt;
  char* end = nullptr;
  const double seconds = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size() || !std::isfinite(seconds) || seconds < 0) return std::nullopt;
  return seconds;
}

CommandCase read_case(const pugi::xml_node& node) {
  CommandCase read;
  const std::string classname = node.attribute("classname").value();
  read.name = node.attribute("name").value();
  if (!classname.empty()) read.name = fmt::format("{}::{}", classname, read.name);
  for (const char* problem : {"failure", "error"}) {
    if (const auto child = node.child(problem)) {
      std::string message = child.attribute("message").value();
      if (message.empty()) message = child.text().get();
      read.error = EngineError{Kind::failed, fmt::format("{}: {}", problem, message.substr(0, message.find('\n')))};
      return read;
    }
  }
  const bool not_run = std::strcmp(node.attribute("status").value(), "notrun") == 0;
  if (node.child("skipped") || node.child("disabled") || not_run) {
    read.skipped = true;
    read.message = node.child("skipped").attribute("message").value();
    return read;
  }
  const auto seconds = seconds_of(node.attribute("time").value());
  if (!seconds)
    read.error = EngineError{Kind::bad_answer, fmt::format("its time is '{}'", node.attribute("time").value())};
  else if (*seconds > 0)  // 0 is below the resolution of who wrote it
    read.times_ms["duration_ms"].push_back(*seconds * ms_in_s);
  return read;
}

void add_cases(const pugi::xml_node& parent, std::vector<CommandCase>& cases) {
  for (const pugi::xml_node node : parent.children()) {
    const std::string_view name = node.name();
    if (name == "testsuite" || name == "testsuites") add_cases(node, cases);
    if (name == "testcase") cases.push_back(read_case(node));
  }
}

}  // namespace

EngineResult<CommandOutput> read_junit_times(std::string_view xml) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(xml.data(), xml.size());
  if (!parsed) {
    return tl::unexpected(EngineError{
        Kind::bad_answer, fmt::format("no whole XML document: {} at byte {}", parsed.description(), parsed.offset)});
  }
  CommandOutput output;
  add_cases(document, output.cases);
  if (output.cases.empty())
    return tl::unexpected(EngineError{Kind::bad_answer, "the JUnit document holds no test case"});
  return output;
}

}  // namespace perftrend::runner
