#include "core/metrics/facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
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
                           "record_count"}) {
    EXPECT_EQ(classify_fact(name), FactKind::configuration) << name;
  }
  for (const char* name : {"timeout", "timeout_ms", "request_timeout_s", "iterations", "rounds", "warmup",
                           "warmup_rounds", "passed", "num_passed", "total", "tests", "skipped", "seed", "retries"}) {
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
