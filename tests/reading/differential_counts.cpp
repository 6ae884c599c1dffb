// The other half of differential.py: paths on stdin, one line of JSON on stdout for each.

#include <fmt/format.h>
#include <zlib.h>

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>

#include "core/junit/junit_reader.h"

namespace {

/// CRC-32 of texts, each followed by a line end.
class Digest {
 public:
  void add(std::string_view text) {
    feed(text);
    feed("\n");
  }
  /// Leaves out white space, because a reader may drop some of it between elements.
  void add_without_blanks(std::string_view text) {
    std::string bare(text);
    std::erase_if(bare, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    add(bare);
  }
  [[nodiscard]] unsigned long value() const { return crc_; }

 private:
  void feed(std::string_view text) {
    if (text.empty()) return;  // no bytes mean "from the start" to zlib
    crc_ = ::crc32(crc_, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
  }
  unsigned long crc_ = ::crc32(0, nullptr, 0);
};

unsigned long suite_texts(const perftrend::Report& report) {
  Digest digest;
  for (const auto& [name, value] : report.properties) {
    digest.add(name);
    digest.add_without_blanks(value);
  }
  return digest.value();
}

unsigned long case_texts(const perftrend::Report& report) {
  Digest digest;
  for (const auto& one : report.cases) {
    for (const std::string_view name : {one.key.suite.view(), one.key.classname.view(), one.key.name.view()})
      digest.add(name);
    for (const auto& property : one.properties) {
      digest.add(property.name);
      digest.add_without_blanks(property.value);
    }
    digest.add_without_blanks(one.output);
  }
  return digest.value();
}

}  // namespace

int main() {
  for (std::string path; std::getline(std::cin, path);) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    const auto report = perftrend::junit::read_junit(bytes.str());
    if (!report) {
      fmt::print("{{\"refused\":true,\"line\":{},\"column\":{},\"limit\":{}}}\n", report.error().line,
                 report.error().column, report.error().over_limit);
      continue;
    }
    const auto& c = report->counts;
    bool is_forgiven = false;
    for (const std::string_view warning : report->warnings) {
      is_forgiven = is_forgiven || warning.starts_with("text after the root element") ||
                    warning.starts_with("control characters");
    }
    fmt::print(
        "{{\"refused\":false,\"forgiven\":{},\"counts\":{{\"cases\":{},\"passed\":{},\"failed\":{},\"errored\":{},"
        "\"skipped\":{},\"notrun\":{},\"properties\":{},\"time_seconds\":{:.17g},\"case_texts\":{},\"suite_texts\":{}}}"
        "}}\n",
        is_forgiven, c.cases, c.passed, c.failed, c.errored, c.skipped, c.notrun, c.properties, c.time_seconds,
        case_texts(*report), suite_texts(*report));
  }
  return 0;
}
