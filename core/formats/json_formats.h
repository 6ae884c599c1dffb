#pragma once
// Readers of the JSON formats of benchmark programs (schema/formats.md). Each gets a document for which its `is_`
// function returned true, and refuses through the builder what the format does not allow.

#include <nlohmann/json.hpp>

#include <vector>

#include "core/junit/report_builder.h"

namespace perftrend::formats {

/// `--benchmark_format=json`: an object with `context` and `benchmarks`.
bool is_google_benchmark(const nlohmann::json& document);
void read_google_benchmark(const nlohmann::json& document, junit::ReportBuilder& builder);

/// `-o json` (an array of tests) and `-o jsonl` (one test a line): objects with `n_prompt` and `n_gen`.
bool is_llama_bench(const std::vector<nlohmann::json>& documents);
void read_llama_bench(const std::vector<nlohmann::json>& documents, junit::ReportBuilder& builder);

/// `--export-json`: an object with `results`, each of a `command`.
bool is_hyperfine(const nlohmann::json& document);
void read_hyperfine(const nlohmann::json& document, junit::ReportBuilder& builder);

}  // namespace perftrend::formats
