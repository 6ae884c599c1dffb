// Any bytes through the reader of all formats: the first byte says whether they are sent as CTest's Test.xml.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/ingest/metrics.h"
#include "server/ingest/report_reader.h"
#include "tests/fuzz/sound.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perftrend;
  ingest::ReadLimits limits = ingest::ReadLimits::for_body(64 * 1024);
  limits.depth_max = 8;
  limits.cases_max = 50;
  limits.case_name_bytes_max = 200;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // Examples as they are begin with none of these.
  const bool as_ctest = bytes.starts_with('C') || bytes.find("<Site") != std::string_view::npos;
  if (bytes.starts_with('C')) bytes.remove_prefix(1);
  const auto report = ingest::read_report(bytes, as_ctest ? ingest::ctest_content_type : "", "", limits);
  if (!report) {
    fuzz::require(!report.error().cause.empty());
    fuzz::require(report.error().over_limit == !report.error().limit.empty());
    return 0;
  }
  fuzz::require_sound(*report);
  const ingest::MetricRules rules;
  fuzz::require_sound(ingest::extract_metrics(*report, rules), rules);
  return 0;
}
