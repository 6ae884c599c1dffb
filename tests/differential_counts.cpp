// The other half of differential.py: paths on stdin, one line of JSON on stdout for each.

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "server/ingest/junit_reader.h"

int main() {
  for (std::string path; std::getline(std::cin, path);) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    const auto report = perftrend::ingest::read_junit(bytes.str());
    if (!report) {
      fmt::print("{{\"refused\":true,\"line\":{},\"column\":{},\"limit\":{}}}\n", report.error().line,
                 report.error().column, report.error().over_limit);
      continue;
    }
    const auto& c = report->counts;
    bool is_forgiven = false;
    for (const std::string_view warning : report->warnings) {
      is_forgiven =
          is_forgiven || warning.starts_with("text behind the document") || warning.starts_with("control characters");
    }
    fmt::print(
        "{{\"refused\":false,\"forgiven\":{},\"counts\":{{\"cases\":{},\"passed\":{},\"failed\":{},\"errored\":{},"
        "\"skipped\":{},\"notrun\":{},\"properties\":{}}}}}\n",
        is_forgiven, c.cases, c.passed, c.failed, c.errored, c.skipped, c.notrun, c.properties);
  }
  return 0;
}
