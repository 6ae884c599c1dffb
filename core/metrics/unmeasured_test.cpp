#include "core/metrics/unmeasured.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace perftrend::metrics {
namespace {

struct Row {
  const char* metric;
  const char* unit;
  double value;
};

bool is_dropped(const Row& row) {
  std::vector<double> numbers = {row.value};
  const auto unit = *row.unit == '\0' ? unit_of_suffix(row.metric) : known_unit(row.unit);
  const std::string why(drop_unmeasured(row.metric, unit, numbers));
  EXPECT_EQ(why.empty(), !numbers.empty()) << row.metric;
  return numbers.empty();
}

TEST(Unmeasured, WhatAFailedMeasurementLeaves) {
  for (const Row& row : {Row{"rss_bytes", "", 0},    Row{"peak_memory_mb", "", 0},
                         Row{"power_w", "", 0},      Row{"energy_j", "", 0},
                         Row{"binary_size", "", 0},  Row{"instructions", "", 0},
                         Row{"heap_used", "", 0},    Row{"time_to_first_token", "", 0},
                         Row{"TTFT (p50)", "", 0},   Row{"p99", "", 0},
                         Row{"lcp", "", 0},          Row{"perplexity", "", 0},
                         Row{"ttft_ms", "", -1},     Row{"latency", "", -1},
                         Row{"wait_ms", "", -0.001}, Row{"rss_kb", "", -1},
                         Row{"mean_itl", "", -1},    Row{"tokens_per_second", "", 0},
                         Row{"throughput", "", 0},   Row{"gflops", "", -1},
                         Row{"decode", "t/s", 0},    Row{"bandwidth", "MB/s", 0},
                         Row{"wait_ms", "", 0},      Row{"gc_pause_ms", "", 0},
                         Row{"errors", "", -1},      Row{"download", "MB", -5},
                         Row{"throughput", "", -1}})
    EXPECT_TRUE(is_dropped(row)) << row.metric << ' ' << row.value;
}

TEST(Unmeasured, WhatMayBeZeroOrNegative) {
  for (const Row& row : {Row{"errors", "", 0},
                         Row{"errors_per_s", "", 0},
                         Row{"swap_bytes", "", 0},
                         Row{"alloc_bytes", "", 0},
                         Row{"allocated", "B/op", 0},
                         Row{"leaked_bytes", "", 0},
                         Row{"latency_delta_ms", "", -1},
                         Row{"clock_offset_us", "", -3},
                         Row{"score", "", -1},
                         Row{"temperature", "", -5},
                         Row{"reward", "", -1},
                         Row{"x", "", 0},
                         Row{"cpu_percent", "", 0},
                         Row{"disk_read_mb_per_s", "", 0},
                         Row{"dropped_frames", "", 0},
                         Row{"cache_misses", "", 0},
                         Row{"latency", "", 12},
                         Row{"drops", "1/s", 0},
                         Row{"change", "%", -3},
                         Row{"gc_count", "", 0}})
    EXPECT_FALSE(is_dropped(row)) << row.metric << ' ' << row.value;
}

}  // namespace
}  // namespace perftrend::metrics
