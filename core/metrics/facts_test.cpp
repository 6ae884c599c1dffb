#include "core/metrics/facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace perftrend::metrics {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

MATCHER_P2(IsFact, name, value, "") {
  return arg.name == name && arg.value == value;
}

TEST(Facts, IdentitiesAreNoMetrics) {
  for (const char* name : {"line",        "pid",         "PID",        "port",         "seed",       "BITNET_SEED",
                           "version",     "app.version", "build",      "os.name",      "os.arch",    "id",
                           "run_id",      "runId",       "thread",     "thread_id",    "timestamp",  "start_timestamp",
                           "shard",       "file",        "retries",    "timestamp_ms", "java.level", "build_number",
                           "buildNumber", "http_port",   "git.commit", "env.BUILD",    "asserts",    "exit_code",
                           "statusCode",  "mpi_rank",    "row",        "iteration",    "assertions", "checksum",
                           "year",        "uid",         "nonce",      "GITHUB_RUN_ID"}) {
    EXPECT_NE(classify_fact(name), FactKind::metric) << name;
  }
  for (const char* name : {"prefill_ms",
                           "tokens",
                           "build_ms",
                           "file_bytes",
                           "lines",
                           "threads_active",
                           "latency",
                           "p50",
                           "score",
                           "paid",
                           "import",
                           "thread_us",
                           "cpu.user_ms",
                           "requests",
                           "osmosis",
                           "x.y",
                           "rows",
                           "iteration_ms",
                           "code_bytes",
                           "cache_hits",
                           "node.latency_ms",
                           "batch_ms",
                           "memory",
                           "cpu",
                           "gpu_memory",
                           "max_latency",
                           "max_rss_bytes",
                           "max_tokens_per_s",
                           "errors",
                           "num_errors",
                           "n_tokens",
                           "speed_index",
                           "critical_path_ms",
                           "failed",
                           "precision",
                           "request_throughput",
                           "total_ms",
                           "size"}) {
    EXPECT_EQ(classify_fact(name), FactKind::metric) << name;
  }
}

TEST(Facts, SettingsAreConfigurationOrIgnored) {
  for (const char* name : {"batch_size",
                           "threads",
                           "max_tokens",
                           "num_prompts",
                           "tensor_parallel_size",
                           "temperature",
                           "top_k",
                           "top_p",
                           "n_ctx",
                           "n_gpu_layers",
                           "ngl",
                           "n_batch",
                           "ubatch",
                           "n_ubatch",
                           "concurrency",
                           "model",
                           "model_size",
                           "params",
                           "n_params",
                           "quantisation",
                           "quantization",
                           "dtype",
                           "engine",
                           "backend",
                           "num_threads",
                           "threadCount",
                           "numClients",
                           "max_new_tokens",
                           "block_size",
                           "max_model_len",
                           "chunkSize",
                           "queue_depth",
                           "target_ms",
                           "model_size_gb",
                           "batch_size_bytes",
                           "configuration.anything",
                           "build_type",
                           "memory_limit_mb",
                           "max_concurrency",
                           "num_gpus",
                           "num_keys",
                           "n_embd",
                           "learning_rate",
                           "hidden_dim",
                           "max_num_seqs",
                           "record_count",
                           "tp",
                           "gpu_memory_utilization",
                           "num_speculative_tokens",
                           "request_rate",
                           "Traffic request rate",
                           "burstiness",
                           "scale_factor",
                           "percentile",
                           "slo_ms",
                           "interval_ms",
                           "use_cache",
                           "is_ci",
                           "M",
                           "ISL",
                           "draft_len",
                           "Number of requests",
                           "max_batch"}) {
    EXPECT_EQ(classify_fact(name), FactKind::configuration) << name;
  }
  for (const char* name : {"timeout",       "timeout_ms",   "request_timeout_s",
                           "iterations",    "rounds",       "warmup",
                           "warmup_rounds", "passed",       "num_passed",
                           "total",         "tests",        "skipped",
                           "seed",          "retries",      "loops",
                           "max_duration",  "input_tokens", "returncode",
                           "hour",          "start_time"}) {
    EXPECT_EQ(classify_fact(name), FactKind::ignored) << name;
  }
}

