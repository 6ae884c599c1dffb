#include "core/metrics/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace perftrend::metrics {
namespace {

using testing::ElementsAre;
using testing::Field;

TEST(Settings, TheVersionOfAProgramIsTheSubject) {
  struct Row {
    const char* name;
    const char* value;
    const char* program;
    const char* version;
  };
  const Row rows[] = {
      {"engine", "vllm 0.6.17", "vllm", "0.6.17"},
      {"engine", "vLLM v0.6.3.post1", "vLLM", "v0.6.3.post1"},
      {"environment.engine", "sglang 0.3.17+g0000011", "sglang", "0.3.17+g0000011"},
      {"backend", "llama.cpp b4017", "llama.cpp", "b4017"},
      {"backend", "llama.cpp (b4017)", "llama.cpp", "b4017"},
      {"engine", "llama-server build 4017 (a1b2c3d)", "llama-server", "4017 (a1b2c3d)"},
      {"backend", "TensorRT-LLM 0.11.0.dev2024110500", "TensorRT-LLM", "0.11.0.dev2024110500"},
      {"engine", "vllm==0.6.3", "vllm", "0.6.3"},
      {"engine", "vllm-0.6.3", "vllm", "0.6.3"},
      {"runtime", "onnxruntime/1.18.0", "onnxruntime", "1.18.0"},
      {"framework", "PyTorch version 2.4.1", "PyTorch", "2.4.1"},
      {"engine", "vllm", "vllm", ""},
      {"engine", "gpt-4.1", "gpt-4.1", ""},
      {"backend", "cuda:0", "cuda:0", ""},
      {"engine", "llama-server", "llama-server", ""},
      {"model", "Llama 3.1 8B", "Llama 3.1 8B", ""},
      {"model", "qwen 2.5.1", "qwen 2.5.1", ""},
  };
  for (const Row& row : rows) {
    const StableSetting setting = stable_setting(row.name, row.value, {});
    EXPECT_EQ(setting.value, row.program) << row.value;
    EXPECT_EQ(setting.version, row.version) << row.value;
    EXPECT_EQ(setting.version_name.empty(), setting.version.empty()) << row.value;
  }
  EXPECT_EQ(stable_setting("environment.engine", "vllm 0.6.17", {}).version_name, "engine_version");
}

TEST(Settings, PartsThatChangeWithEveryRunAreReplaced) {
  struct Row {
    const char* name;
    const char* first;
    const char* second;
  };
  const Row same[] = {
      {"model_path", "/tmp/build-17/models/m.gguf", "/tmp/build-18/models/m.gguf"},
      {"model", "/home/runner/work/_temp/1/Llama-3.1-8B", "/home/runner/work/_temp/1a/Llama-3.1-8B"},
      {"model_file", "/var/lib/jenkins/workspace/nightly@tmp/durable-00000011/m.gguf",
       "/var/lib/jenkins/workspace/nightly@tmp/durable-0000001f/m.gguf"},
      {"model", "/mnt/ci/pipelines/17/model.onnx", "/mnt/ci/pipelines/18/model.onnx"},
      {"model", "/mnt/data/4711234/model.onnx", "/mnt/data/4711235/model.onnx"},
      {"allocator", "0x7f00001110", "0x7f00001210"},
      {"dataset_path", "/tmp/tmp000011/ShareGPT.json", "/tmp/tmp00001f/ShareGPT.json"},
      {"engine_args", "--model m --port 40017", "--model m --port 40018"},
      {"build_flags", "-O3 -fdebug-prefix-map=/build/job-17=.", "-O3 -fdebug-prefix-map=/build/job-18=."},
      {"cflags", "-O2 -DBUILD=17", "-O2 -DBUILD=18"},
      {"model_path", "C:\\agent\\_work\\17\\m.gguf", "C:\\agent\\_work\\18\\m.gguf"},
      {"dataset", "/runs/550e8400-e29b-41d4-a716-446655440000/d.json",
       "/runs/6ba7b810-9dad-11d1-80b4-00c04fd430c8/d.json"},
      {"model", "/home/runner/work/_temp/f/Llama-3.1-8B", "/home/runner/work/_temp/10/Llama-3.1-8B"},
      {"threads", "8", "8.0"},
      {"threads", "8", " 8 "},
  };
  for (const Row& row : same)
    EXPECT_EQ(stable_setting(row.name, row.first, {}).value, stable_setting(row.name, row.second, {}).value);
  const Row different[] = {
      {"model", "Llama-3.1-8B", "Llama-3.2-8B"},
      {"model", "gpt-4o-2024-05-13", "gpt-4o-2024-08-06"},
      {"model_path", "/models/8b/m.gguf", "/models/70b/m.gguf"},
      {"model_path", "/artifacts/8b/m.gguf", "/artifacts/70b/m.gguf"},
      {"engine_args", "--ctx-size 131072", "--ctx-size 262144"},
      {"engine_args", "--jobs=8", "--jobs=16"},
      {"engine_args", "-DTASKS=8", "-DTASKS=16"},
      {"engine_args", "--port 8080", "--port 8081"},
      {"model", "/tmp/a/m.gguf", "/tmp/b/m.gguf"},
      {"threads", "8", "16"},
      {"batch", "512", "2048"},
      {"temperature", "0.7", "0.8"},
      {"dataset", "wiki-2023", "wiki-2024"},
  };
  for (const Row& row : different)
    EXPECT_NE(stable_setting(row.name, row.first, {}).value, stable_setting(row.name, row.second, {}).value);
}

TEST(Settings, AStatedVersionIsNotReplaced) {
  Coordinates run;
  run.configuration = {{"backend", "ggml 0.9.1"}, {"engine", "vllm 0.6.17"}};
  run.subject = {{"engine_version", "0.6.17+local"}};
  stabilise_settings(run, {});
  const auto is_fact = [](const char* name, const char* value) {
    return testing::AllOf(Field(&Property::name, name), Field(&Property::value, value));
  };
  EXPECT_THAT(run.configuration, ElementsAre(is_fact("backend", "ggml"), is_fact("engine", "vllm")));
  EXPECT_THAT(run.subject, ElementsAre(is_fact("backend_version", "0.9.1"), is_fact("engine_version", "0.6.17+local")));
}

}  // namespace
}  // namespace perftrend::metrics
