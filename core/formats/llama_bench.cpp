#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/formats/json_formats.h"
#include "core/formats/json_text.h"
#include "core/junit/vocabulary.h"

namespace perftrend::formats {
namespace {

using nlohmann::json;

/// Members that are results, are part of the case's name or class, or describe the machine and the build.
bool is_described_elsewhere(std::string_view member) {
  constexpr auto known =
      std::to_array<std::string_view>({"build_commit", "build_number", "cpu_info", "gpu_info", "backends", "model_type",
                                       "model_size", "model_n_params", "n_prompt", "n_gen", "n_depth", "test_time",
                                       "avg_ns", "stddev_ns", "avg_ts", "stddev_ts", "samples_ns", "samples_ts"});
  return std::find(known.begin(), known.end(), member) != known.end();
}

/// Defaults of the program's settings, of all versions. n_threads has none: it depends on the machine.
bool is_default(std::string_view setting, std::string_view value) {
  using Default = std::pair<std::string_view, std::string_view>;
  constexpr auto defaults = std::to_array<Default>({{"n_batch", "2048"},
                                                    {"n_ubatch", "512"},
                                                    {"type_k", "f16"},
                                                    {"type_v", "f16"},
                                                    {"n_gpu_layers", "99"},
                                                    {"n_gpu_layers", "-1"},
                                                    {"split_mode", "layer"},
                                                    {"use_mmap", "true"},
                                                    {"use_mmap", "1"},
                                                    {"poll", "50"},
                                                    {"cpu_mask", "0x0"},
                                                    {"tensor_split", "0.00"},
                                                    {"devices", "auto"},
                                                    {"flash_attn", "-1"},
                                                    {"flash_attn", "auto"},
                                                    {"prio", "0"},
                                                    {"tensor_buft_overrides", "none"}});
  if (std::find(defaults.begin(), defaults.end(), Default(setting, value)) != defaults.end()) return true;
  // Settings of other versions: off.
  return setting != "n_gpu_layers" && setting != "n_threads" && setting != "use_mmap" && setting != "poll" &&
         (value.empty() || value == "0" || value == "false" || value == "null");
}

bool is_test(const json& value) {
  const auto is_count = [&](const char* member) {
    const auto found = value.find(member);
    return found != value.end() && found->is_number_unsigned();
  };
  return value.is_object() && is_count("n_prompt") && is_count("n_gen");
}

std::vector<const json*> tests_of(const std::vector<json>& documents) {
  std::vector<const json*> tests;
  for (const auto& document : documents) {
    if (!document.is_array()) {
      tests.push_back(&document);
      continue;
    }
    for (const auto& test : document)
      tests.push_back(&test);
  }
  return tests;
}

std::string scalar_text(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// As the program's own table names it: "pp512", "tg128", "pp512+tg128", "pp512 @ d4096".
std::string name_of(std::uint64_t prompt, std::uint64_t generated, std::uint64_t depth) {
  std::string name;
  if (prompt > 0 || generated == 0) name = fmt::format("pp{}", prompt);
  if (generated > 0) name += fmt::format("{}tg{}", name.empty() ? "" : "+", generated);
  if (depth > 0) name += fmt::format(" @ d{}", depth);
  return name;
}

std::uint64_t depth_of(const json& test) {
  const auto found = test.find("n_depth");
  return found != test.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

/// The samples, else their mean.
std::string samples_of(const json& test, const char* samples, const char* mean, std::string_view unit) {
  for (const char* member : {samples, mean}) {
    const auto found = test.find(member);
    if (found == test.end()) continue;
    if (auto text = numbers_as_text(*found, unit); !text.empty()) return text;
  }
  return "";
}

/// The settings of a test that are not the program's defaults: " n_threads=8". They depend on the test alone, so that a
/// test has one name in every file.
std::string settings_of(const json& test) {
  std::string settings;
  for (const auto& [setting, value] : test.items()) {
    if (is_described_elsewhere(setting) || value.is_structured()) continue;
    std::string text = scalar_text(value);
    if (is_default(setting, text)) continue;
    if (setting == "model_filename") text = text.substr(text.find_last_of("/\\") + 1);
    settings += fmt::format(" {}={}", setting, text);
  }
  return settings;
}

void read_test(const json& test, junit::ReportBuilder& builder) {
  const auto prompt = test["n_prompt"].get<std::uint64_t>();
  const auto generated = test["n_gen"].get<std::uint64_t>();
  junit::BuiltCase built;
  built.suite = "llama-bench";
  built.classname = text_of(test, "model_type");
  built.name = name_of(prompt, generated, depth_of(test)) + settings_of(test);
  const char* const metric = generated == 0 ? "prefill_ms" : prompt == 0 ? "generate_ms" : "prefill_generate_ms";
  if (auto times = samples_of(test, "samples_ns", "avg_ns", "ns"); !times.empty()) {
    built.properties.emplace_back(metric, std::move(times));
  }
  if (auto rates = samples_of(test, "samples_ts", "avg_ts", ""); !rates.empty()) {
    built.properties.emplace_back("tokens_per_s", std::move(rates));
  }
  builder.started_at(text_of(test, "test_time"));
  builder.add_case(std::move(built));
}

}  // namespace

bool is_llama_bench(const JsonValues& values) {
  const auto tests = tests_of(values);
  return !tests.empty() && std::any_of(tests.begin(), tests.end(), [](const json* test) { return is_test(*test); });
}

void read_llama_bench(const JsonInput& input, junit::ReportBuilder& builder) {
  const auto tests = tests_of(input.values);
  for (std::size_t i = 0; i < tests.size(); ++i) {
    if (!is_test(*tests[i])) return builder.refuse(fmt::format("test {} has no n_prompt and n_gen", i));
  }
  const json& first = *tests.front();
  if (auto commit = text_of(first, "build_commit"); !commit.empty()) {
    builder.add_property(std::string(junit::property_name::commit), std::move(commit));
  }
  for (const char* name : {"cpu_info", "gpu_info", "backends"}) {
    if (auto value = text_of(first, name); !value.empty()) {
      builder.add_property(std::string(junit::property_name::environment_prefix) + name, std::move(value));
    }
  }
  for (const char* name : {"build_commit", "build_number"}) {
    const auto found = first.find(name);
    if (found != first.end() && !found->is_structured())
      builder.add_property(std::string(junit::property_name::subject_prefix) + name, scalar_text(*found));
  }
  for (const json* test : tests)
    read_test(*test, builder);
}

}  // namespace perftrend::formats