TEST(Facts, TheBuildIsTheSubjectAndTheMachineIsTheEnvironment) {
  for (const char* name :
       {"build", "build_number", "build_commit", "build_info", "engine_build", "engine_version", "version", "git_sha",
        "commit", "package_version", "image_digest", "vllm_version", "environment.engine_build", "environment.version",
        "environment.build_commit", "subject.anything", "environment.engine_version", "server.version", "llamaBuild"}) {
    EXPECT_EQ(classify_fact(name), FactKind::subject) << name;
  }
  for (const char* name : {"cpu_model",
                           "kernel",
                           "governor",
                           "gpu_name",
                           "driver",
                           "driver_version",
                           "cuda",
                           "cuda_version",
                           "python_version",
                           "os.name",
                           "os.version",
                           "java.version",
                           "compiler_version",
                           "environment.hostname",
                           "environment.anything",
                           "environment.cores",
                           "environment.memory",
                           "environment.cpu",
                           "kernel_version",
                           "environment.priority",
                           "environment.kernel_version",
                           "environment.release"}) {
    EXPECT_EQ(classify_fact(name), FactKind::environment) << name;
  }
  for (const char* name : {"environment.engine", "environment.engine_model", "environment.engine_prefill_source",
                           "environment.threads", "environment.backends", "environment.library_build_type"}) {
    EXPECT_EQ(classify_fact(name), FactKind::configuration) << name;
  }
  for (const char* name : {"schema_version", "java.io.tmpdir", "user.name", "environment.run_id", "hostname",
                           "BUILD_NUMBER", "perftrend.commit", "machine.load_before", "measure.rounds"}) {
    EXPECT_EQ(classify_fact(name), FactKind::ignored) << name;
  }
}

