// Any bytes through the reader: refused with a cause and a place, or a sound report whose measures are sound.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/ingest/junit_reader.h"
#include "server/ingest/metrics.h"
#include "tests/fuzz/sound.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perftrend;
  // Small limits, so that short inputs reach them too.
  ingest::ReadLimits limits = ingest::ReadLimits::for_body(64 * 1024);
  limits.depth_max = 8;
  limits.cases_max = 50;
  limits.attributes_max = 20;
  limits.name_bytes_max = 100;
  limits.case_name_bytes_max = 200;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto report = ingest::read_junit(bytes, limits);
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
