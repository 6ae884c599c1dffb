#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/formats/json_formats.h"
#include "core/formats/json_text.h"
#include "core/junit/vocabulary.h"

namespace perftrend::formats {
namespace {

using nlohmann::json;

/// Members that are results, are part of the case's name, or describe the model and the build.
bool is_result(std::string_view member) {
  constexpr std::array<std::string_view, 14> known = {
      "build_commit", "build_number", "model_size", "model_n_params", "n_prompt",  "n_gen",      "n_depth",
      "test_time",    "avg_ns",       "stddev_ns",  "avg_ts",         "stddev_ts", "samples_ns", "samples_ts"};
  return std::find(known.begin(), known.end(), member) != known.end();
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

/// Settings in which the tests of this document differ. They become part of the names of its cases.
std::set<std::string> varied_settings(const std::vector<const json*>& tests) {
  std::set<std::string> varied;
  for (const json* test : tests) {
    for (const auto& [name, value] : test->items()) {
      if (is_result(name) || value.is_structured() || varied.contains(name)) continue;
      const auto first = tests.front()->find(name);
      if (first == tests.front()->end() || *first != value) varied.insert(name);
    }
  }
  return varied;
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

void read_test(const json& test, const std::set<std::string>& varied, junit::ReportBuilder& builder) {
  const auto prompt = test["n_prompt"].get<std::uint64_t>();
  const auto generated = test["n_gen"].get<std::uint64_t>();
  junit::BuiltCase built;
  built.suite = "llama-bench";
  built.classname = text_of(test, "model_type");
  built.name = name_of(prompt, generated, depth_of(test));
  for (const auto& setting : varied) {
    const auto found = test.find(setting);
    if (found == test.end() || found->is_structured()) continue;
    auto text = scalar_text(*found);
    if (setting == "model_filename") text = text.substr(text.find_last_of("/\\") + 1);
    built.name += fmt::format(" {}={}", setting, text);
  }
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
  const auto varied = varied_settings(tests);
  for (const json* test : tests)
    read_test(*test, varied, builder);
}

}  // namespace perftrend::formats