TEST(Facts, WhatTheBuildDeliversIsTheSubject) {
  const std::pair<const char*, const char*> subjects[] = {
      {"environment.docker_image", "vllm/vllm-openai:v0.6.3"},
      {"environment.container_image", "lmsysorg/sglang:v0.3.1"},
      {"environment.image", "ghcr.io/huggingface/text-generation-inference:2.1"},
      {"environment.vllm", "0.6.3"},
      {"environment.tensorrt_llm", "0.11.0"},
      {"environment.ollama", "0.5.1"},
      {"environment.mlx_lm", "0.21"},
      {"environment.llama_cpp", "b4010"},
      {"environment.llama.cpp", "b4010"},
      {"environment.binary_sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
      {"environment.artifact", "app-1.3.jar"},
      {"environment.docker_tag", "nightly-3"},
      {"environment.tgi.commit_hash", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"},
      {"environment.head", "0000003"},
      {"environment.torch", "2.4"},
      {"environment.transformers", "4.44"},
      {"environment.nccl", "2.20.5"},
      {"environment.our_app", "1.4.7"},
      {"environment.our_app", "registry.local:5000/team/app:main-17"},
      {"environment.bundle", "app@sha256:9f86d081884c"},
      {"environment.wheel_checksum", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"},
      {"environment.under_test", "build-app-17.tar.gz"},
      {"docker_image", "vllm/vllm-openai:v0.6.3"},
      {"vllm", "0.6.3.post1"},
      {"commit_hash", "9f86d08"},
      {"artifact", "app-1.3.jar"},
  };
  for (const auto& [name, value] : subjects)
    EXPECT_EQ(classify_fact(name, value), FactKind::subject) << name << " = " << value;
  const std::pair<const char*, const char*> machines[] = {
      {"environment.cuda", "12.4.1"},
      {"environment.driver", "550.54.15"},
      {"environment.nvidia_driver", "550.54.15"},
      {"environment.kernel", "6.1.4-17-amd64"},
      {"environment.uname", "6.1.4-17-amd64"},
      {"environment.os_image", "ubuntu-22.04:20241103.1"},
      {"environment.runner_image", "ubuntu-22.04:20241103.1"},
      {"environment.python", "3.11.9"},
      {"environment.docker", "27.3.1"},
      {"environment.bios", "1.2.3"},
      {"environment.ip_address", "10.1.2.3"},
      {"environment.anything", "fast"},
      {"environment.scheduler", "mq-deadline"},
  };
  for (const auto& [name, value] : machines)
    EXPECT_EQ(classify_fact(name, value), FactKind::environment) << name << " = " << value;
  EXPECT_EQ(classify_fact("vllm", "812.5"), FactKind::metric);  // a comparison of engines
}

TEST(Facts, WhatWasMeasuredIsNotASetting) {
  const std::pair<const char*, const char*> measured[] = {
      {"Concurrency", "43.21"},      {"output_len", "195.3"},   {"input_len", "[511.5, 512]"},
      {"batch_size", "31.7"},        {"num_preemptions", "17"}, {"num_gcs", "312"},
      {"num_spills", "3"},           {"num_evictions", "3"},    {"n_recompiles", "3"},
      {"num_accepted_tokens", "12"}, {"num_fallbacks", "2"},    {"num_rejected", "2"},
      {"num_page_faults", "2"},      {"num_swaps", "2"},        {"num_layers_offloaded", "1"},
      {"num_cache_hits", "2"},       {"num_requests", "99.5"},  {"output_len", "195.0"},
  };
  for (const auto& [name, value] : measured)
    EXPECT_EQ(classify_fact(name, value), FactKind::metric) << name << " = " << value;
  const std::pair<const char*, const char*> settings[] = {
      {"Concurrency", "43"},
      {"concurrency", "8.0"},
      {"temperature", "0.7"},
      {"top_p", "0.95"},
      {"learning_rate", "3e-4"},
      {"model_size", "3.83"},
      {"request_rate_limit", "1.5"},
      {"num_connections", "64"},
      {"num_partitions", "12"},
      {"num_prompts", "100"},
      {"n_embd", "4096"},
      {"threshold", "0.5"},
      {"model_version", "1.5"},
      {"batch_size", "32"},
  };
  for (const auto& [name, value] : settings)
    EXPECT_EQ(classify_fact(name, value), FactKind::configuration) << name << " = " << value;
}

TEST(Facts, AValueDecidesWhereANameMayBeBoth) {
  EXPECT_EQ(classify_fact("cpu", "AMD EPYC 7B13"), FactKind::environment);
  EXPECT_EQ(classify_fact("cpu", "53.2"), FactKind::metric);
  EXPECT_EQ(classify_fact("memory", "812 MB"), FactKind::metric);
  EXPECT_EQ(classify_fact("gpu", "A100"), FactKind::environment);
  EXPECT_EQ(classify_fact("device", "cuda:0"), FactKind::configuration);
  EXPECT_EQ(classify_fact("precision", "fp16"), FactKind::configuration);
}

TEST(Facts, TheFactsOfARunAreSortedAndContradictionsAreSaid) {
  Coordinates run;
  text::Warnings warnings(10, 500);
  sort_run_facts({{"environment.kernel", "6.1"},
                  {"environment.cpu_model", "X"},
                  {"environment.engine", "llama-server"},
                  {"environment.engine_build", "b1"},
                  {"version", "1.2.3"},
                  {"threads", "8"},
                  {"subject.branch_point", "abc"},
                  {"environment.kernel", "6.2"},
                  {"environment.empty", " "},
                  {"note", "fast"},
                  {"user.home", "/root"}},
                 run, warnings);
  EXPECT_THAT(run.environment, ElementsAre(IsFact("cpu_model", "X"), IsFact("kernel", "6.1")));
  EXPECT_THAT(run.configuration, ElementsAre(IsFact("engine", "llama-server"), IsFact("threads", "8")));
  EXPECT_THAT(run.subject,
              ElementsAre(IsFact("branch_point", "abc"), IsFact("engine_build", "b1"), IsFact("version", "1.2.3")));
  EXPECT_THAT(warnings.release(), ElementsAre(HasSubstr("kernel is stated as '6.1' and as '6.2'; the first is used")));
}

}  // namespace
}  // namespace perftrend::metrics
