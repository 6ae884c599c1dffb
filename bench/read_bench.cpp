// Benchmark of reading: bytes to metrics, nothing stored, compared with bare pugixml (load and walk) on the same file
// in the same run. The rounds alternate, and the clock is the thread's CPU time, so that a busy machine slows all.
// Prints one line per kind of report: the median times, and their ratio with its target. Exit code 1 only when nothing
// was read.

#include <fmt/format.h>
#include <malloc.h>
#include <pugixml.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "core/junit/junit_reader.h"
#include "core/metrics/metrics.h"
#include "core/stats/median.h"

namespace {

constexpr int cases = 10'000;
constexpr int warm_up_rounds = 5;  // not timed: the allocator asks the kernel for memory in these
constexpr int rounds = 41;
constexpr int heap_bytes = 256 << 20;  // retained by the allocator
constexpr double ratio_max = 1.7;

std::string report_of(const std::function<std::string(int)>& body) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"bench\" tests=\"10000\">\n";
  for (int i = 0; i < cases; ++i) {
    if (i % 100 == 0) {
      xml += fmt::format("  <testsuite name=\"suite {}\" timestamp=\"2026-11-23T02:00:00Z\" hostname=\"bench\">\n",
                         i / 100);
    }
    xml += fmt::format("    <testcase name=\"case_{:05}\" classname=\"org.example.bench.Class{}\" time=\"0.{:06}\"", i,
                       i / 50, i + 1);
    const std::string inner = body(i);
    xml += inner.empty() ? "/>\n" : ">\n" + inner + "    </testcase>\n";
    if (i % 100 == 99) xml += "  </testsuite>\n";
  }
  return xml + "</testsuites>\n";
}

std::string no_body(int /*i*/) {
  return "";
}

std::string metrics_body(int i) {
  return fmt::format(
      "      <properties>\n"
      "        <property name=\"prefill_ms[Prompt 0]\" value=\"10.{0:04} 10.{1:04} 10.{2:04}\"/>\n"
      "        <property name=\"tokenize_ms[Prompt 0]\" value=\"1.{0:04} 1.{1:04} 1.{2:04}\"/>\n"
      "      </properties>\n",
      i % 10'000, (i * 7) % 10'000, (i * 13) % 10'000);
}

std::string output_body(int i) {
  std::string out = "      <system-out><![CDATA[";
  for (int line = 0; line < 8; ++line)
    out += fmt::format("INFO  step {} of case {} is done, all is well\n", line, i);
  return out + fmt::format("Prompt 0: prefill = 10.{:04}ms\n]]></system-out>\n", i % 10'000);
}

/// Load, then touch every node and attribute once.
std::size_t load_and_walk(const std::string& xml) {
  pugi::xml_document document;
  if (!document.load_buffer(xml.data(), xml.size())) return 0;
  std::size_t seen = 0;
  pugi::xml_node node = document.first_child();
  while (node) {
    seen += std::strlen(node.name()) + std::strlen(node.value());
    for (const pugi::xml_attribute attribute : node.attributes()) {
      seen += std::strlen(attribute.name()) + std::strlen(attribute.value());
    }
    if (node.first_child()) {
      node = node.first_child();
      continue;
    }
    while (node && !node.next_sibling())
      node = node.parent();
    if (node) node = node.next_sibling();
  }
  return seen;
}

std::size_t read_report(const std::string& xml) {
  const auto report = perftrend::junit::read_junit(xml);
  return report ? report->cases.size() : 0;
}

std::size_t read_metrics(const std::string& xml) {
  auto report = perftrend::junit::read_junit(xml);
  if (!report) return 0;
  perftrend::metrics::stabilise_names(*report);
  return perftrend::metrics::extract_metrics(*report).metrics.size();
}

/// CPU time of this thread: others on the machine then disturb caches, but not the clock.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double seconds_of(const std::function<std::size_t()>& work, std::size_t& result) {
  const double begin = cpu_seconds();
  result = work();
  return cpu_seconds() - begin;
}

bool compare(const char* name, const std::string& xml) {
  std::vector<double> bare_s;
  std::vector<double> report_s;
  std::vector<double> metrics_s;
  std::size_t seen = 0;
  std::size_t cases_read = 0;
  std::size_t metrics = 0;
  for (int round = 0; round < warm_up_rounds + rounds; ++round) {
    const double bare = seconds_of([&] { return load_and_walk(xml); }, seen);
    const double to_report = seconds_of([&] { return read_report(xml); }, cases_read);
    const double to_metrics = seconds_of([&] { return read_metrics(xml); }, metrics);
    if (round < warm_up_rounds) continue;
    bare_s.push_back(bare);
    report_s.push_back(to_report);
    metrics_s.push_back(to_metrics);
  }
  const double bare_ms = perftrend::stats::median(bare_s) * 1e3;
  const double report_ms = perftrend::stats::median(report_s) * 1e3;
  const double metrics_ms = perftrend::stats::median(metrics_s) * 1e3;
  fmt::print(
      "read {:8} {} cases {:5.2f} MB: pugixml load+walk {:6.2f} ms, bytes to report {:6.2f} ms, ratio {:.2f} (target "
      "at "
      "most {:.2f}); to {} metrics {:6.2f} ms, ratio {:.2f}\n",
      name, cases, static_cast<double>(xml.size()) / 1e6, bare_ms, report_ms, report_ms / bare_ms, ratio_max, metrics,
      metrics_ms, metrics_ms / bare_ms);
  return seen > 0 && cases_read > 0 && metrics > 0;
}

}  // namespace

int main() {
  // The allocator retains what a round freed. Otherwise half of the time is the kernel's, which returns and fetches
  // pages, for all.
  mallopt(M_TRIM_THRESHOLD, heap_bytes);  // NOLINT(concurrency-mt-unsafe): no other thread runs
  mallopt(M_MMAP_THRESHOLD, heap_bytes);  // NOLINT(concurrency-mt-unsafe)
  const bool plain = compare("plain", report_of(no_body));
  const bool metrics = compare("metrics", report_of(metrics_body));
  const bool output = compare("output", report_of(output_body));
  return plain && metrics && output ? 0 : 1;
}
