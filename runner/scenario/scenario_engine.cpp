#include "runner/scenario/scenario_engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>

namespace perftrend::runner {
namespace {

constexpr double ms_per_s = 1000;
constexpr double timeout_s_max = 24 * 3600.0;
constexpr std::size_t arguments_max = 1000;

/// A text that is passed to the system, where it would end at the first NUL.
std::string system_text(const toml::node& node, const std::string& path) {
  std::string text = text_of(node, path);
  if (text.find('\0') != std::string::npos) refuse(node, fmt::format("'{}' must not contain a NUL", path));
  return text;
}

void read_seconds(const Section& section, const char* key, double& out_ms) {
  if (!section.table.contains(key)) return;
  double seconds = 0;
  read_positive(section, key, seconds);
  if (seconds > timeout_s_max) {
    refuse(*section.table.get(key), fmt::format("'{}' must be at most {:.0f}", section.path(key), timeout_s_max));
  }
  out_ms = seconds * ms_per_s;
}

/// The index of the value in `known`; 0 where the key is missing.
std::size_t read_choice(const Section& section, const char* key, const std::vector<std::string>& known) {
  const auto* node = section.table.get(key);
  if (node == nullptr) return 0;
  const auto found = std::find(known.begin(), known.end(), text_of(*node, section.path(key)));
  if (found == known.end()) {
    refuse(*node, fmt::format("'{}' must be one of: {}", section.path(key), fmt::join(known, ", ")));
  }
  return static_cast<std::size_t>(found - known.begin());
}

bool is_variable_name(std::string_view name) {
  const auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  return !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) {
    return letter(c) || std::isdigit(static_cast<unsigned char>(c)) != 0;
  });
}

/// argv (required), environment and directory.
void read_process(const Section& section, ProcessOptions& process) {
  const toml::node& node = required(section, "argv");
  const toml::array* argv = node.as_array();
  if (argv == nullptr || argv->empty() || argv->size() > arguments_max) {
    refuse(node,
           fmt::format("'{}' must be a list of 1 to {} texts, the program first", section.path("argv"), arguments_max));
  }
  for (const toml::node& each : *argv)
    process.argv.push_back(system_text(each, fmt::format("{}[{}]", section.path("argv"), process.argv.size())));
  if (process.argv.front().empty())
    refuse(*argv->get(0), fmt::format("'{}[0]' must name a program", section.path("argv")));
  read_table(section, "environment", [&](const Section& variables) {
    for (const auto& [key, value] : variables.table) {
      const std::string name(key.str());
      if (!is_variable_name(name)) {
        refuse(key.source().begin, fmt::format("'{}' is not the name of a variable", variables.path(name)));
      }
      process.environment[name] = system_text(value, variables.path(name));
    }
  });
  if (const auto* directory = section.table.get("directory")) {
    process.directory = system_text(*directory, section.path("directory"));
  }
}

void read_start(const Section& section, std::optional<StartOptions>& start) {
  only_keys(section, {"argv", "environment", "directory", "ready_timeout_s", "stop_timeout_s"});
  start.emplace();
  read_process(section, start->process);
  read_seconds(section, "ready_timeout_s", start->ready_timeout_ms);
  read_seconds(section, "stop_timeout_s", start->stop_timeout_ms);
}

void read_command(const Section& section, CommandOptions& command) {
  if (!section.table.contains("argv")) return;
  read_process(section, command.process);
  command.format = static_cast<CommandFormat>(read_choice(section, "format", command_format_names()));
  read_text(section, "output", command.output);
  read_seconds(section, "timeout_s", command.timeout_ms);
}

void read_server(const Section& section, EngineOptions& options) {
  LlamaServerOptions& llama = options.llama_server;
  OpenAiOptions& openai = options.openai;
  if (const auto* url = section.table.get("url")) {
    const std::string text = text_of(*url, section.path("url"));
    const auto parsed = parse_engine_url(text);
    if (!parsed) refuse(*url, fmt::format("'{}': {}", section.path("url"), parsed.error()));
    llama.url = openai.url = text;
  }
  read_seconds(section, "timeout_s", llama.timeout_ms);
  openai.timeout_ms = section.table.contains("timeout_s") ? llama.timeout_ms : openai.timeout_ms;
  read_text(section, "model", openai.model);
  openai.endpoint = static_cast<OpenAiOptions::Endpoint>(read_choice(section, "endpoint", {"completions", "chat"}));
  read_table(section, "body", [&](const Section& body) {
    std::ostringstream json;
    json << toml::json_formatter{body.table};
    openai.body = json.str();
  });
  read_table(section, "start", [&](const Section& start) { read_start(start, llama.start); });
  openai.start = llama.start;
}

}  // namespace

void read_engine(const Section& table, const std::vector<std::string>& engines, Scenario& scenario) {
  only_keys(table, {"name", "url", "timeout_s", "ready_timeout_s", "api_key_variable", "model", "endpoint", "body",
                    "argv", "environment", "directory", "format", "output", "start", "model_file", "parameters"});
  const toml::node& name = required(table, "name");
  scenario.engine = text_of(name, table.path("name"));
  if (std::find(engines.begin(), engines.end(), scenario.engine) == engines.end()) {
    refuse(name, fmt::format("'engine.name' must be one of: {}", fmt::join(engines, ", ")));
  }
  read_server(table, scenario.engine_options);
  if (table.table.contains("ready_timeout_s") && table.table.contains("start")) {
    refuse(*table.table.get("ready_timeout_s"),
           "'engine.ready_timeout_s' has no effect with 'engine.start', which has its own");
  }
  read_seconds(table, "ready_timeout_s", scenario.engine_ready_timeout_ms);
  if (scenario.engine == command_engine_name) (void)required(table, "argv");
  for (const char* key : {"environment", "directory", "format", "output"}) {
    if (table.table.contains(key) && !table.table.contains("argv"))
      refuse(*table.table.get(key), fmt::format("'{}' has no effect without 'engine.argv'", table.path(key)));
  }
  read_command(table, scenario.engine_options.command);
  read_text(table, "api_key_variable", scenario.api_key_variable);
  if (const auto* file = table.table.get("model_file")) {
    scenario.model_file = system_text(*file, table.path("model_file"));
  }
  read_table(table, "parameters", [&](const Section& parameters) {
    for (const auto& [key, value] : parameters.table) {
      const std::string part(key.str());
      if (!is_plain_name(part))
        refuse(key.source().begin, fmt::format("'{}' is not a plain name", parameters.path(part)));
      scenario.engine_parameters[part] = text_of(value, parameters.path(part));
    }
  });
  if (scenario.engine == "llama-server" && scenario.generate_tokens < llama_generate_tokens_min) {
    refuse(name,
           fmt::format("llama-server reports times only with 'generate_tokens' >= {}", llama_generate_tokens_min));
  }
}

}  // namespace perftrend::runner
