#include "core/metrics/direction.h"

#include <gtest/gtest.h>

#include <string>

namespace perftrend::metrics {
namespace {

/// "higher", "lower" or "assumed" for a metric without a unit but that of its name.
std::string direction(const char* metric) {
  const Direction found = direction_of(direction_of_name(metric), unit_of_suffix(metric));
  return found.is_assumed ? "assumed" : found.better == Better::higher ? "higher" : "lower";
}

bool is_time(const char* metric) {
  const auto unit = unit_of_suffix(metric);
  return unit && unit->family == UnitFamily::time;
}

TEST(Direction, RatesScoresAndCountsOfWorkAreBetterHigher) {
  for (const char* metric : {"tokens_per_second",
                             "tok_s",
                             "ops_per_sec",
                             "requests_per_second",
                             "fps",
                             "qps",
                             "throughput",
                             "items_per_second",
                             "GB_s",
                             "gflops",
                             "iops",
                             "samples_per_sec",
                             "hit_rate",
                             "accuracy",
                             "speedup",
                             "predicted_tokens_seconds",
                             "prompt_tokens_seconds",
                             "tokens_s",
                             "ops_per_ms",
                             "tokens/s",
                             "output_throughput",
                             "mfu",
                             "bandwidth",
                             "f1",
                             "bleu",
                             "win_rate",
                             "pass_rate",
                             "success_percent",
                             "efficiency",
                             "tokens_per_sec",
                             "tokensPerSecond",
                             "tps",
                             "rps",
                             "TFLOPS",
                             "gemm_tflops",
                             "mb_per_s",
                             "MBps",
                             "net_Mbps",
                             "disk_MB_sec",
                             "req_s",
                             "req_per_min",
                             "it_s",
                             "ops_ms",
                             "cache_hit_percent",
                             "f1_score",
                             "quality_score",
                             "memory_bandwidth",
                             "request_rate",
                             "acceptance_rate",
                             "rows_s",
                             "output_tokens_s",
                             "frames_per_second",
                             "pass@1",
                             "exact_match",
                             "psnr",
                             "compression_ratio",
                             "cpu_efficiency",
                             "requests_completed",
                             "successful_requests",
                             "clock_mhz",
                             "Throughput (MB/s)",
                             "read-MBps",
                             "top1_accuracy",
                             "retry_success_rate",
                             "gc_throughput",
                             "bytes_per_second",
                             "tokens_per_second_per_gpu",
                             "tokens/s/user",
                             "gflops_per_watt",
                             "tokens_per_joule",
                             "instructions_per_cycle",
                             "Gbit_s",
                             "net_Mb_s",
                             "docs_s",
                             "msg_s",
                             "Req/Sec",
                             "samples/second",
                             "TFLOPS/GPU",
                             "words_per_minute",
                             "acceptance_length",
                             "tput",
                             "queries_per_hour",
                             "output_token_throughput_per_user",
                             "geekbench_score",
                             "auc_roc",
                             "pp512",
                             "tg128",
                             "coremark",
                             "stream_triad",
                             "commit_rate_per_s",
                             "snr",
                             "bitrate",
                             "toks",
                             "free_memory",
                             "cpu_idle_percent",
                             "available_memory_mb",
                             "apdex",
                             "kops",
                             "MLUPS"}) {
    EXPECT_EQ(direction(metric), "higher") << metric;
    EXPECT_FALSE(is_time(metric)) << metric;
  }
}

TEST(Direction, TimesCostsAndErrorsAreBetterLower) {
  for (const char* metric : {"timeout_rate",
                             "cpu_utilization",
                             "error_rate",
                             "miss_rate",
                             "failure_percent",
                             "latency",
                             "rss",
                             "drop_rate",
                             "perplexity",
                             "wer",
                             "loss",
                             "prefill_ms",
                             "errors_per_s",
                             "failed_requests_per_second",
                             "cache_misses",
                             "page_faults_per_sec",
                             "ttft",
                             "p99",
                             "duration",
                             "memory",
                             "heap_mb",
                             "allocs",
                             "cpu",
                             "energy",
                             "stddev",
                             "throughput_stddev",
                             "throughput_loss",
                             "hit_latency",
                             "accuracy_ms",
                             "ns_per_op",
                             "bytes_per_request",
                             "ms_per_token",
                             "time_to_first_token",
                             "jitter",
                             "packet_loss",
                             "error_score",
                             "real_time_ns",
                             "step_s",
                             "load_rows_s",
                             "iter_s",
                             "http_requests_seconds",
                             "time_all_requests_s",
                             "per_token_ms",
                             "latencyMs",
                             "timeouts",
                             "false_positive_rate",
                             "evictions",
                             "overhead_percent",
                             "binary_size",
                             "allocated_bytes_per_s",
                             "joules_per_token",
                             "cost_per_token",
                             "time_per_output_token",
                             "speed_index",
                             "misses_per_cycle",
                             "dropped_frames",
                             "req_latency_p99",
                             "lcp",
                             "gc_count",
                             "performance_ms"}) {
    EXPECT_EQ(direction(metric), "lower") << metric;
  }
}

TEST(Direction, WhatNeitherNameNorUnitSaysIsAssumed) {
  for (const char* metric : {"score", "result", "value", "tokens", "x", "n", "gpu_utilization", "sampling_rate"})
    EXPECT_EQ(direction(metric), "assumed") << metric;
}

TEST(Direction, TheUnitOfTheValueDecidesWhereTheNameDoesNot) {
  struct Row {
    const char* unit;
    const char* direction;
  };
  const Row rows[] = {{"t/s", "higher"},
                      {"GFLOPS", "higher"},
                      {"MB/sec", "higher"},
                      {"iter/sec", "higher"},
                      {"ms/token", "lower"},
                      {"ns/op", "lower"},
                      {"allocs/op", "lower"},
                      {"B/op", "lower"},
                      {"tokens/J", "higher"},
                      {"J", "lower"},
                      {"W", "lower"},
                      {"x", "higher"},
                      {"errors", "lower"},
                      {"ops", "higher"},
                      {"items", "assumed"},
                      {"%", "assumed"},
                      {"KiB", "lower"},
                      {"h", "lower"},
                      {"instructions/cycle", "higher"}};
  for (const Row& row : rows) {
    const auto unit = known_unit(row.unit);
    ASSERT_TRUE(unit) << row.unit;
    const Direction found = direction_of(NameDirection::unknown, unit);
    EXPECT_EQ(found.is_assumed                 ? "assumed"
              : found.better == Better::higher ? "higher"
                                               : "lower",
              std::string(row.direction))
        << row.unit;
  }
}

}  // namespace
}  // namespace perftrend::metrics
