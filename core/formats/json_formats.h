#pragma once
// Readers of the JSON formats of benchmark programs (schema/formats.md). Each gets documents for which its `is_`
// function returned true, and refuses through the builder what the format does not allow.

#include <nlohmann/json.hpp>

#include <optional>
#include <string_view>
#include <vector>

#include "core/junit/report_builder.h"
#include "core/model.h"

namespace perftrend::formats {

/// The values of one document; usually one, several for JSON Lines.
using JsonValues = std::vector<nlohmann::json>;

/// One document as its reader gets it. Borrows everything.
struct JsonInput {
  const JsonValues& values;
  std::string_view file_name;    ///< as sent; "" when unknown. Criterion names a benchmark by its folder
  std::optional<Better> better;  ///< of all metrics, stated by the sender
};

/// `--benchmark_format=json`: an object with `context` and `benchmarks`.
bool is_google_benchmark(const JsonValues& values);
void read_google_benchmark(const JsonInput& input, junit::ReportBuilder& builder);

/// `-o json` (an array of tests) and `-o jsonl` (one test a line): objects with `n_prompt` and `n_gen`.
bool is_llama_bench(const JsonValues& values);
void read_llama_bench(const JsonInput& input, junit::ReportBuilder& builder);

/// `--export-json`: an object with `results`, each of a `command`.
bool is_hyperfine(const JsonValues& values);
void read_hyperfine(const JsonInput& input, junit::ReportBuilder& builder);

/// Input of github-action-benchmark's `customSmallerIsBetter` and `customBiggerIsBetter`: an array of objects with
/// `name`, `unit` and `value`.
bool is_custom_benchmark(const JsonValues& values);
void read_custom_benchmark(const JsonInput& input, junit::ReportBuilder& builder);

/// Bencher Metric Format: an object of benchmarks, each an object of measures with a `value`.
bool is_bencher_metric_format(const JsonValues& values);
void read_bencher_metric_format(const JsonInput& input, junit::ReportBuilder& builder);

/// `pytest --benchmark-json`: an object with `benchmarks`, and `machine_info` or `commit_info`.
bool is_pytest_benchmark(const JsonValues& values);
void read_pytest_benchmark(const JsonInput& input, junit::ReportBuilder& builder);

/// `-rf json`: an array of objects with `benchmark` and `primaryMetric`.
bool is_jmh(const JsonValues& values);
void read_jmh(const JsonInput& input, junit::ReportBuilder& builder);

/// JsonExporter of BenchmarkDotNet (full, brief, compressed): an object with `Benchmarks`.
bool is_benchmark_dotnet(const JsonValues& values);
void read_benchmark_dotnet(const JsonInput& input, junit::ReportBuilder& builder);

/// k6's `--summary-export`, and the data of handleSummary(): an object with `metrics`, and `root_group` or `state`.
bool is_k6_summary(const JsonValues& values);
void read_k6_summary(const JsonInput& input, junit::ReportBuilder& builder);

/// Results of `asv run` of one commit, layout 1 or 2: an object with `results` and `commit_hash`.
bool is_asv(const JsonValues& values);
void read_asv(const JsonInput& input, junit::ReportBuilder& builder);

/// Messages of `cargo criterion --message-format=json`, or benchmark.json, estimates.json and sample.json of one folder
/// of target/criterion, in any number.
bool is_criterion(const JsonValues& values);
void read_criterion(const JsonInput& input, junit::ReportBuilder& builder);

/// `-- -Z unstable-options --format json` of libtest: one object per line with `type` and `event`, or of type `bench`.
bool is_libtest(const JsonValues& values);
void read_libtest(const JsonInput& input, junit::ReportBuilder& builder);

/// Stream of `go test -json`: one object per line with `Action` and `Package`.
bool is_go_test_stream(const JsonValues& values);
void read_go_test_stream(const JsonInput& input, junit::ReportBuilder& builder);

}  // namespace perftrend::formats
