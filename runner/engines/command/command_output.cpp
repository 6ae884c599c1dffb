#include "runner/engines/command/command_output.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>

#include "runner/engines/answer_checks.h"

namespace perftrend::runner {
namespace {

using Kind = EngineError::Kind;
using nlohmann::json;

auto error(std::string message) {
  return tl::unexpected(EngineError{Kind::bad_answer, std::move(message)});
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// The case `name`, created if it does not exist.
CommandCase& case_of(CommandOutput& output, const std::string& name) {
  for (CommandCase& each : output.cases) {
    if (each.name == name) return each;
  }
  CommandCase made;
  made.name = name;
  output.cases.push_back(std::move(made));
  return output.cases.back();
}

void set_error(CommandCase& each, Kind kind, std::string message) {
  if (!each.error) each.error = EngineError{kind, std::move(message)};
  each.times_ms.clear();
  each.prompt_tokens.clear();
  each.generated_tokens.clear();
}

/// Adds the number as a sample of `metric`, or sets the error of the case.
void add_sample(CommandCase& each, const char* metric, const json& value, double to_ms) {
  if (each.error) return;
  const double number = value.is_number() ? value.get<double>() * to_ms : std::nan("");
  if (!std::isfinite(number) || number < 0) {
    set_error(each, Kind::bad_answer, fmt::format("{} is {}", metric, value.dump()));
    return;
  }
  each.times_ms[metric].push_back(number);
}

EngineResult<CommandOutput> checked(CommandOutput output, const char* format) {
  if (output.cases.empty()) return error(fmt::format("the {} output contains no measurement", format));
  return output;
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

/// One object per line; blank lines are ignored.
EngineResult<std::vector<json>> objects_by_line(std::string_view text) {
  std::vector<json> objects;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    ++number;
    if (!is_blank(line)) {
      json object = json::parse(line, nullptr, false);
      if (!object.is_object()) return error(fmt::format("line {} is not a complete JSON object", number));
      objects.push_back(std::move(object));
    }
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return objects;
}

/// A line of json-lines. A wrong part makes the whole case an error.
void add_line(CommandCase& each, const json& line) {
  double sum_ms = 0;
  int parts = 0;
  for (const char* part : {"tokenize_ms", "prefill_ms", "generate_ms"}) {
    if (!line.contains(part) || line[part].is_null()) continue;
    add_sample(each, part, line[part], 1);
    if (each.error) return;
    sum_ms += each.times_ms[part].back();
    ++parts;
  }
  if (line.contains("total_ms") && !line["total_ms"].is_null()) {
    add_sample(each, "total_ms", line["total_ms"], 1);
    if (each.error) return;
    ++parts;
    const double total_ms = each.times_ms["total_ms"].back();
    if (sum_ms > total_ms + rounding_ms) {
      set_error(each, Kind::bad_answer, fmt::format("the parts of {} ms exceed the total of {} ms", sum_ms, total_ms));
      return;
    }
  }
  if (parts == 0) set_error(each, Kind::bad_answer, "a line contains no time");
  if (count(line, "cached_tokens").value_or(0) > 0) {
    set_error(each, Kind::cached,
              fmt::format("{} tokens of the prompt came from a cache", line["cached_tokens"].dump()));
  }
  for (const auto& [key, counts] :
       {std::pair{"prompt_tokens", &each.prompt_tokens}, std::pair{"generated_tokens", &each.generated_tokens}}) {
    if (!line.contains(key) || each.error) continue;
    const auto value = count(line, key);
    if (!value || *value < 1)
      set_error(each, Kind::wrong_count, fmt::format("{} is {}", key, line[key].dump()));
    else
      counts->push_back(*value);
  }
}

std::string name_of_line(const json& line) {
  if (line.contains("case")) return text_of(line, "case");
  return fmt::format("Prompt {}", line.contains("prompt") ? text_of(line, "prompt") : "0");
}

/// Factor to milliseconds; 0: unknown unit.
double to_ms(std::string_view unit) {
  if (unit == "ns") return 1e-6;
  if (unit == "us") return 1e-3;
  if (unit == "ms") return 1;
  if (unit == "s") return 1e3;
  return 0;
}

void add_bench_test(CommandOutput& output, const json& test) {
  const auto prompt = count(test, "n_prompt");
  const auto generated = count(test, "n_gen");
  if (!prompt || !generated) {
    set_error(case_of(output, "unnamed"), Kind::bad_answer, "n_prompt or n_gen is missing");
    return;
  }
  std::string name = *prompt == 0 ? fmt::format("tg{}", *generated) : fmt::format("pp{}", *prompt);
  if (*prompt > 0 && *generated > 0) name += fmt::format("+tg{}", *generated);
  if (const auto depth = count(test, "n_depth").value_or(0); depth > 0) name += fmt::format(" @ d{}", depth);
  CommandCase& each = case_of(output, name);
  const auto samples = test.find("samples_ns");
  if (samples == test.end() || !samples->is_array() || samples->empty()) {
    set_error(each, Kind::bad_answer, "samples_ns is missing or empty");
    return;
  }
  const char* metric = *generated == 0 ? "prefill_ms" : *prompt == 0 ? "generate_ms" : "total_ms";
  for (const json& sample : *samples) {
    add_sample(each, metric, sample, to_ms("ns"));
    if (each.error) return;
    if (*prompt > 0) each.prompt_tokens.push_back(*prompt);
    if (*generated > 0) each.generated_tokens.push_back(*generated);
  }
}

}  // namespace

const std::vector<std::string>& command_format_names() {
  static const std::vector<std::string> names{"json-lines", "llama-bench", "google-benchmark", "hyperfine", "junit"};
  return names;
}

EngineResult<CommandOutput> read_command_output(CommandFormat format, std::string_view text) {
  if (is_blank(text)) return error("the output is empty");
  switch (format) {
    case CommandFormat::json_lines:
      return read_json_lines(text);
    case CommandFormat::llama_bench:
      return read_llama_bench(text);
    case CommandFormat::google_benchmark:
      return read_google_benchmark(text);
    case CommandFormat::hyperfine:
      return read_hyperfine(text);
    case CommandFormat::junit:
      return read_junit_times(text);
  }
  return error("unknown format");
}

EngineResult<CommandOutput> read_json_lines(std::string_view text) {
  const auto lines = objects_by_line(text);
  if (!lines) return tl::unexpected(lines.error());
  CommandOutput output;
  for (const json& line : *lines) {
    CommandCase& each = case_of(output, name_of_line(line));
    if (line.contains("error") && !line["error"].is_null())
      set_error(each, Kind::failed, text_of(line, "error"));
    else if (!each.error)
      add_line(each, line);
  }
  return checked(std::move(output), "json-lines");
}

EngineResult<CommandOutput> read_llama_bench(std::string_view text) {
  std::vector<json> tests;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '[') {
    const json list = json::parse(text, nullptr, false);
    if (!list.is_array())
      return error("the list is incomplete: llama-bench closes it only at the end of a successful run");
    tests = list.get<std::vector<json>>();
  } else {
    auto lines = objects_by_line(text);
    if (!lines) return tl::unexpected(std::move(lines.error()));
    tests = std::move(*lines);
  }
  CommandOutput output;
  for (const json& test : tests) {
    if (!test.is_object()) return error("a test is not a JSON object");
    add_bench_test(output, test);
    if (!output.parameters.empty()) continue;
    output.parameters.emplace_back("prefill_source", "command");
    for (const auto& [key, name] : {std::pair{"build_commit", "commit"},
                                    {"model_type", "model"},
                                    {"model_n_params", "model_parameters"},
                                    {"model_size", "model_bytes"},
                                    {"n_threads", "threads"},
                                    {"n_batch", "batch"},
                                    {"n_ubatch", "ubatch"},
                                    {"backends", "backends"},
                                    {"type_k", "type_k"},
                                    {"type_v", "type_v"}}) {
      if (test.contains(key)) output.parameters.emplace_back(name, text_of(test, key));
    }
  }
  return checked(std::move(output), "llama-bench");
}

EngineResult<CommandOutput> read_google_benchmark(std::string_view text) {
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object()) return error("the output is not a complete JSON object");
  const auto list = object.find("benchmarks");
  if (list == object.end() || !list->is_array()) return error("benchmarks is missing or not a list");
  CommandOutput output;
  for (const json& run : *list) {
    if (!run.is_object()) return error("a benchmark is not a JSON object");
    if (run.contains("run_type") && run["run_type"] != "iteration") continue;
    CommandCase& each = case_of(output, text_of(run, run.contains("run_name") ? "run_name" : "name"));
    if (run.contains("error_occurred") && run["error_occurred"] == true) {
      set_error(each, Kind::failed, text_of(run, "error_message"));
      continue;
    }
    const double factor = to_ms(text_of(run, "time_unit"));
    if (factor == 0) {
      set_error(each, Kind::bad_answer, fmt::format("time_unit is '{}'", text_of(run, "time_unit")));
      continue;
    }
    add_sample(each, "real_time_ms", run.value("real_time", json()), factor);
    add_sample(each, "cpu_time_ms", run.value("cpu_time", json()), factor);
  }
  if (const auto context = object.find("context"); context != object.end() && context->is_object()) {
    const std::string build = text_of(*context, "library_build_type");
    if (!build.empty()) output.parameters.emplace_back("benchmark_build", build);
  }
  return checked(std::move(output), "google-benchmark");
}

EngineResult<CommandOutput> read_hyperfine(std::string_view text) {
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object()) return error("the output is not a complete JSON object");
  const auto results = object.find("results");
  if (results == object.end() || !results->is_array()) return error("results is missing or not a list");
  CommandOutput output;
  for (const json& result : *results) {
    if (!result.is_object()) return error("a result is not a JSON object");
    CommandCase& each = case_of(output, text_of(result, "command"));
    const auto times = result.find("times");
    if (times == result.end() || !times->is_array() || times->empty()) {
      set_error(each, Kind::bad_answer, "times is missing or empty");
      continue;
    }
    for (const json& time : *times)
      add_sample(each, "wall_ms", time, to_ms("s"));
    const auto codes = result.find("exit_codes");
    if (codes == result.end() || !codes->is_array()) continue;
    for (const json& code : *codes) {
      if (code != 0) set_error(each, Kind::failed, fmt::format("a run ended with exit code {}", code.dump()));
    }
  }
  return checked(std::move(output), "hyperfine");
}

}  // namespace perftrend::runner
